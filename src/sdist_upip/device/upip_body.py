# The bytes of a file or of an HTTP body.
import io

try:
    from time import sleep_ms
except ImportError:
    from upip_cpython import sleep_ms


class Body(io.IOBase):
    # The bytes of a file or of an HTTP body, read 512 bytes at a time. If `hash` is set, it is
    # updated with them. MicroPython's decoder (extmod/moddeflate.c, before 1.21 moduzlib.c) calls
    # readinto for one byte at a time; other callers call read. Methods raise ValueError if the data
    # end too early, are more than 64 MiB, or come too slowly: the stream `raw` may pause for
    # `timeout` seconds, but in the long run it must bring 50 bytes a second.

    def __init__(self, raw, url, timeout=30):
        self._raw = raw
        self.url = url
        self.left = None  # bytes left in the body or chunk; None: until the connection closes
        self.chunked = False
        self._buf = bytearray(516)  # the last four bytes that were read before, and the next ones
        self._at = self._end = 0
        self._bytes = ()
        self._most = self._credit = timeout * 500
        self._total = 0
        self.hash = None

    def readinto(self, b):
        for byte in self._bytes:
            b[0] = byte
            return 1
        return self._fill() and self.readinto(b)

    def peek(self):
        # Return the first four bytes of the body without consuming them, with zeros for those that
        # have not come. Only before the first read.
        self._fill()
        return self._buf[4:8]

    def read(self):
        # Return the next bytes, b"" at the end. At most 128, so that a small heap suffices.
        if self._at == self._end:
            self._fill()
        start = self._at
        self._at = min(start + 128, self._end)
        return bytes(memoryview(self._buf)[start + 4 : self._at + 4])

    def finish(self):
        # Return the last four bytes, or None if readinto has not returned all bytes.
        for _ in self._bytes:
            self._at = 1
        return None if self._at or self._fill() else self._buf[:4]

    def close(self):
        self._raw.close()

    def line(self):
        # Return a line of the header or of a chunk.
        line = b""
        while line[-1:] != b"\n":
            part = self._raw.readline(256)
            self._count(None if part is None else len(part))
            if part == b"" or len(line) > 8192:
                raise OSError("truncated")
            line += part or b""
        return line

    def _count(self, n):
        # Count the result of a read, None if there are no data yet. Return it, or -1. To wait takes
        # 500 a second from the credit, and each byte adds 10.
        if n is None:
            n = -1
            self._credit -= 1
            sleep_ms(2)
        else:
            self._total += n
            self._credit = min(self._most, self._credit + 10 * n)
        if self._credit < 0 or self._total > 1 << 26:
            raise OSError("timed out" if self._credit < 0 else "more than 64 MiB")
        return n

    def _fill(self):
        self._buf[:4] = self._buf[self._end : self._end + 4]
        self._at = self._end = 0
        try:
            if self.chunked and not self.left:
                line = self.line()
                if line == b"\r\n":
                    line = self.line()
                self.left = int(line.partition(b";")[0].strip(), 16)
                self.chunked = self.left > 0
            n = 512 if self.left is None else min(512, self.left)
            if n < 0:
                raise OSError("bad length")
            if n:
                view = memoryview(self._buf)[4 : 4 + n]
                n = -1
                while n < 0:
                    n = self._count(self._raw.readinto(view))
                if self.left:
                    if n < 1:
                        raise OSError("truncated")
                    self.left -= n
                view = view[:n]
                self._bytes = iter(view)
                if self.hash:
                    self.hash.update(view)
                self._end = n
            return n
        except (OSError, ValueError) as e:
            raise ValueError("connection lost (%s)" % e)

# Sockets and decompression as MicroPython has them, for upip on CPython. Boards do not need it.
import zlib


class Stream:
    # A socket with the stream methods of MicroPython's sockets.

    def __init__(self, s):
        self._socket = s
        self._file = s.makefile("rb")
        self.readline = self._file.readline
        self.readinto = self._file.readinto

    def write(self, data):
        self._socket.sendall(data)

    def close(self):
        self._file.close()
        self._socket.close()


class DecompIO:
    # Like uzlib.DecompIO: raises OSError for bad data, EOFError for data that end too early.
    # zlib accepts distances up to one buffer beyond the window, so this is less strict.

    def __init__(self, body, bits):
        self._body = body
        self._zlib = zlib.decompressobj(bits)

    def readinto(self, b):
        n = 0
        while n < len(b) and not self._zlib.eof:
            data = self._zlib.unconsumed_tail or self._body.read()
            if not data:
                raise EOFError
            try:
                data = self._zlib.decompress(data, len(b) - n)
            except zlib.error as e:
                raise OSError(22, str(e))
            b[n : n + len(data)] = data
            n += len(data)
        return n

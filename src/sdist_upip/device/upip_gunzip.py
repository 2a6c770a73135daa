# The decoded data of a gzip file.
from binascii import hexlify
from hashlib import sha256


def refuse(why):
    raise ValueError("cannot be installed: %s. Ask its author for another archive" % why)


def _gunzip(body, bits):
    # Return a stream of the decoded data of `body`. The window is 2 ** bits bytes. `deflate` is in
    # MicroPython 1.21 and later.
    try:
        from deflate import GZIP, DeflateIO
    except ImportError:
        from upip_uzlib import gunzip

        return gunzip(body, bits)
    return DeflateIO(body, GZIP, bits)


class _Tar:
    # The decoded data, 512 bytes at a time in `buf`. At most 16 MiB; `size` counts them.

    def __init__(self, z, buf):
        self._z = z
        self.buf = buf
        self.size = 0
        self.directories = 0

    def fill(self, least=512):
        # Read the next block and return its size. Raise EOFError for any bad gzip data.
        try:
            n = self._z.readinto(self.buf)
        except OSError:
            n = -1
        if n < least:
            raise EOFError
        self.size += n
        if self.size > 1 << 24:
            refuse("it unpacks to more than 16 MiB")
        return n

    def skip(self, size):
        # Read over the content of a member.
        while size > 0:
            self.fill()
            size -= 512

    def count_directory(self):
        self.directories += 1
        if self.directories > 1000:
            refuse("it has more than 1000 directories")


def decode(body, bits, sha, reserve, read):
    # Call `read` with the decoded data of `body`. Return its result and the sha256 of all data in
    # hexadecimal. Raise EOFError for data that are damaged or have a larger window.
    #
    # bits: the window is 2 ** bits bytes
    # sha: the expected sha256, or ""
    # reserve: a list with a bytearray, which is freed for the decoder when all else is there
    body.hash = body.hash or sha256()
    end = None
    buf = bytearray(512)
    try:
        del reserve[:]
        tar = _Tar(_gunzip(body, bits), buf)
        result = read(tar)
        while tar.fill(0):
            pass
        end = body.finish() or b""
    except EOFError:
        pass
    while body.read():
        pass
    found = hexlify(body.hash.digest()).decode()
    if sha and found != sha.lower():
        raise ValueError("expected sha256 %s, got %s" % (sha, found))
    if end == b"":
        refuse("there are data after its end")
    # The decoder verifies the CRC but not the length.
    if end is None or int.from_bytes(end, "little") != tar.size:
        raise EOFError
    return result, found

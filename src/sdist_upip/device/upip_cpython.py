# Sockets and decompression as MicroPython has them, for upip on CPython. Boards do not need it.
import os
import zlib


def sleep_ms(ms):
    pass  # Stream has waited


def ilistdir(path):
    return [(name,) for name in os.listdir(path)]


class Stream:
    # A socket with the stream methods of MicroPython's sockets. Like one that does not block,
    # readinto and readline return None if there are no data yet.

    def __init__(self, s):
        self._socket = s
        self._rest = b""

    def write(self, data):
        self._socket.sendall(data)

    def setblocking(self, flag):
        self._socket.settimeout(0.002)

    def readinto(self, b):
        if not self._rest:
            try:
                return self._socket.recv_into(b)
            except TimeoutError:
                return None
        n = min(len(b), len(self._rest))
        b[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n

    def readline(self, size):
        if not self._rest:
            try:
                self._rest = self._socket.recv(512)
            except TimeoutError:
                return None
        line = self._rest[:size].partition(b"\n")
        line = line[0] + line[1]
        self._rest = self._rest[len(line) :]
        return line

    def close(self):
        self._socket.close()


class DecompIO:
    # Like uzlib.DecompIO: raises OSError for bad data, EOFError for data that end too early.
    # zlib accepts distances up to one buffer beyond the window, so this is less strict.

    def __init__(self, body, bits):
        self._body = body
        self._zlib = zlib.decompressobj(bits)
        self._byte = bytearray(1)

    def readinto(self, b):
        n = 0
        while n < len(b) and not self._zlib.eof:
            data = self._zlib.unconsumed_tail
            if not data:
                if not self._body.readinto(self._byte):
                    raise EOFError
                data = self._byte
            try:
                data = self._zlib.decompress(data, len(b) - n)
            except zlib.error as e:
                raise OSError(22, str(e))
            b[n : n + len(data)] = data
            n += len(data)
        return n

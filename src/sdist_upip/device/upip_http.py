# Open a URL as a stream of bytes, by HTTP/1.1 (RFC 9112) without keeping the connection.
import io
import sys


def join(base, url):
    # Return the absolute URL of a link on the page `base` (RFC 3986).
    scheme, _, rest = base.partition("//")
    host, _, path = rest.partition("/")
    if url[:2] == "//":
        return scheme + url
    if url[:1] == "/":
        return scheme + "//" + host + url
    if "://" in url:
        return url
    parts = path.split("/")[:-1]
    for part in url.split("/"):
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
    return scheme + "//" + host + "/" + "/".join(parts)


class Body(io.IOBase):
    # The bytes of a file or of an HTTP body, read 512 bytes at a time. If `hash` is set, it is
    # updated with them. MicroPython's decoder (extmod/moddeflate.c, before 1.21 moduzlib.c) calls
    # readinto for one byte at a time; other callers call read. Methods raise ValueError if the data
    # end too early.

    def __init__(self, raw, url, left=None, chunked=False):
        self._raw = raw
        self.url = url
        self._left = left  # bytes left in the body or chunk; None: until the connection closes
        self._chunked = chunked
        self._buf = bytearray(512)
        self._at = self._end = 0
        self._bytes = ()
        self.hash = None

    def readinto(self, b):
        for byte in self._bytes:
            b[0] = byte
            return 1
        return self._fill() and self.readinto(b)

    def peek(self):
        # Return the first byte of the body without consuming it, or 0 if there is none. Only before
        # the first read.
        return self._fill() and self._buf[0]

    def read(self):
        # Return the next bytes, b"" at the end. At most 128, so that a small heap suffices.
        if self._at == self._end:
            self._fill()
        start = self._at
        self._at = min(start + 128, self._end)
        return bytes(memoryview(self._buf)[start : self._at])

    def close(self):
        self._raw.close()

    def _fill(self):
        self._at = self._end = 0
        try:
            if self._chunked and not self._left:
                line = self._raw.readline()
                if line == b"\r\n":
                    line = self._raw.readline()
                self._left = int(line.partition(b";")[0].strip(), 16)
                self._chunked = self._left > 0
            n = 512 if self._left is None else min(512, self._left)
            if n:
                view = memoryview(self._buf)
                n = self._raw.readinto(view[:n])
                if n is None or self._left and not n:
                    raise OSError("truncated")
                if self._left:
                    self._left -= n
                view = view[:n]
                self._bytes = iter(view)
                if self.hash:
                    self.hash.update(view)
                self._end = n
            return n
        except (OSError, ValueError) as e:
            raise ValueError("connection lost (%s)" % e)


def _connect(host, port, timeout):
    import socket

    error = "no address"
    try:
        for a in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
            s = None
            try:
                s = socket.socket(a[0], a[1], a[2])
                s.settimeout(timeout)
                s.connect(a[-1])
                return s
            except OSError as e:
                error = e
                if s:
                    s.close()
    except OSError as e:
        error = e
    raise ValueError("cannot reach %s:%d (%s)" % (host, port, error))


def open_url(url, cafiles, insecure, timeout, hops=5):
    # Return a Body, or None for status 404 and 410. Raise ValueError for all other failures.
    #
    # cafiles: paths of root certificates (DER); the first that exists is used
    # timeout: seconds for each read
    # hops: how many redirects may follow
    scheme, _, rest = url.partition("#")[0].partition("://")
    netloc, _, path = rest.partition("/")
    host, _, port = netloc.rpartition(":")
    if not host or "]" in port:
        host, port = netloc, 443 if scheme == "https" else 80
    host = host.strip("[]")
    body = None
    secure = None
    if scheme == "https":
        from upip_tls import prepare

        secure = prepare(host, cafiles, insecure)
    elif scheme != "http":
        raise ValueError("cannot open " + url)
    s = _connect(host, int(port), timeout)
    try:
        if secure:
            s = secure(s)
        if sys.implementation.name == "cpython":
            from upip_cpython import Stream

            s = Stream(s)
        request = "GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nUser-Agent: upip\r\n\r\n"
        s.write((request % (path, netloc)).encode())
        line = s.readline()
        status = int(line.split()[1])
        headers = {}
        while line.strip():
            line = s.readline()
            key, _, value = line.decode().partition(":")
            headers[key.lower()] = value.strip()
        if not line:
            raise OSError("truncated")
        if status == 200:
            chunked = headers.get("transfer-encoding", "").lower() == "chunked"
            left = 0 if chunked else headers.get("content-length")
            body = Body(s, url, left and int(left), chunked)
            return body
    except (OSError, IndexError, ValueError) as e:
        raise ValueError("request to %s failed (%s)" % (host, e))
    finally:
        if not body:
            s.close()
    if status in (404, 410):
        return None
    target = headers.get("location")
    if 300 < status < 309 and target and hops:
        target = join(url, target)
        if insecure or scheme == "http" or target[:6] == "https:":
            return open_url(target, cafiles, insecure, timeout, hops - 1)
    raise ValueError("HTTP status %d from %s" % (status, url))

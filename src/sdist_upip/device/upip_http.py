# Open a URL as a stream of bytes, by HTTP/1.1 (RFC 9112) without keeping the connection.
from upip_body import Body


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


def _read_head(answer):
    # Return the status and the headers that count, with names in small letters.
    status = int(answer.line().split()[1])
    headers = {}
    for _ in range(200):
        line = answer.line()
        if not line.strip():
            return status, headers
        key, _, value = line.decode().partition(":")
        key = key.lower()
        if key in ("transfer-encoding", "content-length", "location"):
            headers[key] = value.strip()
    raise OSError("too many headers")


def open_url(url, cafiles, insecure, timeout, hops=5):
    # Return a Body, or None for status 404 and 410. Raise ValueError for all other failures.
    #
    # cafiles: files of root certificates (DER), or directories with upip_ca.der; the first that
    #     exists is used
    # timeout: seconds for each read
    # hops: how many redirects may follow
    scheme, _, rest = url.partition("#")[0].partition("://")
    netloc, _, path = rest.partition("/")
    host, _, port = netloc.rpartition(":")
    if not host or "]" in port:
        host, port = netloc, 443 if scheme == "https" else 80
    host = host.strip("[]")
    body = secure = None
    if min(url.encode()) < 33 or max(url.encode()) > 126 or scheme not in ("http", "https"):
        raise ValueError("cannot open " + url)
    if scheme == "https":
        from upip_tls import prepare

        secure = prepare(host, cafiles, insecure)
    s = _connect(host, int(port), timeout)
    try:
        if secure:
            s = secure(s)
        if not hasattr(s, "readinto"):
            from upip_cpython import Stream

            s = Stream(s)
        request = "GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nUser-Agent: upip\r\n\r\n"
        s.write((request % (path, netloc)).encode())
        s.setblocking(False)
        answer = Body(s, url, timeout)
        status, headers = _read_head(answer)
        if status == 200:
            answer.chunked = headers.get("transfer-encoding", "").lower() == "chunked"
            if not answer.chunked and "content-length" in headers:
                answer.left = int(headers["content-length"])
            body = answer
            return body
    except (OSError, IndexError, ValueError) as e:
        raise ValueError("request to %s failed (%s)" % (host, e))
    finally:
        if not body:
            s.close()
    if status in (404, 410):
        return None
    from upip_redirect import find_target

    target = find_target(status, url, headers.get("location") if hops else "", insecure)
    return open_url(target, cafiles, insecure, timeout, hops - 1)

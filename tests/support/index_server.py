"""A package index on loopback, over HTTP or HTTPS, that can also fail or be slow.

`Index` is a context manager. Its pages follow the simple repository API (PEP 503) as PyPI writes
them: one anchor a line, wheels beside the archives, attributes that installers must read or ignore.
With `json` they follow PEP 691 for clients that accept it.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import html
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from support.loopback import Loopback, QuietServer

if TYPE_CHECKING:
    from sdist_upip import Release

_PAGE = """<!DOCTYPE html>
<html>
  <head>
    <meta name="pypi:repository-version" content="1.4">
    <title>Links for {name}</title>
  </head>
  <body>
    <h1>Links for {name}</h1>
{anchors}
</body>
</html>
<!--SERIAL 12345678-->"""
_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass
class Reply:
    """The response of the server on one path.

    `framing` is "length" for a body with Content-Length, "chunked", or "close" for neither. The
    connection closes after `cut` bytes of the body. The server sleeps `pause` seconds before each
    512 bytes. `headers` are those for a `status`, such as Location.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    framing: str = "length"
    cut: int | None = None
    pause: float = 0.0


@dataclass
class _File:
    name: str
    sha256: str | None
    yanked: str | None


class Index(Loopback):
    """A server with the simple pages of the files that were added, and with `replies` by path.

    `replies` have priority over pages and files. Those of `first` have priority over both, and each
    is sent once. `requests` are the requested paths, in order. `sessions` are the (path, headers)
    pairs. With `account` (user, password) other clients get 401. With `context`, a server-side
    SSLContext, the server uses TLS. With `etags`, pages have an ETag, and 304 is sent to clients
    that know it. `page_headers` are headers of all pages. `most` is the largest number of requests
    at the same time, and each request takes `delay` seconds.
    """

    account: tuple[str, str] | None = None
    json = False
    etags = False
    delay = 0.0

    def __init__(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.replies: dict[str, Reply] = {}
        self.first: dict[str, list[Reply]] = {}
        self.requests: list[str] = []
        self.sessions: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        self.page_headers: dict[str, str] = {}
        self.most = self.running = 0
        self.counting = threading.Lock()
        self._files: dict[str, list[_File]] = {}
        server = _Server((host, 0), _Handler)
        server.index = self
        if context:
            # The handshake happens in the handler's thread, so that a bad client blocks no other.
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._scheme = "https" if context else "http"
        super().__init__(server)

    def __exit__(self, *exception: object) -> None:
        self.closing.set()
        super().__exit__(*exception)

    def url(self, path: str = "", host: str = "localhost") -> str:
        """Return the URL of `path` on this server."""
        return f"{self._scheme}://{host}:{self.port}{path}"

    @property
    def simple(self) -> str:
        """The URL of the index, for installers."""
        return self.url("/simple/")

    def add(
        self,
        file: str,
        data: bytes,
        *,
        name: str | None = None,
        sha256: str | None = "right",
        yanked: str | None = None,
    ) -> str:
        """Add `data` as the file `file`, and return its path on the server.

        `sha256` is "right", a wrong digest to state, or None for none. `yanked` is a reason.
        """
        project = canonicalize_name(name or file.removesuffix(".tar.gz").rpartition("-")[0])
        if sha256 == "right":
            sha256 = hashlib.sha256(data).hexdigest()
        self._files.setdefault(project, []).append(_File(file, sha256, yanked))
        path = f"/files/{file}"
        self.replies.setdefault(path, Reply(data))
        return path

    def add_release(self, release: Release, data: bytes, **options: str | None) -> str:
        """Add `data`, the archive of `release`, and return its path on the server."""
        return self.add(f"{release.root}.tar.gz", data, name=release.name, **options)

    def page(self, name: str) -> bytes | None:
        """Return the simple page of a project."""
        files = self._files.get(name)
        if files is None:
            return None
        anchors = "\n".join(f"{_anchor(file)}<br />" for file in files)
        return _PAGE.format(name=name, anchors=anchors).encode()

    def json_page(self, name: str) -> bytes:
        """Return the page of a project as JSON."""
        files = [
            {
                "filename": file.name,
                "url": f"../../files/{file.name}",
                "hashes": {"sha256": file.sha256} if file.sha256 else {},
                "yanked": False if file.yanked is None else file.yanked or True,
                "size": len(self.replies[f"/files/{file.name}"].body),
            }
            for file in self._files[name]
        ]
        return json.dumps({"meta": {"api-version": "1.1"}, "name": name, "files": files}).encode()

    def reply(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the response on `path`."""
        headers = headers or {}
        if self.account and headers.get("Authorization") != basic(*self.account):
            return Reply(b"who?", 401, {"WWW-Authenticate": 'Basic realm="packages"'})
        if self.first.get(path):
            return self.first[path].pop(0)
        if path in self.replies:
            return self.replies[path]
        page = None
        if path.startswith("/simple/") and path.endswith("/"):
            page = self.page(path.split("/")[2])
        if page is None:
            return Reply(b"not here", 404)
        kind = "text/html"
        if self.json and _JSON in headers.get("Accept", ""):
            page, kind = self.json_page(path.split("/")[2]), _JSON
        sent = {"Content-Type": kind, **self.page_headers}
        if self.etags:
            sent["ETag"] = f'"{hashlib.sha256(page).hexdigest()}"'
            if headers.get("If-None-Match") == sent["ETag"]:
                return Reply(b"", 304, sent)
        return Reply(page, headers=sent)


def basic(user: str, password: str) -> str:
    """Return the header Authorization for basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _anchor(file: _File) -> str:
    fragment = f"#sha256={file.sha256}" if file.sha256 else ""
    attributes = ' data-requires-python="&gt;=3.6"'
    if file.name.endswith(".whl"):
        attributes += f' data-dist-info-metadata="sha256={"0" * 64}"'
    if file.yanked is not None:
        attributes += f' data-yanked="{html.escape(file.yanked)}"'
    return f'<a href="../../files/{file.name}{fragment}"{attributes}>{file.name}</a>'


class _Server(QuietServer):
    index: Index
    daemon_threads = False
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        index = self.server.index
        index.requests.append(self.path)
        index.sessions.append((self.path, dict(self.headers)))
        with index.counting:
            index.running += 1
            index.most = max(index.most, index.running)
        try:
            if index.delay:
                index.closing.wait(index.delay)
            self._send(index.reply(self.path, self.headers))
        finally:
            with index.counting:
                index.running -= 1

    def _send(self, reply: Reply) -> None:
        self.close_connection = True
        self.send_response(reply.status)
        for key, value in reply.headers.items():
            self.send_header(key, value)
        if reply.framing == "length":
            self.send_header("Content-Length", str(len(reply.body)))
        elif reply.framing == "chunked":
            self.send_header("Transfer-Encoding", "Chunked")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self._send_body(reply)

    def _send_body(self, reply: Reply) -> None:
        encoded = b"".join(_chunks(reply.body)) if reply.framing == "chunked" else reply.body
        if reply.cut is not None:
            encoded = encoded[: reply.cut]
        if not reply.pause:
            self.wfile.write(encoded)
            return
        for start in range(0, len(encoded), 512):
            if self.server.index.closing.wait(reply.pause):
                return
            self.wfile.write(encoded[start : start + 512])

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def _chunks(body: bytes) -> Iterator[bytes]:
    """Yield `body` in chunks of changing size, the first with a chunk extension."""
    start, size = 0, 1
    while start < len(body):
        data = body[start : start + size]
        extension = b";note=1" if start == 0 else b""
        yield b"%x%s\r\n%s\r\n" % (len(data), extension, data)
        start += size
        size = size * 3 % 1999 + 1
    yield b"0\r\n\r\n"

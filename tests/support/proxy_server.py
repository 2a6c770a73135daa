"""A forward proxy on loopback: absolute URLs for http, CONNECT tunnels for https."""

from __future__ import annotations

import contextlib
import select
import socket
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from support.index_server import basic
from support.loopback import Loopback, QuietServer

_SECONDS = 10


class Proxy(Loopback):
    """A context manager. `requests` are the (method, URL) pairs of the requests to it.

    With `account` (user, password) other clients get 407.
    """

    def __init__(self, account: tuple[str, str] | None = None) -> None:
        self.requests: list[tuple[str, str]] = []
        self.account = account
        server = _Server(("127.0.0.1", 0), _Handler)
        server.proxy = self
        super().__init__(server)

    @property
    def url(self) -> str:
        """The URL of the proxy, with the credentials if it requires some."""
        account = "{}:{}@".format(*self.account) if self.account else ""
        return f"http://{account}127.0.0.1:{self.port}"


class _Server(QuietServer):
    proxy: Proxy
    daemon_threads = True  # a tunnel lasts as long as its client keeps it


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if not self._admit():
            return
        parts = urlsplit(self.path)
        lines = [f"GET {parts.path or '/'} HTTP/1.0", f"Host: {parts.netloc}", "Connection: close"]
        for key, value in self.headers.items():
            if key.lower() not in ("host", "connection", "proxy-authorization"):
                lines.append(f"{key}: {value}")
        with socket.create_connection((parts.hostname, parts.port or 80), _SECONDS) as upstream:
            upstream.sendall("\r\n".join([*lines, "", ""]).encode())
            while piece := upstream.recv(65536):
                self.wfile.write(piece)

    def do_CONNECT(self) -> None:
        if not self._admit():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), _SECONDS) as upstream:
            self.send_response(200, "Connection established")
            self.end_headers()
            ends = {self.connection: upstream, upstream: self.connection}
            with contextlib.suppress(ConnectionError):
                while ready := select.select(list(ends), [], [], _SECONDS)[0]:
                    for end in ready:
                        piece = end.recv(65536)
                        if not piece:
                            return
                        ends[end].sendall(piece)

    def _admit(self) -> bool:
        proxy = self.server.proxy
        proxy.requests.append((self.command, self.path))
        if not proxy.account or self.headers.get("Proxy-Authorization") == basic(*proxy.account):
            return True
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

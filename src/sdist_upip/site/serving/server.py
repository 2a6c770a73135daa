"""The HTTP server of a site, for development. It only reads, and answers GET and HEAD."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import socketserver
import sys
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from ...errors import OutputError
from .answers import Answer, make_answer

_TIMEOUT = 60
"""Seconds that a connection may be silent."""
_ANYWHERE = frozenset({"", "0.0.0.0", "::"})
_NOT_ROUTED = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses of examples (RFC 5737 and 3849), through which the own address is found."""


class SiteServer(ThreadingHTTPServer):
    """A server of the site in the first of `roots`; see `make_answer` for the others.

    `report` is called with a line for each request, by any thread.
    """

    daemon_threads = True
    request_queue_size = 128  # installers open many connections at a time
    # Windows would let two servers have one port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, host: str, port: int, report: Callable[[str], None]) -> None:
        self.roots: tuple[Path, ...] = ()
        self.report = report
        try:
            kind, passive = socket.SOCK_STREAM, socket.AI_PASSIVE
            found = socket.getaddrinfo(host or None, port, type=kind, flags=passive)
            self.address_family, _, _, _, address = found[0]
            super().__init__((str(address[0]), port), _Handler)
        except (OSError, UnicodeError) as error:
            raise OutputError(_explain(host, port, error)) from error

    def server_bind(self) -> None:
        """Bind the socket. The base class would ask for the name of this computer besides."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    @property
    def url(self) -> str:
        """The URL of the site for other computers, if they can reach it. It has no slash at its
        end."""
        host = self.server_name
        if host in _ANYWHERE:
            host = find_own_address(self.address_family)
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.server_port}"

    @property
    def is_local(self) -> bool:
        """Whether only this computer reaches the site."""
        return ipaddress.ip_address(self.server_name).is_loopback

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what failed. A client that closes its connection is not a failure."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            self.report(f"error: {type(error).__name__}: {error}")


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"
    timeout = _TIMEOUT
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"
    _ALLOWED: ClassVar[dict[str, str]] = {"Allow": "GET, HEAD"}

    def do_GET(self) -> None:
        self._send(self._answer())

    def do_HEAD(self) -> None:
        self._send(self._answer())

    def _refuse(self) -> None:
        self.close_connection = True
        self._send(Answer(HTTPStatus.METHOD_NOT_ALLOWED, b"", self._ALLOWED))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refuse

    def _answer(self) -> Answer:
        has_body = "content-length" in self.headers or "transfer-encoding" in self.headers
        if has_body or self.headers.defects:  # a malformed header may state a body
            self.close_connection = True  # the body of the request is not read
        names = {name.lower() for name in self.headers}
        headers = {name: ", ".join(self.headers.get_all(name, [])) for name in names}
        return make_answer(self.server.roots, self.path, headers)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def version_string(self) -> str:
        return "sdist-upip"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        status = code.value if isinstance(code, HTTPStatus) else code
        self.server.report(f"{self.client_address[0]} {self.requestline} {status}")

    def log_message(self, format: str, *args: object) -> None:
        self.server.report(f"{self.client_address[0]} {format % args}")


def find_own_address(family: int) -> str:
    """Return the address of this computer in its network, that of the loopback without one.

    No packet is sent.
    """
    loopback = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((_NOT_ROUTED[socket.AddressFamily(family)], 9))
        return str(probe.getsockname()[0])
    return loopback


def _explain(host: str, port: int, error: OSError | UnicodeError) -> str:
    place = f"port {port} of {host}"
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"Cannot serve at {place}: another program uses this port. Pass another --port."
    if number in (errno.EACCES, errno.EPERM):
        return f"Cannot serve at {place}: permission denied. Pass a --port above 1023."
    reason = getattr(error, "strerror", None) or error
    return f"Cannot serve at {place}: {reason}. Pass an address of this computer with --host."

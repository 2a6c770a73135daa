"""Limits on what servers send: a rate that counts as progress, and bytes in all.

A time-out of a socket alone has no effect on a server that sends a byte now and then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..limits import PAGE_LIMIT, RATE_FLOOR
from .request_errors import RequestError

_HEADER_LIMIT = 1 << 16
"""Most bytes before the end of the headers, with all interim responses (100 Continue)."""
_RESPONSE_LIMIT = 4 * PAGE_LIMIT
"""Most bytes of a response as they are sent, with the sizes and extensions of chunks."""
_ERROR_LIMIT = 1 << 16
"""Most bytes of a response with another status than 200; nothing reads its body."""
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip"})
"""Not several, and none that unpacks a few bytes to gigabytes."""
_OK = 200
_OPERATORS = "Check the URL, or ask the operators of the server."


class ResponseMeter(threading.local):
    """Measures the responses of a session, in each thread one after the other.

    `trace` is an extension of requests that httpx2 calls with each event of a connection.
    `connected` is called with the stream of each new connection. Methods raise RequestError.
    """

    def __init__(self, timeout: float, connected: Callable[[Any], None] = lambda stream: None):
        self._timeout = timeout
        self._connected = connected
        self.start("")

    def start(self, url: str) -> None:
        """Begin to measure the response to a request for `url`."""
        self._url = url
        self._limit, self._part = _HEADER_LIMIT, "headers"
        self._total = 0
        self._received = 0  # since there was progress
        self._waited = 0.0

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow the events of connections, and measure all bytes that are read."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            stream = info["return_value"]
            stream.read = partial(self._read, stream.read)
            self._connected(stream)
        elif event.endswith(".send_request_headers.started"):
            self.start(self._url)
        elif event.endswith(".receive_response_headers.complete"):
            _, status, _, headers, *_ = info["return_value"]
            self._check_headers(headers)
            self._limit, self._part = self._total + _RESPONSE_LIMIT, "body"
            if status != _OK:
                self._limit, self._part = self._total + _ERROR_LIMIT, f"body with status {status}"

    def _check_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        values = [value for name, value in headers if name.lower() == b"content-encoding"]
        encoding = b", ".join(values).decode("ascii", "replace").strip().lower()
        if encoding not in _ENCODINGS:
            raise RequestError(
                self._url, f"unsupported content encoding {encoding[:40]!r}", _OPERATORS
            )

    def _read(
        self, read: Callable[..., bytes], max_bytes: int, timeout: float | None = None
    ) -> bytes:
        """Return what `read` returns, unless there is too much or too little."""
        if self._total >= self._limit:
            raise RequestError(
                self._url, f"the response has too many bytes ({self._part})", _OPERATORS
            )
        start = time.monotonic()
        data = read(max_bytes, timeout)
        if self._total:  # the first byte may take the whole time
            self._waited += time.monotonic() - start
        self._total += len(data)
        self._received += len(data)
        if self._received >= RATE_FLOOR:
            self._received, self._waited = 0, 0.0
        elif data and self._waited > self._timeout:
            raise RequestError(
                self._url,
                f"fewer than {RATE_FLOOR:,} bytes in {self._timeout:g} seconds",
                "Try again later, or set a longer `timeout` in pip's configuration.",
                retryable=True,
            )
        return data

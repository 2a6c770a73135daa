"""Servers on loopback, each in its own thread."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self


class Loopback:
    """A context manager that runs `server`, on `port`."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self.port = server.server_address[1]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class QuietServer(ThreadingHTTPServer):
    """Does not log clients that disconnect, as those of the tests do on purpose."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Log nothing."""

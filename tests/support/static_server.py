"""A server of the files below a directory, on loopback, as any web server serves a static site."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from support.loopback import Loopback, QuietServer


class StaticServer(Loopback):
    """A context manager that serves `directory`. `requests` are the requested paths, in order.

    Each request takes `delay` seconds. `headers` are those of all responses.
    """

    def __init__(
        self, directory: Path, *, delay: float = 0.0, headers: Mapping[str, str] | None = None
    ) -> None:
        self.requests: list[str] = []
        self.delay = delay
        self.headers = headers or {}
        handler = partial(_Handler, self, directory=str(directory))
        super().__init__(QuietServer(("127.0.0.1", 0), handler))

    @property
    def url(self) -> str:
        """The URL of the directory, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, static: StaticServer, *arguments: object, **options: object) -> None:
        self.static = static
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.static.requests.append(self.path)
        time.sleep(self.static.delay)
        super().do_GET()

    def end_headers(self) -> None:
        for name, value in self.static.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""

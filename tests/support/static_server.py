"""A server of the files below a directory, on loopback, as any web server serves a static site."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from support.loopback import Loopback, QuietServer


class StaticServer(Loopback):
    """A context manager that serves `directory`. `requests` are the requested paths, in order."""

    def __init__(self, directory: Path) -> None:
        self.requests: list[str] = []
        handler = partial(_Handler, self.requests, directory=str(directory))
        super().__init__(QuietServer(("127.0.0.1", 0), handler))

    @property
    def url(self) -> str:
        """The URL of the directory, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, requests: list[str], *arguments: object, **options: object) -> None:
        self.requests = requests
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        """Log nothing."""

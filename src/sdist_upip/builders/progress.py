"""A line on the terminal that says how far a long compression is; nothing anywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from ..deflate.encoder.encode import Progress

_PATIENCE = 1.0
"""Seconds before anything is shown."""
_INTERVAL = 0.1
_WIDTH = 30


@contextmanager
def show_progress(label: str, stream: TextIO) -> Iterator[Progress | None]:
    """Give what `compress` reports its progress to, or None if `stream` is no terminal.

    The line appears after a second, is drawn over itself, and is wiped at the end.
    """
    if not _is_terminal(stream):
        yield None
        return
    line = _Line(label, stream)
    try:
        yield line.update
    finally:
        line.wipe()


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        # Old setuptools detaches the stream that it finds as standard output.
        return False


class _Line:
    def __init__(self, label: str, stream: TextIO) -> None:
        self._label = label
        self._stream = stream
        self._due = time.monotonic() + _PATIENCE
        self._drawn = 0

    def update(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._due or not total:
            return
        self._due = now + _INTERVAL
        filled = _WIDTH * done // total
        text = f"{self._label} [{'#' * filled:.<{_WIDTH}}] {100 * done // total} %"
        self._stream.write(f"\r{text:{self._drawn}}")
        self._stream.flush()
        self._drawn = len(text)

    def wipe(self) -> None:
        if self._drawn:
            self._stream.write(f"\r{'':{self._drawn}}\r")
            self._stream.flush()

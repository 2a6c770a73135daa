"""A progress line for long compressions, on terminals only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from .output import EscapedStream

_PATIENCE = 1.0
"""Seconds before the line appears."""
_INTERVAL = 0.1
_WIDTH = 30


@contextmanager
def show_progress(
    label: str, stream: TextIO | None = None
) -> Iterator[Callable[[int, int], None] | None]:
    """Yield the function that `compress` calls to report progress, or None without a terminal.

    The line appears after a second on `stream`, by default standard error. It is drawn over itself,
    and is erased at the end.
    """
    stream = stream or sys.stderr
    if not stream or not _is_terminal(stream):
        yield None
        return
    line = _Line(label, stream.target if isinstance(stream, EscapedStream) else stream)
    try:
        yield line.update
    finally:
        line.wipe()


def has_terminal() -> bool:
    """Return whether standard error is a terminal."""
    return bool(sys.stderr) and _is_terminal(sys.stderr)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        # Old versions of setuptools detach the stream that is standard output.
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

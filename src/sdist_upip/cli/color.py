"""Colors and safe text for terminals."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Palette:
    """Adds colors to text if `enabled`, and makes untrusted text safe to print.

    `encoding` is the encoding of the stream. Characters that it lacks are escaped.
    """

    enabled: bool
    encoding: str = "utf-8"

    def red(self, text: str) -> str:
        """Return `text` in red, for errors."""
        return self._wrap("31", text)

    def yellow(self, text: str) -> str:
        """Return `text` in yellow, for warnings."""
        return self._wrap("33", text)

    def green(self, text: str) -> str:
        """Return `text` in green, for success."""
        return self._wrap("32", text)

    def bold(self, text: str) -> str:
        """Return `text` in bold, for headings."""
        return self._wrap("1", text)

    def dim(self, text: str) -> str:
        """Return `text` dimmed, for asides."""
        return self._wrap("2", text)

    def safe(self, text: str) -> str:
        """Return `text` with control characters and characters outside `encoding` escaped."""
        shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
        return shown.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def _wrap(self, number: str, text: str) -> str:
        return f"\x1b[{number}m{text}\x1b[0m" if self.enabled else text


def colors(stream: TextIO) -> Palette:
    """Return the palette for `stream`: colors on a terminal, unless NO_COLOR is set."""
    enabled = (
        stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    return Palette(enabled, stream.encoding or "utf-8")

"""Everything that is written to standard output and standard error.

A line is text, or a tuple of parts, of which some have a style. All parts are escaped, so only this
module puts control characters on a terminal. Results go to standard output. Messages go to standard
error, and are also shortened and without credentials.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

from .text import encodable, escape, make_line


class Styled:
    """Text in a style of terminals, such as a color: `code` is the number of the style.

    A dataclass would take as long to import as all else that this module needs.
    """

    __slots__ = ("code", "text")

    def __init__(self, text: str, code: str) -> None:
        self.text = text
        self.code = code


Line = str | tuple[str | Styled, ...]


def red(text: str) -> Styled:
    """Return `text` in red, for errors."""
    return Styled(text, "31")


def yellow(text: str) -> Styled:
    """Return `text` in yellow, for warnings."""
    return Styled(text, "33")


def green(text: str) -> Styled:
    """Return `text` in green, for success."""
    return Styled(text, "32")


def bold(text: str) -> Styled:
    """Return `text` in bold, for headings."""
    return Styled(text, "1")


def dim(text: str) -> Styled:
    """Return `text` dimmed, for asides."""
    return Styled(text, "2")


def format_line(line: Line, encoding: str, *, styles: bool) -> str:
    """Return the text of a line, with `styles` for a terminal."""
    parts = (line,) if isinstance(line, str) else line
    return "".join(_format_part(part, encoding, styles) for part in parts)


def print_result(*lines: Line) -> None:
    """Print lines on standard output."""
    if sys.stdout:  # None if it is closed
        encoding, styles = output_encoding(), _has_styles(sys.stdout)
        for line in lines:
            print(format_line(line, encoding, styles=styles))


def print_json(value: Any) -> None:
    """Print `value` as JSON on standard output. All of it is printable ASCII."""
    import json

    print(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))


def print_document(data: bytes) -> None:
    """Print a file on standard output: its bytes, or escaped lines if that is a terminal."""
    if not sys.stdout:
        return
    if sys.stdout.isatty():
        for line in data.decode("utf-8", "backslashreplace").splitlines():
            print(escape(line, keep="\t"))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def print_message(*lines: str) -> None:
    """Print lines of a message on standard error."""
    if sys.stderr:
        for line in lines:
            print(make_line(line), file=sys.stderr)


def print_error(error: object) -> None:
    """Print an error. The first of its lines begins with `error: `."""
    print_message(*error_lines(error))


def error_lines(error: object) -> list[str]:
    """Return the lines of an error, the first with `error: ` before it.

    An error of sdist-upip has `lines`. Any other error is one line.
    """
    first, *rest = getattr(error, "lines", None) or [str(error)]
    return [make_line(line) for line in (f"error: {first}", *rest)]


def output_encoding() -> str:
    """Return the encoding of standard output."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def prepare_streams() -> None:
    """Escape characters that the encoding of standard output or standard error lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def flush_output() -> None:
    """Write the rest of standard output. Raises OSError, for example for a full disk."""
    if sys.stdout:
        sys.stdout.flush()


def drop_output() -> None:
    """Discard buffered output, so flushing it does not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def prompts_on_stderr() -> Iterator[None]:
    """Redirect standard output, where Python prompts, to standard error."""
    with redirect_stdout(sys.stderr):
        yield


@contextmanager
def programs_on_stderr() -> Iterator[None]:
    """Redirect all that other code prints in this process to standard error, escaped.

    The stream is a new one, because setuptools 65 detaches the buffer of standard output.
    """
    stream = EscapedStream(sys.stderr)
    with redirect_stdout(stream), redirect_stderr(stream):
        yield


class EscapedStream(io.TextIOBase):
    """A stream for the output of other programs, which arrives escaped in the stream `target`."""

    def __init__(self, target: TextIO) -> None:
        self.target = target

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.target.encoding

    def write(self, text: str) -> int:
        self.target.write(escape(text.replace("\r\n", "\n"), keep="\n\t"))
        return len(text)

    def flush(self) -> None:
        self.target.flush()

    def isatty(self) -> bool:
        return self.target.isatty()

    def fileno(self) -> int:
        return self.target.fileno()

    def writable(self) -> bool:
        return True


def _format_part(part: str | Styled, encoding: str, styles: bool) -> str:
    if isinstance(part, str):
        return encodable(part, encoding)
    text = encodable(part.text, encoding)
    return f"\x1b[{part.code}m{text}\x1b[0m" if styles else text


def _has_styles(stream: TextIO) -> bool:
    """Return whether a stream gets styles: a terminal does, unless NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

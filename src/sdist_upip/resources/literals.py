"""The shortest bytes and str literals that CPython and MicroPython read alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ..errors import ProjectError

_QUOTES = ("'", '"', "'''", '"""')

_LONG_NUL = "\ud800"

_ESCAPES = {0: r"\0", ord(_LONG_NUL): r"\x00", ord("\r"): r"\r", ord("\\"): r"\\"}
"""Characters that are escaped in all quotes.

CPython refuses a NUL, and both interpreters read CR as a line feed.
"""

_BYTE_ESCAPES = _ESCAPES | {byte: f"\\x{byte:02x}" for byte in range(128, 256)}

_NUL_BEFORE_DIGIT = re.compile("\0(?=[0-7])")


@cache
def _raw_pattern(quote: str) -> re.Pattern[str]:
    """Return a pattern for the text of a raw literal, in ASCII: without quotes that end it."""
    mark, breaks = quote[0], "" if len(quote) == 3 else r"\n"
    plain = rf"[^\\{mark}{breaks}\r\0]"
    inner = rf"|{mark}{{1,2}}(?!{mark}|\Z)" if len(quote) == 3 else ""
    return re.compile(rf"(?:{plain}|\\[\x01-\x0c\x0e-\x7f]{inner})*")


def bytes_literal(data: bytes) -> bytes:
    """Return the source of the shortest bytes literal for `data`, in ASCII."""
    return _literal("b", data.decode("latin-1"), _BYTE_ESCAPES).encode()


def name_literal(name: str) -> bytes:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise ProjectError(
            f"Resource {name!r}: the name is not valid UTF-8. Rename the file."
        ) from error
    return _literal("", name, _ESCAPES).encode()


def _literal(prefix: str, text: str, escapes: Mapping[int, str]) -> str:
    """Return the shortest literal; among equally short ones, the first in the order of _QUOTES."""
    # The escape of a NUL before a digit would include the digit, so that it has the longer form.
    escaped = _NUL_BEFORE_DIGIT.sub(_LONG_NUL, text).translate(escapes)
    literals = (prefix + quote + _escape_quotes(escaped, quote) + quote for quote in _QUOTES)
    shortest = min(literals, key=len)
    if "\\" in text and text.isascii():
        fitting = (quote for quote in _QUOTES if _raw_pattern(quote).fullmatch(text))
        raw = (f"{prefix}r{quote}{text}{quote}" for quote in fitting)
        shortest = min([shortest, *raw], key=len)
    return shortest


def _escape_quotes(escaped: str, quote: str) -> str:
    mark = quote[0]
    if len(quote) == 1:
        return escaped.replace("\n", "\\n").replace(mark, "\\" + mark)
    text = escaped.replace(quote, mark * 2 + "\\" + mark)
    if (len(escaped) - len(escaped.rstrip(mark))) % 3:
        text = text[:-1] + "\\" + mark
    return text

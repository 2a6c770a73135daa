"""An upper bound of the tokens in a Python source, found without compiling it.

The memory of the compiler grows with the tokens: 256 KB of `[],[],` need 180 MB. Strings and
comments need very little, and modules of data are nearly all strings.
"""

from __future__ import annotations

import re

TOKEN_LIMIT = 100_000
"""Most tokens of a source that is compiled: about 400 KB of code. CPython takes 70 MB for it."""

_TOKEN = re.compile(rb"#[^\n]*|\"\"\"|'''|\w+|[^\w\s]")
_PLAIN_TOKEN = rb"\w+|[^\w\s]"
_FORMATTED = frozenset({b"f", b"t", b"fr", b"rf", b"rt", b"tr"})
_QUOTES = (b'"', b"'")
_STRING_ENDS = {
    quote: rb"\\.|" + quote + (b"" if len(quote) == 3 else rb"|\n")
    for quote in (b'"', b"'", b'"""', b"'''")
}


def exceeds_tokens(source: bytes, limit: int) -> bool:
    """Return whether `source` may have more than `limit` tokens.

    The content of an f-string counts as code. The search takes linear time and no memory.
    """
    count = position = 0
    while match := _TOKEN.search(source, position):
        count += 1
        if count > limit:
            return True
        found, position = match[0], match.end()
        if found in _STRING_ENDS:
            end = _end_of_string(source, position, found)
            if end is None:
                return False
            position = end
        elif found.lower() in _FORMATTED and source.startswith(_QUOTES, position):
            return _exceeds_plainly(source, position, limit - count)
    return False


def _exceeds_plainly(source: bytes, position: int, limit: int) -> bool:
    return any(
        count > limit
        for count, _ in enumerate(re.compile(_PLAIN_TOKEN).finditer(source, position), 1)
    )


def _end_of_string(source: bytes, position: int, quote: bytes) -> int | None:
    """Return where the string of `quote` ends; None if it does not, and the compiler stops."""
    for match in re.compile(_STRING_ENDS[quote], re.DOTALL).finditer(source, position):
        if match[0] == quote:
            return match.end()
        if match[0] == b"\n":
            return None
    return None

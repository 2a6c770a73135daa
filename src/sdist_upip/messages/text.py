"""Text from elsewhere → text that is safe to show.

Names, URLs, pages, archives and files may contain characters that move the cursor, change colors,
reverse the direction of the text or start a new line. Such characters are escaped, so that no text
from elsewhere looks like a message of sdist-upip.
"""

from __future__ import annotations

from .credentials import hide_credentials

LIMIT = 1000
"""Characters of one line of a message. Longer lines lose their middle."""

_HEAD, _TAIL = 650, 340


def escape(text: str, keep: str = "") -> str:
    """Return `text` with all characters escaped that are not printable, except those in `keep`.

    Line breaks, control characters (C0 and C1), those of bidirectional text, and other invisible
    ones are not printable. The result of a second call is the same.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in keep else ascii(letter)[1:-1] for letter in text
    )


def encodable(text: str, encoding: str) -> str:
    """Return `escape(text)`, with the characters escaped that `encoding` lacks."""
    return escape(text).encode(encoding, "backslashreplace").decode(encoding)


def make_line(text: str) -> str:
    """Return `text` as one line of a message: escaped, without credentials, not over `LIMIT`.

    The beginning and the end of a longer text stay, with … between them, because a message begins
    with the problem and ends with the remedy.
    """
    return _shorten(escape(_shorten(hide_credentials(text))))


def make_lines(text: str) -> str:
    """Return the message of another program, each line as `make_line` returns it.

    All lines but the first are indented, so none of them looks like a message of sdist-upip.
    """
    first, *rest = text.rstrip("\n").split("\n")
    return "\n".join([make_line(first), *(f"    {make_line(line)}".rstrip() for line in rest)])


def _shorten(text: str) -> str:
    return text if len(text) <= LIMIT else f"{text[:_HEAD]} … {text[-_TAIL:]}"

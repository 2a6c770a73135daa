"""Passwords and tokens in the text of a message: found without knowing where a URL begins."""

from __future__ import annotations

import re

HIDDEN = "…"
"""The text in place of a secret."""

EXAMPLE = "USER:PASSWORD"
"""The user name and password of examples in messages, which stay."""

_WORD = re.compile(r"[^ \t\r\n]+")
_SPACED = re.compile(
    rf"(//|https?:?/)(?!{EXAMPLE}@)[^/?#\\\s@]*:(?!\d*(?:[/?#\\\s]|$))[^@\n]{{0,200}}@"
)
"""A URL up to the @ after a password, which may have blanks. The text after its colon is not a
port."""
_OTHER_AT = re.compile(r"((?:https?:?/?/?|//)[^/?#\\\s]*?)(?:%40|[\uff20\ufe6b])", re.IGNORECASE)
"""A host with an escaped or wide @, which some readers of URLs take for an @."""
_WIDE = {0xFF1A: ":", 0xFE55: ":"}
_HOST = re.compile(r"(?=//([^/?#\\]*))")
"""A position where the host of a URL may begin, with the text up to the path."""
_USER_START = "=,;'\"`([{</\\"
"""Characters before a user name in text such as `trusted-host=user:password@host`."""
_DRIVE = re.compile(r"['\"(]*[A-Za-z]:[\\/]")
_PUNCTUATION = ":,.;)]}>'\"`"
_NETRC = re.compile(r"(bad \w+ token ).*(?= \()", re.DOTALL)
"""The message of Python's netrc for a file that it cannot parse."""
_SECRET_VALUE = re.compile(
    r"([?&;#][\w.-]*(?:auth|credential|key|passw|pwd|secret|sig|token)[\w.-]*=)[^&;\s'\"]+",
    re.IGNORECASE,
)


def hide_credentials(text: str) -> str:
    """Return `text` without user names and passwords before an @, and without queries of URLs.

    The text may have several URLs, and they may be misspelled: `//user:secret@host`,
    `http//user:secret@host`, `user:secret@host`. A query is removed because it may contain a token
    or a signature. Takes time in proportion to the length.
    """
    text = _NETRC.sub(rf"\1{HIDDEN}", text)
    text = _OTHER_AT.sub(r"\1@", text.translate(_WIDE))
    if "@" not in text and "?" not in text and "=" not in text:
        return text
    text = _SPACED.sub(rf"\1{HIDDEN}@", text)
    return _WORD.sub(lambda match: _hide_in_word(match[0]), text)


def _hide_in_word(word: str) -> str:
    end = word.rfind("@")
    if end > 0:
        start = _find_user(word, end)
        if start is not None:
            word = f"{word[:start]}{HIDDEN}{word[end:]}"
    start = word.find("//")
    if start >= 0 and "?" in word:
        return _without_query(word, start)
    return _SECRET_VALUE.sub(rf"\1{HIDDEN}", word)


def _find_user(word: str, end: int) -> int | None:
    """Return where a user name begins that is before the @ at `end`, None if there is none.

    A password may have an unescaped slash, so a colon before the first slash is enough. Without a
    colon, an @ after the first slash is part of the path: `//host/project@version`.
    """
    for match in _HOST.finditer(word, 0, end + 1):
        if "@" in match[1] or ":" in match[1]:
            start = match.start(1)
            is_example = word.startswith(f"{EXAMPLE}@", start) and word.find("@", start) == end
            return None if is_example else start
    colon = word.find(":", 0, end)
    if colon < 0 or word.startswith("//", colon + 1) or _DRIVE.match(word):
        return None
    return max(word.rfind(letter, 0, colon) for letter in _USER_START) + 1


def _without_query(word: str, start: int) -> str:
    mark = word.find("?", start)
    if mark < 0:
        return _SECRET_VALUE.sub(rf"\1{HIDDEN}", word)
    end = word.find("#sha256=", mark)
    if end < 0:
        end = len(word.rstrip(_PUNCTUATION))
    return f"{word[: mark + 1]}{HIDDEN}{word[max(end, mark + 1) :]}" if end > mark + 1 else word

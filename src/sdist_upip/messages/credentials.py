"""Passwords and tokens in the text of a message: found without knowing where a URL begins."""

from __future__ import annotations

import re

HIDDEN = "…"
"""The text in place of a secret."""

EXAMPLE = "USER:PASSWORD"
"""The user name and password of examples in messages, which stay."""

_WORD = re.compile(r"[^ \t\r\n]+")
_HOST_END = re.compile(r"[/?#\\]")
_USER_START = "=,;'\"`([{</\\"
"""Characters before a user name in text such as `trusted-host=user:password@host`."""
_DRIVE = re.compile(r"['\"(]*[A-Za-z]:[\\/]")
_PUNCTUATION = ":,.;)]}>'\"`"
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
    if "@" not in text and "?" not in text and "=" not in text:
        return text
    return _WORD.sub(lambda match: _hide_in_word(match[0]), text)


def _hide_in_word(word: str) -> str:
    end = word.rfind("@")
    start = word.find("//")
    if start >= 0:
        start += len("//")
        if start < end and _has_user(word[start:]):
            word = f"{word[:start]}{HIDDEN}{word[end:]}"
        return _without_query(word, start)
    colon = word.find(":", 0, max(end, 0))
    if colon >= 0 and not _DRIVE.match(word):
        start = max(word.rfind(letter, 0, colon) for letter in _USER_START) + 1
        word = f"{word[:start]}{HIDDEN}{word[end:]}"
    return _SECRET_VALUE.sub(rf"\1{HIDDEN}", word)


def _has_user(rest: str) -> bool:
    """Return whether `rest`, after the `//` of a URL, may begin with a user name.

    A password may have an unescaped slash, so a colon before the first slash is enough. Without a
    colon, an @ after the first slash is part of the path: `//host/project@version`.
    """
    host = _HOST_END.split(rest, maxsplit=1)[0]
    is_example = host.startswith(f"{EXAMPLE}@") and rest.count("@") == 1
    return ("@" in host or ":" in host) and not is_example


def _without_query(word: str, start: int) -> str:
    mark = word.find("?", start)
    if mark < 0:
        return _SECRET_VALUE.sub(rf"\1{HIDDEN}", word)
    end = word.find("#sha256=", mark)
    if end < 0:
        end = len(word.rstrip(_PUNCTUATION))
    return f"{word[: mark + 1]}{HIDDEN}{word[max(end, mark + 1) :]}" if end > mark + 1 else word

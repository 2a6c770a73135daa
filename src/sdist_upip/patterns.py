"""Glob patterns over `/`-separated paths, the same on every platform."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from .errors import ConfigError


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a regular expression whose full matches are the paths of `pattern`.

    `*` and `?` match within one segment. `**` as a whole segment matches any number of segments.
    `[…]` is a set of characters. Raises ConfigError for a pattern that cannot match any path.
    """
    if not pattern or pattern.startswith("/") or "\\" in pattern or ".." in pattern.split("/"):
        raise ConfigError(
            f"Invalid pattern {pattern!r}. Use a relative path with '/', such as "
            "'my_app/testing/**'."
        )
    segments = pattern.rstrip("/").split("/")
    parts = []
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if segment == "**":
            parts.append(".+" if last else "(?:[^/]+/)*")
        else:
            parts.append(_translate_segment(segment) + ("" if last else "/"))
    return re.compile("".join(parts), re.DOTALL)


def matches_any(path: str, patterns: Iterable[str]) -> bool:
    """Return whether one of `patterns` matches `path`."""
    return any(compile_pattern(pattern).fullmatch(path) for pattern in patterns)


def _translate_segment(segment: str) -> str:
    parts = []
    position = 0
    while position < len(segment):
        letter = segment[position]
        end = segment.find("]", position + 2)
        if letter == "*":
            parts.append("[^/]*")
        elif letter == "?":
            parts.append("[^/]")
        elif letter == "[" and end > 0:
            body = segment[position + 1 : end]
            negated = body.startswith("!")
            parts.append(f"[{'^/' if negated else ''}{_escape_set(body[negated:])}]")
            position = end
        else:
            parts.append(re.escape(letter))
        position += 1
    return "".join(parts)


def _escape_set(body: str) -> str:
    return re.sub(r"([\[\]\\^&~|])", r"\\\1", body)

"""The step `strip-comments`: Python sources without comments and blank lines, AST-equal."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..errors import SOURCE_ERRORS, StepError
from ..patterns import matches_any
from ..release import Release
from .options import read_options
from .registry import Step

_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
_OPENING = frozenset({"FSTRING_START", "TSTRING_START"})
_CLOSING = frozenset({"FSTRING_END", "TSTRING_END"})


def strip_comments_step(options: Mapping[str, Any]) -> Step:
    """Make the step; options: `keep-lines` (keep line numbers) and `exclude` (patterns).

    Raises StepError for unknown options and wrong values.
    """
    chosen = read_options("strip-comments", options, {"keep-lines": False, "exclude": ()})

    def strip_all(release: Release) -> Release:
        return release.with_members(
            replace(member, data=strip_comments(member.data, chosen["keep-lines"]))
            if member.path.endswith(".py") and not matches_any(member.path, chosen["exclude"])
            else member
            for member in release
        )

    return strip_all


def strip_comments(source: bytes, keep_lines: bool = False) -> bytes:
    """Return `source` without comments, blank lines and trailing blanks; its AST is the same.

    Sources that are not valid Python are returned unchanged. The comment that declares an encoding
    other than UTF-8 is kept. Raises StepError if the result would have another AST.
    """
    try:
        tree = ast.dump(ast.parse(source))
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = io.StringIO(source.decode(encoding), newline=None).read()
        lines = _stripped_lines(text, keep_cookie=not encoding.startswith("utf-8"))
    except (*SOURCE_ERRORS, tokenize.TokenError):
        return source
    kept = [line for line, is_blank in lines if keep_lines or not is_blank]
    result = "".join(f"{line}\n" for line in kept).rstrip("\n")
    stripped = f"{result}\n".encode(encoding) if result else b""
    try:
        result_tree = ast.dump(ast.parse(stripped))
    except SOURCE_ERRORS:  # a line that continues on the last, blank one
        return source
    if result_tree != tree:
        raise StepError(
            "strip-comments would change the meaning of the source. Exclude the module in "
            "[tool.sdist-upip.step.strip-comments], and report the problem with the module."
        )
    return stripped


def _stripped_lines(text: str, keep_cookie: bool) -> Iterator[tuple[str, bool]]:
    """Return (line, whether the line is removable), without comments and trailing blanks."""
    comments: dict[int, int] = {}
    inside: set[int] = set()
    for kind, start, end in _comments_and_strings(text):
        if kind == "comment":
            comments[start[0]] = start[1]
        else:
            inside.update(range(start[0], end[0]))
    lines = text.split("\n")
    return iter(
        [
            _strip_line(number, lines, comments, inside, keep_cookie)
            for number in range(1, len(lines) + 1)
        ]
    )


def _strip_line(
    number: int, lines: list[str], comments: dict[int, int], inside: set[int], keep_cookie: bool
) -> tuple[str, bool]:
    """Return (line, whether the line is removable); `inside` are the lines that end in a string."""
    line = lines[number - 1]
    if keep_cookie and number <= 2 and _COOKIE.match(line):
        return line, False
    if number in inside:
        return line, False
    line = line[: comments.get(number, len(line))].rstrip(" \t\f")
    before = number - 1
    continues = number > 1 and before not in comments and lines[before - 1].endswith("\\")
    return line, not line and not continues


def _comments_and_strings(
    text: str,
) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Yield ("comment" or "string", start, end), with each formatted string as one string."""
    opened: list[tuple[int, int]] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name in _OPENING:
            opened.append(token.start)
        elif name in _CLOSING:
            start = opened.pop()
            if not opened:
                yield "string", start, token.end
        elif not opened and token.type == tokenize.COMMENT:
            yield "comment", token.start, token.end
        elif not opened and token.type == tokenize.STRING:
            yield "string", token.start, token.end

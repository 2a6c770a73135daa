"""A quick look at a source, without parsing it, which finds the sources that need a closer look."""

from __future__ import annotations

import re

from .source import Source

_WORD = re.compile(rb"\bimport\b")
_ALIAS = rb"[\w.]+(?:[ \t]+as[ \t]+\w+)?"
_STATEMENT = re.compile(
    rb"(?:[^\n#'\"\\]*[;:])?[^\S\n]*(?:"
    rb"import[ \t]+(%s(?:[ \t]*,[ \t]*%s)*)"
    rb"|from[ \t]+(\.*)([\w.]*)[ \t]*\bimport[ \t]*(\([^()]*\)|[^\n;#(\\]+)"
    rb")[ \t\r]*(?=[\n;#]|\Z)" % (_ALIAS, _ALIAS)
)
_IN_COMMENT = re.compile(rb"[^\n#'\"]*#[^\r]*\Z")
_COMMENT = re.compile(rb"#[^\n]*")
_ITEM = re.compile(rb"[\w.]+|\*")

Names = tuple[tuple["str | None", str], ...]
"""Pairs of a module and a name from it, "" for the module itself."""


def scan_imports(source: Source) -> Names | None:
    """Return (module, name) of the imports in the text of `source`, or None if that is not clear.

    Text in strings and comments may look like an import. Conditions are ignored.
    """
    data = source.data
    if b"import" not in data:
        return ()
    if b"__import__" in data:
        return None
    found: list[tuple[str | None, str]] = []
    last = comment_end = -1
    for word in _WORD.finditer(data):
        if word.start() < comment_end:
            continue
        start = data.rfind(b"\n", 0, word.start()) + 1
        if _IN_COMMENT.match(data, start, word.start()):
            end = data.find(b"\n", word.start())
            comment_end = len(data) if end < 0 else end
            continue
        statement = _STATEMENT.match(data, start)
        if statement is None or start == last:
            return None
        last = start
        if statement[1] is not None:
            found += [(item.split()[0].decode(), "") for item in statement[1].split(b",")]
            continue
        level, module = len(statement[2]), statement[3].decode()
        absolute = source.resolve_relative(level, module) if level else module
        for item in _COMMENT.sub(b"", statement[4].strip(b"()")).split(b","):
            if words := _ITEM.findall(item):
                found.append((absolute, words[0].decode()))
    return tuple(dict.fromkeys(found))

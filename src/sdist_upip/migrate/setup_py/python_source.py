"""The source of a setup.py: its tree, and the same text without some of its statements."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...errors import SOURCE_ERRORS
from ..text_files import split_bom, split_lines

Span = tuple[int, int, int, int]
"""First line, first column, last line, last column: lines from 0, columns in bytes of UTF-8."""


def parse_source(text: str) -> ast.Module | None:
    """Return the tree of `text`, or None if Python cannot parse it."""
    try:
        return ast.parse(split_bom(text)[1])
    except SOURCE_ERRORS:
        return None


def walk_blocks(tree: ast.AST) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    """Yield each list of statements in `tree` with the node that it belongs to."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield node, block


def without_statements(
    text: str, statements: Collection[ast.stmt], about: re.Pattern[str], tree: ast.Module
) -> str | None:
    """Return `text` without `statements`, and without the comments above that match `about`.

    Returns None if a block would be left empty. The statements are nodes of `tree`, which is that
    of `text`.
    """
    bom, source = split_bom(text)
    doomed = set(statements)
    inside = {part for node in doomed for part in ast.walk(node)}
    spans = []
    for parent, block in walk_blocks(tree):
        if parent in inside:
            continue
        if all(node in doomed for node in block) and not isinstance(parent, ast.Module):
            return None
        spans += [_span(block, index) for index, node in enumerate(block) if node in doomed]
    lines = [line.encode() for line in split_lines(source)]
    for span in sorted(spans, reverse=True):
        _cut(lines, span, about)
    return bom + b"".join(lines).decode()


@dataclass(frozen=True)
class Cut:
    """A part of a source, from its line and column to another, and the text in its place."""

    line: int
    column: int
    end_line: int | None
    end_column: int | None
    text: str = ""


def cut_item(text: str, items: Sequence[tuple[ast.AST, ast.AST]], index: int) -> Cut:
    """Return the cut that removes one of `items`, each from a node to a node, with its comma."""
    first, last = items[index]
    line, column = _start(first)
    end_line, end_column = _end(last)
    if index + 1 < len(items):
        return Cut(line, column, *_start(items[index + 1][0]))
    if index:
        return Cut(*_end(items[index - 1][1]), end_line, end_column)
    lines = [part.encode() for part in split_lines(split_bom(text)[1])]
    comma = re.match(rb"[ \t]*,", lines[end_line - 1][end_column:])
    return Cut(line, column, end_line, end_column + (comma.end() if comma else 0))


def apply_cuts(text: str, cuts: Iterable[Cut]) -> str:
    """Return `text` after `cuts`, which do not overlap."""
    bom, source = split_bom(text)
    lines = [line.encode() for line in split_lines(source)]
    for cut in sorted(cuts, key=lambda cut: (cut.line, cut.column), reverse=True):
        first, last = cut.line - 1, (cut.end_line or cut.line) - 1
        before, after = lines[first][: cut.column], lines[last][cut.end_column or 0 :]
        lines[first : last + 1] = [before + cut.text.encode() + after]
    return bom + b"".join(lines).decode()


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)


def _span(block: list[ast.stmt], index: int) -> Span:
    """Return the span of a statement, with the separator `;` if it shares its line."""
    node = block[index]
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    if index + 1 < len(block) and block[index + 1].lineno == end_line:
        following = block[index + 1]
        return node.lineno - 1, node.col_offset, following.lineno - 1, following.col_offset
    if index and block[index - 1].end_lineno == node.lineno:
        column = block[index - 1].end_col_offset or 0
        return node.lineno - 1, column, end_line - 1, end_column
    return node.lineno - 1, node.col_offset, end_line - 1, end_column


def _cut(lines: list[bytes], span: Span, about: re.Pattern[str]) -> None:
    first, start, last, end = span
    before, after = lines[first][:start], lines[last][end:]
    rest = after.lstrip(b" \t;")
    if before.strip() or (rest.strip() and not rest.startswith(b"#")):
        lines[first : last + 1] = [before + after]
        return
    comment = first
    while comment and lines[comment - 1].lstrip().startswith(b"#"):
        comment -= 1
    is_header = comment == 0 and first and lines[0].startswith(b"#!")
    if is_header or not about.search(b"".join(lines[comment:first]).decode()):
        comment = first
    del lines[comment : last + 1]
    if (
        comment < len(lines)
        and not lines[comment].strip()
        and (comment == 0 or not lines[comment - 1].strip())
    ):
        del lines[comment]

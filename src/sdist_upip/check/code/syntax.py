"""Code that CPython compiles and MicroPython does not, found in the syntax tree.

mpy-cross of each release from 1.19 to 1.29 refuses it, or of each up to one that is named.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ...ports.firmware import LAST
from .source import Source

_BEFORE_VALUES = rb"and|assert|await|elif|else|if|in|is|not|or|raise|return|while|with|yield"
"""Keywords before a value, where a parenthesis is not that of a call."""
_SIGNS = (
    (b"match", rb"^[^\S\n]*match\b[^\n]*:"),
    (b"/", rb"/\s*[,):]"),
    (b"except", rb"\bexcept\s*\*"),
    (b"type", rb"^[^\S\n]*type[ \t]+\w+"),
    (b"[", rb"\b(?:def|class)[ \t]+\w+[ \t]*\["),
    (b"*", rb"[\[={:]\s*\*|(?<![\w)\]])\(\s*\*|\b(?:%s)\s*(?:\(\s*)?\*" % _BEFORE_VALUES),
    (b"with", rb"\bwith[ \t]*\("),
    (b"async for", rb""),
    (b"await", rb"\bawait\b(?:(?!\bawait\b)[^\n])*\bfor\b"),
    (b"await", rb"\bfor\b(?:(?!\bfor\b)[^\n])*\bawait\b"),
    (b"@", rb"^[^\S\n]*@[^\S\n]*(?![\w.]+[^\S\n]*(?:\(|#|\r?\n))"),
    (b"@", rb"^[^\S\n]*@[\w.]+\([^\n]*\)[^\S\n]*[.(\[]"),
    (b"!a", rb"![a][:}]"),
    (b"del", rb"\bdel[ \t]*[\[(]"),
    (
        b"",  # begins with a set of letters, which takes a tenth of the time of other beginnings
        rb"[RFBU](?:(?<![^\s([{,=:+][RFBU])[rRbBfF]?|(?<=[rbfu][RBF])(?<![^\s([{,=:+][rbfu][RBF]))"
        rb"[\"']",
    ),
)
"""Text that all syntax of the rule has, in strings and comments too, and a faster test of it."""
_SIGNS_BEFORE = (
    (b"!", rb"![rs][:}]"),
    (b"", rb"[rRfFtT][\"']"),
)
"""The same for syntax that only older releases refuse."""


@cache
def _compile(pattern: bytes) -> re.Pattern[bytes]:
    """Return one of the patterns of this module. Most builds need few of them."""
    return re.compile(pattern, re.MULTILINE)


_COMMA_STAR = rb",\s*\*"
_BRACKET_OR_QUOTE = rb"[][(){}'\"#]"
_CALLED = rb"(?<!\w)(?!(?:%s)\Z)\w+\Z|[)\]]\Z" % _BEFORE_VALUES
_STARS = 200
_LOOKED_AT = 400
"""Most stars that are looked at without parsing, and bytes before each where its bracket is."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PREFIX = rb"([A-Za-z]{1,2})[\"']"


class Unsupported(NamedTuple):
    """Syntax that MicroPython up to 1.`until` refuses, and where it is."""

    line: int
    name: str
    until: int = LAST


def find_unsupported_syntax(source: Source, first: int = LAST) -> Unsupported | None:
    """Return the first syntax that the releases 1.`first` to 1.29 refuse, or None.

    A `first` before 29 also finds what only older releases refuse.
    """
    signs = _SIGNS if first == LAST else (*_SIGNS, *_SIGNS_BEFORE)
    data = source.data
    if not any(
        literal in data and _compile(pattern).search(data) for literal, pattern in signs
    ) and not (b"*" in data and _has_star_in_display(data)):
        return None
    if source.tree is None or not source.is_python:
        return None
    lines = source.data.split(b"\n")
    found = (
        item
        for node in _walk(source.tree)
        for item in (*_find(node, lines), *_find_until(node, lines))
        if item.until >= first
    )
    return min(found, default=None)


def _has_star_in_display(data: bytes) -> bool:
    """Return whether a star after a comma may not be that of an argument of a call."""
    for number, comma in enumerate(_compile(_COMMA_STAR).finditer(data)):
        before = data[max(0, comma.start() - _LOOKED_AT) : comma.start()]
        if number == _STARS or not _is_in_call(before):
            return True
    return False


def _is_in_call(before: bytes) -> bool:
    """Return whether the text `before` a comma ends within the parentheses of a call for certain.

    Quotes and comments are not read.
    """
    depth = 0
    for match in reversed([*_compile(_BRACKET_OR_QUOTE).finditer(before)]):
        sign = match[0]
        if sign in b"'\"#":
            return False
        depth += 1 if sign in b")]}" else -1
        if depth < 0:
            return (
                sign == b"("
                and _compile(_CALLED).search(before[: match.start()].rstrip()) is not None
            )
    return False


def _walk(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all nodes, but not those in f-strings, whose positions older Pythons do not have."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.JoinedStr):
            waiting.extend(ast.iter_child_nodes(node))


def _find(node: ast.AST, lines: list[bytes]) -> Iterator[Unsupported]:
    if type(node).__name__ == "TryStar":
        yield Unsupported(getattr(node, "handlers")[0].lineno, "except*")  # noqa: B009
    for name in _names(node, lines):
        yield Unsupported(getattr(node, "lineno", 0), name)


def _find_until(node: ast.AST, lines: list[bytes]) -> Iterator[Unsupported]:
    """Yield what only older releases refuse."""
    if isinstance(node, ast.JoinedStr):
        before: ast.expr | None = None
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                if value.conversion == 97:
                    yield Unsupported(node.lineno, "the conversion !a")
                elif value.conversion >= 0 and not _ends_with_equals(before):
                    yield Unsupported(node.lineno, f"the conversion !{chr(value.conversion)}", 20)
                if any(isinstance(child, ast.JoinedStr) for child in ast.walk(value.value)):
                    yield Unsupported(node.lineno, "an f-string in an f-string", 23)
            before = value
        if _read_prefix(node, lines).lower() in (b"rf", b"fr"):
            yield Unsupported(node.lineno, "a raw f-string", 23)
    elif type(node).__name__ == "TemplateStr":
        yield Unsupported(getattr(node, "lineno", 0), "a template string", 27)


def _ends_with_equals(node: ast.expr | None) -> bool:
    """Return whether the text before a value may be that of f"{name=}"."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.rstrip().endswith("=")
    )


def _names(node: ast.AST, lines: list[bytes]) -> Iterator[str]:
    if getattr(node, "type_params", None):
        yield "a type parameter"
    match node:
        case ast.Match():
            yield "a match statement"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            if node.args.posonlyargs:
                yield "a positional-only parameter"
            if any(isinstance(item, ast.Starred) for item in _annotations(node.args)):
                yield "a starred annotation"
        case ast.List(ctx=ast.Load(), elts=items) | ast.Tuple(ctx=ast.Load(), elts=items):
            if any(isinstance(item, ast.Starred) for item in items):
                yield "a starred item in a list or a tuple"
        case ast.Set(elts=items):
            if any(isinstance(item, ast.Starred) for item in items):
                yield "a starred item in a set"
        case ast.Dict(keys=keys):
            if None in keys:
                yield "a dictionary unpacked in a dictionary"
        case ast.With(items=[first, *_]) | ast.AsyncWith(items=[first, *_]):
            if first.optional_vars and _is_parenthesized(node, first, lines):
                yield "a with statement in parentheses"
        case ast.Delete(targets=targets):
            if any(isinstance(target, ast.List) for target in targets):
                yield "a deleted list"
        case ast.Constant(value=str() | bytes()) | ast.JoinedStr():
            prefix = _read_prefix(node, lines)
            if prefix != prefix.lower():
                yield "a string prefix in capitals"
    if type(node).__name__ == "TypeAlias":
        yield "a type statement"
    if isinstance(node, _COMPREHENSIONS):
        if any(part.is_async for part in node.generators):
            yield "an asynchronous comprehension"
        elif any(map(_awaits, _inner_parts(node))):
            yield "await in a comprehension"
    for decorator in getattr(node, "decorator_list", ()):
        if not _is_plain_decorator(decorator):
            yield "a decorator that is not a name"
            break


def _annotations(arguments: ast.arguments) -> Iterator[ast.expr | None]:
    if arguments.vararg:
        yield arguments.vararg.annotation


def _is_parenthesized(
    node: ast.With | ast.AsyncWith, first: ast.withitem, lines: list[bytes]
) -> bool:
    """Return whether a parenthesis before the first item closes behind its name.

    A parenthesis around the expression alone closes before `as`.
    """
    expression, target = first.context_expr, first.optional_vars
    assert target is not None and target.end_lineno is not None
    assert expression.end_lineno is not None and expression.end_col_offset is not None
    before = _between(lines, node.lineno, node.col_offset, expression.lineno, expression.col_offset)
    end = (expression.end_lineno, expression.end_col_offset)
    between = _between(lines, *end, target.lineno, target.col_offset)
    return b"(" in before and b")" not in between and b"#" not in before + between


def _between(lines: list[bytes], line: int, column: int, end_line: int, end_column: int) -> bytes:
    part = b"\n".join(lines[line - 1 : end_line])
    return part[column : len(part) - len(lines[end_line - 1]) + end_column]


def _read_prefix(node: ast.Constant | ast.JoinedStr, lines: list[bytes]) -> bytes:
    """Return the letters before the quote of the string, b"" if there are none."""
    if not 0 < node.lineno <= len(lines):
        return b""
    match = _compile(_PREFIX).match(lines[node.lineno - 1], node.col_offset)
    return match[1] if match else b""


def _inner_parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a comprehension that MicroPython compiles as a function of their own."""
    match node:
        case ast.DictComp(key=key, value=value):
            yield from (key, value)
        case ast.ListComp(elt=item) | ast.SetComp(elt=item) | ast.GeneratorExp(elt=item):
            yield item
    for number, part in enumerate(getattr(node, "generators", ())):
        yield from part.ifs
        if number:
            yield part.iter


def _awaits(node: ast.AST) -> bool:
    return any(isinstance(child, ast.Await) for child in ast.walk(node))


def _is_plain_decorator(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        node = node.func
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)

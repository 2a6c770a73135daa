"""Whether CPython compiles a source, and if not, whether MicroPython may."""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from ..errors import SOURCE_ERRORS

_REPAIRS = 50
"""Most faults of one source that are removed. Each costs a run of the compiler."""
_SMALL = 40_000
"""Bytes of a source from which as many faults are removed; fewer from a larger one."""
_DEPTH = 5
"""Most f-strings within each other whose expressions are read."""

_BRACKETS = {")": "(", "]": "[", "}": "{"}
_PIECE = re.compile(
    r"#[^\n]*|('''|\"\"\"|'|\")(?:\\.|(?!\1).)*(?:\1|\Z)|(?P<bracket>[][(){}])", re.DOTALL
)


class Defect(NamedTuple):
    """Why a source does not compile. MicroPython may accept it unless `is_certain`."""

    reason: str
    is_certain: bool


def find_defect(source: bytes) -> Defect | None:
    """Return why CPython cannot compile `source`, or None if it can.

    The memory of the compiler grows with the tokens of the source (`resources.tokens`).
    """
    error = _compile(source)
    if not isinstance(error, Exception):
        return None
    worse = _find_certain_error(source)
    return Defect(_describe(worse or error), is_certain=worse is not None)


def parse_source(source: bytes) -> ast.Module | None:
    """Return the syntax tree of `source`, or None if it has none.

    In the tree of a source that only MicroPython may accept, f-strings are plain strings, and
    letters above ASCII in raw bytes literals are question marks.
    """
    tree = _parse(source)
    if not isinstance(tree, ast.Module):
        from .masking import mask

        tree = _parse(mask(source)[0])
    return tree if isinstance(tree, ast.Module) else None


def _find_certain_error(source: bytes) -> Exception | None:
    """Return the first error of `source` that is one for MicroPython too, or None."""
    tree = _parse(source)
    if isinstance(tree, ast.Module):
        return _find_error_in_tree(tree, len(source))
    from .masking import mask, mask_expression

    text, found = mask(source)
    repaired = _parse_repaired(text)
    if not isinstance(repaired, ast.Module):
        return repaired
    expressions = [(expression, 0) for expression in found]
    while expressions:
        expression, depth = expressions.pop()
        text, found = mask_expression(expression)
        inner = _parse_repaired(f"({text}\n)")
        if not isinstance(inner, ast.Module):
            return inner
        if depth < _DEPTH:
            expressions += [(expression, depth + 1) for expression in found]
    return _find_error_in_tree(repaired, len(source))


def _parse_repaired(text: str) -> ast.Module | Exception | None:
    """Return the tree of a masked source, the error for MicroPython, or None if unknown."""
    from .tolerance import repair_text

    for _ in range(_repairs(len(text))):
        result = _parse(text)
        if isinstance(result, ast.Module):
            return result
        if _is_too_deep(result):
            return None if _is_balanced(text) else result
        repaired = repair_text(text, result) if isinstance(result, SyntaxError) else None
        if repaired is None:
            return result
        text = repaired
    return None


def _find_error_in_tree(tree: ast.Module, size: int) -> Exception | None:
    from .tolerance import is_tolerated, repair_tree

    for _ in range(_repairs(size)):
        error = _compile(tree)
        if not isinstance(error, Exception) or _is_too_deep(error):
            return None
        if not isinstance(error, SyntaxError) or not is_tolerated(error):
            return error
        if not repair_tree(tree, error):
            return None
    return None


def _repairs(size: int) -> int:
    """Return how many faults are removed from a source of `size` bytes."""
    return min(_REPAIRS, 2 + _REPAIRS * _SMALL // (size + 1))


def _parse(source: bytes | str) -> ast.Module | Exception:
    result = _compile(source, ast.PyCF_ONLY_AST)
    if isinstance(result, Exception):
        return result
    assert isinstance(result, ast.Module)
    return result


def _compile(source: bytes | str | ast.Module, flags: int = 0) -> object:
    """Return the result of the compiler, which may be its error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape compiles, here and on devices
            result: object = compile(source, "module", "exec", flags, dont_inherit=True)
    except (*SOURCE_ERRORS, OverflowError) as error:
        return error.with_traceback(None)
    return result


def _is_too_deep(error: Exception) -> bool:
    from .tolerance import TOO_DEEP

    return isinstance(error, (RecursionError, MemoryError)) or bool(
        TOO_DEEP.match(getattr(error, "msg", ""))
    )


def _is_balanced(text: str) -> bool:
    """Return whether each bracket in a masked source is closed."""
    opened = []
    for match in _PIECE.finditer(text):
        bracket = match["bracket"]
        if not bracket:
            continue
        if bracket not in _BRACKETS:
            opened.append(bracket)
        elif not opened or opened.pop() != _BRACKETS[bracket]:
            return False
    return not opened


def _describe(error: Exception) -> str:
    if isinstance(error, (RecursionError, MemoryError)):
        return "the code is nested too deeply"
    if isinstance(error, SyntaxError):
        return f"{error.msg}, line {error.lineno}" if error.lineno else error.msg
    return str(error)

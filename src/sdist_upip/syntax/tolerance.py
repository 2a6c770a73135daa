"""The faults for which CPython refuses a source, and which MicroPython does not look for.

The messages are those of CPython 3.10 to 3.15. That MicroPython accepts the sources was found with
mpy-cross 1.19 to 1.29. Each fault is removed from the masked text or from its tree, so that the
next error of CPython is found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

TOO_DEEP = re.compile(
    r"too many (nested parentheses|levels of indentation|statically nested blocks)"
    r"|maximum recursion depth|Parser stack overflowed|too many nested f-strings"
)
"""Limits of CPython's compiler, after which CPython reports no other error."""

_GENERATOR = re.compile("Generator expression must be parenthesized")
_BARE_STAR = re.compile(r"named (arguments|parameters) must follow bare \*")
_STAR = re.compile(r"(?<!\*)\*(?!\*)")
_SEVERAL = re.compile("only single target")
_ANNOTATED = re.compile(f"illegal target for annotation|{_SEVERAL.pattern}")
_FUTURE = re.compile("future feature .* is not defined|not a chance", re.DOTALL)
_COMMA = re.compile("trailing comma not allowed without surrounding parentheses")

_AWAIT = re.compile("'await' outside async function")
_IN_TREE = re.compile(
    f"{_AWAIT.pattern}"
    "|'return' with value in async generator"
    "|'yield from' inside async function"
    f"|from __future__ imports must occur|{_FUTURE.pattern}"
    "|keyword argument repeated"
    "|annotated name .* can't be global"
    "|(await|named) expression cannot be used within an annotation"
    "|assignment expression (cannot be used in|cannot rebind|within) .*comprehension"
    "|too many expressions in star-unpacking assignment",
    re.DOTALL,
)


def repair_text(text: str, error: SyntaxError) -> str | None:
    """Return `text` without the fault of `error`; None for one that MicroPython has, too."""
    if _FUTURE.match(error.msg):  # since Python 3.14, a tree has only features that exist
        repaired = text.replace("__future__", "é_future")
        return repaired if repaired != text else None
    if not error.lineno or not error.offset:
        return None
    lines = text.split("\n")
    start = _position(lines, error.lineno, error.offset)
    end = _position(lines, error.end_lineno or error.lineno, error.end_offset or error.offset)
    if _GENERATOR.match(error.msg):
        return f"{text[:start]}({text[start:end]}){text[end:]}"
    if _BARE_STAR.match(error.msg):
        stars = list(_STAR.finditer(text, 0, end + 1))
        return f"{text[: stars[-1].end()]}é_{text[stars[-1].end() :]}" if stars else None
    if _SEVERAL.match(error.msg):  # the error has the place of the first of them
        end = text.find(":", end)
    if _ANNOTATED.match(error.msg) and end > start:
        return f"{text[:start]}é_{text[end:]}"
    comma = text.rfind(",", 0, end + 1)
    if _COMMA.match(error.msg) and comma >= 0:
        return text[:comma] + text[comma + 1 :]
    return None


def _position(lines: list[str], number: int, offset: int) -> int:
    return sum(len(line) + 1 for line in lines[: number - 1]) + offset - 1


def is_tolerated(error: SyntaxError) -> bool:
    """Return whether MicroPython does not look for the fault of `error`, found in a tree."""
    return bool(_IN_TREE.match(error.msg))


def repair_tree(tree: ast.Module, error: SyntaxError) -> bool:
    """Remove the tolerated fault of `error` from `tree`; return False if it was not found."""
    if _AWAIT.match(error.msg):
        return _remove_awaits(tree)
    place = (error.lineno or 0, (error.offset or 1) - 1)
    around = [slot for slot in _slots(tree) if _contains(slot[2], place)]
    if not around:
        return False
    _replace(*around[-1])
    return True


_Slot = tuple[ast.AST, str, ast.stmt | ast.expr]
"""A node that can be replaced: its parent, the field of the parent, and the node."""


def _slots(tree: ast.AST) -> Iterator[_Slot]:
    """Yield the statements and the loaded expressions of `tree`, each after those around it."""
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        for field, value in ast.iter_fields(holder):
            for node in value if isinstance(value, list) else [value]:
                if isinstance(node, ast.AST):
                    waiting.append(node)
                stored = isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))
                if isinstance(node, (ast.stmt, ast.expr)) and not stored:
                    yield holder, field, node


def _contains(node: ast.stmt | ast.expr, place: tuple[int, int]) -> bool:
    end = (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    return (node.lineno, node.col_offset) <= place < end


def _replace(
    holder: ast.AST, field: str, node: ast.stmt | ast.expr, new: ast.AST | None = None
) -> None:
    """Replace `node`, in `field` of `holder`, by `new`, or by a node without any effect."""
    if new is None:
        neutral = ast.Pass() if isinstance(node, ast.stmt) else ast.Constant(None)
        new = ast.copy_location(neutral, node)
    value = getattr(holder, field)
    if isinstance(value, list):
        value[[item is node for item in value].index(True)] = new
    else:
        setattr(holder, field, new)


def _remove_awaits(tree: ast.Module) -> bool:
    """Replace each `await` in a plain function by its operand; return whether there was one."""
    plain = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.Lambda))
        for node in _own_nodes(function)
    }
    removed = False
    for holder, field, node in reversed(list(_slots(tree))):
        if isinstance(node, ast.Await) and id(node) in plain:
            _replace(holder, field, node, node.value)
            removed = True
    return removed


def _own_nodes(function: ast.FunctionDef | ast.Lambda) -> Iterator[ast.AST]:
    """Yield the nodes in the scope of `function`, without those of inner scopes."""
    waiting: list[ast.AST] = []
    waiting += function.body if isinstance(function.body, list) else [function.body]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                waiting += [*getattr(node, "decorator_list", ()), *node.args.defaults]
                waiting += filter(None, node.args.kw_defaults)
            case ast.ClassDef():
                waiting += [*node.decorator_list, *node.bases, *node.keywords]
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                waiting.append(node.generators[0].iter)
            case _:
                waiting += ast.iter_child_nodes(node)

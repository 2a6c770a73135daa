"""Which branches of a module run on MicroPython, and which handlers catch a failed import."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum

_PYTHON = (3, 4, 0)
"""sys.version_info of MicroPython."""
_CATCH_IMPORT_ERROR = frozenset({"ImportError", "Exception", "BaseException"})
_CATCH_OTHERS = frozenset(
    {
        *("ArithmeticError", "AssertionError", "AttributeError", "EOFError", "IndentationError"),
        *("IndexError", "KeyError", "KeyboardInterrupt", "LookupError", "MemoryError"),
        *("NameError", "NotImplementedError", "OSError", "OverflowError", "RuntimeError"),
        *("StopIteration", "SyntaxError", "SystemExit", "TypeError", "UnicodeError"),
        *("ValueError", "ZeroDivisionError"),
    }
)
MISSING_EXCEPTION = "ModuleNotFoundError"
"""An exception that no MicroPython has. Naming it raises NameError when it is compared."""


class Guard(Enum):
    """What handlers do with a failed import."""

    HANDLED = "handled"
    BROKEN = "broken"
    NONE = "none"


def find_guard(handlers: Sequence[ast.ExceptHandler], defined: bool) -> Guard:
    """Return what `handlers` do with ImportError; `defined` if the module has MISSING_EXCEPTION."""
    for handler in handlers:
        names = _names(handler.type)
        if MISSING_EXCEPTION in names and not defined:
            return Guard.BROKEN
        if not set(names) <= _CATCH_OTHERS:
            return Guard.HANDLED
    return Guard.NONE


def catches_import_error(handler: ast.ExceptHandler) -> bool:
    """Return whether `handler` runs after a failed import, as far as its names are known."""
    return not _CATCH_IMPORT_ERROR.isdisjoint(_names(handler.type))


def catches(handler: ast.ExceptHandler, exception: str) -> bool:
    """Return whether `handler` may catch `exception`, one of the exceptions that are known here."""
    return not set(_names(handler.type)) <= _CATCH_OTHERS - {exception}


def _names(expression: ast.expr | None) -> list[str]:
    """Return the names of exceptions. A bare except is BaseException, and others are ""."""
    if expression is None:
        return ["BaseException"]
    items = expression.elts if isinstance(expression, ast.Tuple) else [expression]
    return [item.id if isinstance(item, ast.Name) else "" for item in items]


def may_suppress(node: ast.With | ast.AsyncWith) -> bool:
    """Return whether a with statement may catch a failed import."""
    return any(
        isinstance(item.context_expr, ast.Call)
        and not (
            isinstance(item.context_expr.func, ast.Name) and item.context_expr.func.id == "open"
        )
        for item in node.items
    )


def terminates(statements: Sequence[ast.stmt]) -> bool:
    """Return whether nothing runs after `statements`."""
    if not statements:
        return False
    match statements[-1]:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="sys"), attr="exit"))):
            return True
        case ast.If(body=body, orelse=orelse):
            return terminates(body) and terminates(orelse)
    return False


def evaluate(test: ast.expr) -> bool | None:
    """Return the value of a condition on every MicroPython, or None if it is not known."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = evaluate(operand)
            return None if value is None else not value
        case ast.BoolOp(op=ast.And(), values=values):
            return _combine([evaluate(value) for value in values], decisive=False)
        case ast.BoolOp(op=ast.Or(), values=values):
            return _combine([evaluate(value) for value in values], decisive=True)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compare(left, operator, right)
    return None


def _combine(values: list[bool | None], *, decisive: bool) -> bool | None:
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool | None:
    known = _known_value(left)
    try:
        other = ast.literal_eval(right)
        if known is None:
            return None
        match operator:
            case ast.Eq():
                return bool(known == other)
            case ast.NotEq():
                return bool(known != other)
            case ast.In():
                return known in other
            case ast.NotIn():
                return known not in other
            case ast.Lt():
                return bool(known < other)
            case ast.LtE():
                return bool(known <= other)
            case ast.Gt():
                return bool(known > other)
            case ast.GtE():
                return bool(known >= other)
    except (ValueError, TypeError):
        return None
    return None


def _known_value(expression: ast.expr) -> object | None:
    """Return the value that `expression` has on every MicroPython, or None."""
    match ast.unparse(expression):
        case "sys.implementation.name" | "implementation.name" | "sys.implementation[0]":
            return "micropython"
        case "sys.version_info" | "version_info":
            return _PYTHON
        case "sys.version_info[0]" | "sys.version_info.major":
            return _PYTHON[0]
        case "sys.version_info[:2]":
            return _PYTHON[:2]
        case "sys.version_info[1]" | "sys.version_info.minor":
            return _PYTHON[1]
    return None

"""The rule `import-name` for attributes: `os.path` after `import os`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence

from .conditions import catches, evaluate, may_suppress, terminates
from .source import Source

HostNames = Callable[[str], "frozenset[str]"]
"""Return the names that a module lacks on boards, frozenset() for a module that is not known."""

_CONDITIONAL = (ast.IfExp, ast.BoolOp)


def find_host_attributes(source: Source, host_names: HostNames) -> Iterator[tuple[int, str, str]]:
    """Yield (line, module, name) of the attributes of built-in modules that boards lack.

    A use under a condition or where AttributeError is handled is absent, and so is each use of a
    module whose attributes the source asks for or sets.
    """
    if source.tree is None:
        return
    modules = _find_modules(source.tree)
    lacking = {alias: (name, host_names(name)) for alias, name in modules.items()}
    lacking = {
        alias: (name, names)
        for alias, (name, names) in lacking.items()
        if any(b".%s" % item.encode() in source.data for item in names)
    }
    for alias in _find_unsure(source.tree):
        lacking.pop(alias, None)
    if lacking:
        yield from _visit(source.tree.body, lacking)


def _find_modules(tree: ast.Module) -> dict[str, str]:
    """Return {alias: module} of the names that the module binds by imports of one module alone."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    bound = alias.asname or alias.name.partition(".")[0]
                    name = alias.name if alias.asname else bound
                    found.setdefault(bound, set()).add(name)
            case ast.ImportFrom(names=aliases):
                for alias in aliases:
                    found.setdefault(alias.asname or alias.name, set()).add("")
    return {bound: names.pop() for bound, names in found.items() if len(names) == 1}


def _find_unsure(tree: ast.Module) -> Iterator[str]:
    """Yield the names that are also bound otherwise, or whose attributes are asked for or set."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Call(
                func=ast.Name(id="hasattr" | "getattr" | "setattr" | "dir"),
                args=[ast.Name(id=name), *_],
            ):
                yield name


def _visit(
    statements: Sequence[ast.stmt], lacking: Mapping[str, tuple[str, frozenset[str]]]
) -> Iterator[tuple[int, str, str]]:
    for statement in statements:
        match statement:
            case ast.If(test=test, body=body, orelse=orelse):
                yield from _visit_expression(test, lacking)
                value = evaluate(test)
                if value is True:
                    yield from _visit(body, lacking)
                elif value is False:
                    yield from _visit(orelse, lacking)
                if terminates(body) or terminates(orelse):
                    return
            case ast.Try(handlers=handlers, finalbody=finalbody):
                if not any(catches(item, "AttributeError") for item in handlers):
                    yield from _visit(statement.body, lacking)
                for handler in handlers:
                    if handler.type:
                        yield from _visit_expression(handler.type, lacking)
                yield from _visit(finalbody, lacking)
                if any(terminates(handler.body) for handler in handlers):
                    return
            case ast.With() | ast.AsyncWith() if may_suppress(statement):
                for item in statement.items:
                    yield from _visit_expression(item.context_expr, lacking)
            case ast.Match():
                continue
            case _:
                for child in ast.iter_child_nodes(statement):
                    if isinstance(child, ast.expr | ast.withitem | ast.arguments):
                        yield from _visit_expression(child, lacking)
                for field in ("body", "orelse"):
                    yield from _visit(getattr(statement, field, ()), lacking)
        if terminates([statement]):
            return


def _visit_expression(
    expression: ast.AST, lacking: Mapping[str, tuple[str, frozenset[str]]]
) -> Iterator[tuple[int, str, str]]:
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Attribute(value=ast.Name(id=alias), attr=name) if alias in lacking:
                module, names = lacking[alias]
                if name in names:
                    yield node.lineno, module, name
        if not isinstance(node, _CONDITIONAL):
            waiting.extend(ast.iter_child_nodes(node))

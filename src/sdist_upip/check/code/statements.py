"""The imports of a module with the conditions under which they run, from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .conditions import (
    MISSING_EXCEPTION,
    Guard,
    catches_import_error,
    evaluate,
    find_guard,
    may_suppress,
    terminates,
)
from .source import Source


@dataclass(frozen=True, slots=True)
class Import:
    """An import of `module`, a dotted name, or of `name` from it.

    `module` is None for a relative import that leads out of the top-level package. `certain` is
    false for an import that may not run on MicroPython, or whose failure is handled. The import
    runs only if, in each group of `without`, an import fails, and none of `needs` fails.
    `broken_guard` is true within a try statement that names an exception MicroPython lacks.
    """

    module: str | None
    name: str
    line: int
    text: str
    certain: bool = True
    without: tuple[tuple[Import, ...], ...] = ()
    needs: tuple[Import, ...] = ()
    broken_guard: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    certain: bool = True
    without: tuple[tuple[Import, ...], ...] = ()
    needs: tuple[Import, ...] = ()
    broken_guard: bool = False
    outside: _Context | None = None
    """The context around the outermost try statement, which the body of a function has."""


def find_imports(source: Source) -> tuple[Import, ...]:
    """Return all imports of `source` that Python can run, in the order of the text.

    An import that never runs on MicroPython is absent. A source that cannot be parsed has none.
    """
    if source.tree is None:
        return ()
    return tuple(_Finder(source, source.tree).visit(source.tree.body, _Context()))


class _Finder:
    def __init__(self, source: Source, tree: ast.Module) -> None:
        self.source = source
        self.calls = b"__import__" in source.data
        self.defined = False
        self.guarded_calls: set[str] = set()
        guards = b"except" in source.data
        if guards and MISSING_EXCEPTION.encode() in source.data:
            self.defined = any(
                isinstance(node, ast.Name | ast.ClassDef) and _binds(node, MISSING_EXCEPTION)
                for node in ast.walk(tree)
            )
        if guards:
            for node in ast.walk(tree):
                if isinstance(node, ast.Try):
                    self.guarded_calls.update(_called(node.body))

    def visit(self, statements: Sequence[ast.stmt], context: _Context) -> Iterator[Import]:
        for statement in statements:
            yield from self._visit(statement, context)
            following = self._after(statement, context)
            if following is None:
                return
            context = following

    def _visit(self, statement: ast.stmt, context: _Context) -> Iterator[Import]:
        match statement:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield self._make(alias.name, "", statement, f"import {alias.name}", context)
            case ast.ImportFrom():
                yield from self._visit_from(statement, context)
            case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body):
                later = context.outside or context
                if name in self.guarded_calls:
                    later = replace(later, certain=False)
                yield from self.visit(body, later)
            case ast.ClassDef(body=body):
                yield from self.visit(body, context)
            case ast.If(test=test, body=body, orelse=orelse):
                value = evaluate(test)
                unsure = context if value is not None else replace(context, certain=False)
                if value is not False:
                    yield from self.visit(body, unsure)
                if value is not True:
                    yield from self.visit(orelse, unsure)
            case ast.For(body=body, orelse=orelse) | ast.AsyncFor(body=body, orelse=orelse):
                yield from self.visit([*body, *orelse], context)
            case ast.While(test=test, body=body, orelse=orelse):
                if evaluate(test) is not False:
                    yield from self.visit(body, context)
                yield from self.visit(orelse, context)
            case ast.With(body=body) | ast.AsyncWith(body=body):
                handled = may_suppress(statement)
                yield from self.visit(body, replace(context, certain=False) if handled else context)
            case ast.Try():
                yield from self._visit_try(statement, context)
            case ast.Match(cases=cases):
                for case in cases:
                    yield from self.visit(case.body, replace(context, certain=False))
        if self.calls:
            yield from self._visit_calls(statement, context)

    def _visit_from(self, statement: ast.ImportFrom, context: _Context) -> Iterator[Import]:
        module: str | None = statement.module or ""
        shown = f"{'.' * statement.level}{statement.module or ''}"
        if statement.level:
            module = self.source.resolve_relative(statement.level, statement.module or "")
        for alias in statement.names:
            text = f"from {shown} import {alias.name}"
            yield self._make(module, alias.name, statement, text, context)

    def _visit_try(self, statement: ast.Try, context: _Context) -> Iterator[Import]:
        guard = find_guard(statement.handlers, self.defined)
        inside = replace(context, outside=context.outside or context)
        if guard is Guard.HANDLED:
            inside = replace(inside, certain=False)
        elif guard is Guard.BROKEN:
            inside = replace(inside, broken_guard=True)
        yield from self.visit(statement.body, inside)
        tried = self._certain_imports(statement.body)
        for handler in statement.handlers:
            if catches_import_error(handler) and tried and guard is Guard.HANDLED:
                fallback = replace(context, without=(*context.without, tried))
            else:
                fallback = replace(context, certain=False)
            yield from self.visit(handler.body, fallback)
        yield from self.visit(statement.orelse, replace(context, needs=context.needs + tried))
        yield from self.visit(statement.finalbody, context)

    def _certain_imports(self, statements: Sequence[ast.stmt]) -> tuple[Import, ...]:
        """Return the imports of the body of a try statement that run whenever it does."""
        plain = [item for item in statements if isinstance(item, ast.Import | ast.ImportFrom)]
        return tuple(self.visit(plain, _Context()))

    def _visit_calls(self, statement: ast.stmt, context: _Context) -> Iterator[Import]:
        """Yield the calls of __import__ with a literal in the expressions of `statement` itself."""
        for field in ast.iter_child_nodes(statement):
            if not isinstance(field, ast.expr):
                continue
            conditional = any(isinstance(node, _CONDITIONAL) for node in ast.walk(field))
            inside = replace(context, certain=False) if conditional else context
            for node in ast.walk(field):
                match node:
                    case ast.Call(
                        func=ast.Name(id="__import__"), args=[ast.Constant(value=str(name)), *rest]
                    ) if len(rest) < 4 and not node.keywords:
                        yield self._make(name, "", node, f'__import__("{name}")', inside)

    def _after(self, statement: ast.stmt, context: _Context) -> _Context | None:
        """Return the context of the statements that follow, or None if none of them runs."""
        if terminates([statement]):
            return None
        match statement:
            case ast.If(test=test, body=body, orelse=orelse):
                value = evaluate(test)
                if (value is True and terminates(body)) or (value is False and terminates(orelse)):
                    return None
                if value is None and (terminates(body) or terminates(orelse)):
                    return replace(context, certain=False)
            case ast.Try(body=body, handlers=handlers):
                if any(terminates(handler.body) for handler in handlers):
                    return replace(context, needs=context.needs + self._certain_imports(body))
        return context

    def _make(
        self,
        module: str | None,
        name: str,
        node: ast.stmt | ast.expr,
        text: str,
        context: _Context,
    ) -> Import:
        return Import(
            module,
            name,
            node.lineno,
            text,
            context.certain,
            context.without,
            context.needs,
            context.broken_guard,
        )


_CONDITIONAL = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp)


def _binds(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=found, ctx=ast.Store()) | ast.ClassDef(name=found):
            return found == name
    return False


def _called(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the names of the functions and methods that `statements` call."""
    for statement in statements:
        for node in ast.walk(statement):
            match node:
                case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                    yield name

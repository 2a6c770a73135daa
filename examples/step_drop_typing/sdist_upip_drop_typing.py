"""A step for sdist-upip: drop imports and blocks that only type checkers need."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sdist_upip import Member, Release, Step, StepError

MODULES = ("__future__", "collections.abc", "typing", "typing_extensions")


def drop_typing_step(options: Mapping[str, Any]) -> Step:
    """Make the step; option `modules` names the modules whose imports may go."""
    unknown = sorted(set(options) - {"modules"})
    if unknown:
        raise StepError(f"Step 'drop-typing': unknown option {unknown[0]!r}. Use modules.")
    modules = options.get("modules", MODULES)

    def drop_typing(release: Release) -> Release:
        return release.with_members(_drop_from(member, modules) for member in release)

    return drop_typing


def drop(source: str, modules: Iterable[str] = MODULES) -> str:
    """Return `source` without what only type checkers need; all else keeps its text.

    A body that has nothing else becomes `pass`.
    """
    tree = ast.parse(source)
    names = {node.id for node in _evaluated(tree) if isinstance(node, ast.Name)}
    lines = source.splitlines(keepends=True)
    for body in _bodies(tree):
        dropped = [
            statement
            for statement in body
            if _is_for_checkers(statement, names, set(modules)) and _stands_alone(statement, lines)
        ]
        for statement in dropped:
            _blank(lines, statement, "pass" if dropped == body and statement is body[0] else "")
    return "".join(lines)


def _drop_from(member: Member, modules: Iterable[str]) -> Member:
    if not member.path.endswith(".py"):
        return member
    try:
        source = member.data.decode()
        return replace(member, data=drop(source, modules).encode())
    except (SyntaxError, UnicodeDecodeError):
        return member  # not for us to judge: sdist-upip check names what does not compile


def _is_for_checkers(statement: ast.AST, names: set[str], modules: set[str]) -> bool:
    match statement:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            return not statement.orelse
        case ast.ImportFrom(module=str(module), level=0) if module in modules:
            bound = {alias.asname or alias.name for alias in statement.names}
            return "*" not in bound and not bound & names
        case ast.Import():
            bound = {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
            return {alias.name for alias in statement.names} <= modules and not bound & names
    return False


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node that a device evaluates: no annotations, no blocks for checkers."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.stmt) and _is_for_checkers(child, set(), set()):
                continue
            if isinstance(child, ast.AST):
                yield from _evaluated(child)


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements that a device runs."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        children = getattr(node, name, None)
        if isinstance(children, list) and children:
            if isinstance(children[0], ast.stmt):
                yield children
            for child in children:
                if not _is_for_checkers(child, set(), set()):
                    yield from _bodies(child)


def _stands_alone(statement: ast.stmt, lines: list[str]) -> bool:
    first, last = lines[statement.lineno - 1], lines[(statement.end_lineno or 0) - 1]
    before = first.encode()[: statement.col_offset]
    after = last.encode()[statement.end_col_offset :].strip()
    return not before.strip() and (not after or after.startswith(b"#"))


def _blank(lines: list[str], statement: ast.stmt, instead: str) -> None:
    first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
    indent = lines[first][: statement.col_offset]
    lines[first:last] = [""] * (last - first)
    if instead:
        lines[first] = f"{indent}{instead}\n"

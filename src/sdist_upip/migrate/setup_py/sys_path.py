"""Which changes of sys.path in a setup.py served only the copy of sdist_upip.py.

A directory that leaves the path may keep setuptools from importing a module of the project. A
directory that joins the path may have other modules that setup.py imports. Such changes stay.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .imports import BUILD_MODULES, Reach, find_reach, list_modules
from .path_expressions import PathExpressions
from .sys_path_changes import Kind, Operation, PathStatement, SysPathReader


@dataclass
class PathPlan:
    """The statements of a setup.py that can go, and a reason for each that stays uncertainly."""

    served: list[ast.stmt] = field(default_factory=list)
    uncertain: dict[ast.stmt, str] = field(default_factory=dict)


@dataclass
class _Entry:
    """An entry of sys.path, and the statement that added it; None for that of Python."""

    path: Path | None
    statement: PathStatement | None
    at_front: bool = False


def plan_sys_path(
    tree: ast.Module, directory: Path, ignored: Collection[str], settings: str
) -> PathPlan:
    """Return which statements of the setup.py in `directory` served only the copies.

    `ignored` are the names of the copies. `settings` is the text of setup.cfg and pyproject.toml.
    """
    statements = SysPathReader(tree).find()
    if not statements:
        return PathPlan()
    return _Planner(tree, directory, ignored, settings).plan(statements)


def drops_directory(tree: ast.Module) -> bool:
    """Return whether a setup.py takes an entry from sys.path, such as its own directory."""
    kinds = {x.kind for statement in SysPathReader(tree).find() for x in statement.operations}
    return bool(kinds & {Kind.FIRST, Kind.VALUE, Kind.FILTER, Kind.OTHER})


class _Planner:
    def __init__(
        self, tree: ast.Module, directory: Path, ignored: Collection[str], settings: str
    ) -> None:
        self._tree = tree
        self._directory = Path(directory)
        self._ignored = ignored
        self._settings = settings
        self._paths = PathExpressions(directory, tree)
        self._kept: dict[int, str] = {}
        """Statements that stay, by the identity of their nodes, each with an uncertain reason."""
        self._pairs: list[tuple[PathStatement, PathStatement]] = []

    def plan(self, statements: list[PathStatement]) -> PathPlan:
        """Return the decision for all `statements` of the module."""
        entries, drops = self._simulate(statements)
        places = [self._directory, *(e.path for e in entries if e.path is not None)]
        reach = find_reach(self._tree, self._paths, places, self._ignored, self._settings)
        for entry in entries:
            reason = self._needs(entry, reach)
            if reason is not None and entry.statement is not None:
                self._keep(entry.statement, reason)
        if self._shadows():
            for statement in drops:
                self._keep(statement, "")
        self._spread(statements)
        going = [x for x in statements if id(x.node) not in self._kept]
        uncertain = {
            x.node: self._kept[id(x.node)] for x in statements if self._kept.get(id(x.node))
        }
        return PathPlan([x.node for x in going], uncertain)

    def _keep(self, statement: PathStatement, reason: str) -> None:
        self._kept.setdefault(id(statement.node), reason)

    def _simulate(
        self, statements: list[PathStatement]
    ) -> tuple[list[_Entry], list[PathStatement]]:
        """Return the added entries, and the statements that drop the directory of setup.py."""
        added: list[_Entry] = []
        front: list[_Entry] = [_Entry(self._directory, None)]
        back: list[_Entry] = []
        drops: list[PathStatement] = []
        saved: dict[str, tuple[list[_Entry], list[_Entry]]] = {}
        for statement in statements:
            for operation, value in self._values(statement):
                kind = operation.kind
                if kind in {Kind.FRONT, Kind.BACK}:
                    new = _Entry(value, statement, kind is Kind.FRONT)
                    added.append(new)
                    front.insert(0, new) if new.at_front else back.append(new)
                elif kind is Kind.SAVE:
                    saved[statement.name] = list(front), list(back)
                elif kind is Kind.RESTORE and getattr(operation.value, "id", "") in saved:
                    front, back = saved.pop(getattr(operation.value, "id", ""))
                elif kind is Kind.OTHER or kind is Kind.RESTORE:
                    self._keep(statement, "the change is not understood")
                else:
                    entry = _take(kind, value, front, back)
                    if entry is None and statement.loop is None:
                        self._keep(statement, "the entry that it removes is not known")
                    elif entry is not None and entry.statement is None:
                        drops.append(statement)
                    elif entry is not None and entry.statement is not None:
                        self._pairs.append((statement, entry.statement))
                    if entry is not None and statement.name and entry.path is not None:
                        self._paths.bound[statement.name] = ast.Constant(str(entry.path))
        return added, drops

    def _values(self, statement: PathStatement) -> Iterator[tuple[Operation, Path | None]]:
        name, values = statement.loop or ("", (None,))
        for value in values:
            if value is not None:
                self._paths.bound[name] = value
            for operation in statement.operations:
                node = operation.value
                yield operation, None if node is None else self._paths.resolve(node)
        self._paths.bound.pop(name, None)

    def _needs(self, entry: _Entry, reach: Reach) -> str | None:
        """Return None if the entry served only the copy, else an uncertain reason or ""."""
        if entry.path is None:
            unknown = bool(reach.unknown) or reach.is_open
            return "its directory is not known" if unknown else None
        found = reach.found.get(entry.path, set())
        if not entry.at_front or entry.path == self._directory:
            found = found - sys.stdlib_module_names
        if found:
            return ""
        modules = list_modules(entry.path) - set(self._ignored)
        if modules & (BUILD_MODULES - {"build"}) or (
            entry.at_front and modules & sys.stdlib_module_names and entry.path != self._directory
        ):
            return ""
        if reach.is_open and modules:
            return "setup.py runs code that may import from there"
        if reach.unknown and not entry.path.is_dir():
            names = ", ".join(sorted(reach.unknown))
            return f"{names} may come from there"
        return None

    def _shadows(self) -> bool:
        modules = list_modules(self._directory) - set(self._ignored)
        return bool(modules & (sys.stdlib_module_names | BUILD_MODULES))

    def _spread(self, statements: list[PathStatement]) -> None:
        """Keep what belongs to a statement that stays: its pair, its variables, a saved path."""
        before = -1
        while before != len(self._kept):
            before = len(self._kept)
            for one, other in self._pairs:
                for first, second in ((one, other), (other, one)):
                    if id(first.node) in self._kept:
                        self._keep(second, self._kept[id(first.node)])
            going = {id(x.node) for x in statements if id(x.node) not in self._kept}
            used = set(_names_outside(self._tree, going))
            for statement in statements:
                if statement.name in used and id(statement.node) in going:
                    self._keep(statement, "")
        if self._kept:
            for statement in statements:
                kinds = {operation.kind for operation in statement.operations}
                if kinds & {Kind.SAVE, Kind.RESTORE}:
                    self._keep(statement, "")


def _take(kind: Kind, value: Path | None, front: list[_Entry], back: list[_Entry]) -> _Entry | None:
    """Remove and return the entry that an operation drops, or None if it is not known."""
    if kind is Kind.FIRST:
        return front.pop(0) if front else None
    if kind is Kind.LAST:
        return back.pop() if back else None
    for entries in (front, back):
        for entry in entries:
            is_meant = entry.statement is None if kind is Kind.FILTER else entry.path == value
            if is_meant and (kind is Kind.FILTER or value is not None):
                entries.remove(entry)
                return entry
    return None


def _names_outside(tree: ast.AST, skipped: Collection[int]) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        yield from _names_outside(node, skipped)

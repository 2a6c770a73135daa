"""The statements of a setup.py that change sys.path, in every usual spelling."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeGuard

_TESTS = frozenset(
    {
        *("exists", "isdir", "isfile", "is_dir", "is_file", "getcwd", "cwd", "abspath", "realpath"),
        *("dirname", "join", "normpath", "str", "Path", "resolve"),
    }
)
"""Functions that look at paths, and change nothing."""


class Kind(Enum):
    """What an operation does to sys.path."""

    FIRST = "drops the first entry"
    LAST = "drops the last entry"
    VALUE = "drops an entry by its value"
    FILTER = "drops a selection of entries"
    FRONT = "adds an entry at the front"
    BACK = "adds an entry at the end"
    SAVE = "keeps a copy of the path"
    RESTORE = "sets the path to a variable"
    OTHER = "changes the path in another way"


@dataclass(frozen=True)
class Operation:
    """One change of sys.path; `value` is the entry, if one is named."""

    kind: Kind
    value: ast.expr | None = None


@dataclass
class PathStatement:
    """A statement that does nothing but change sys.path."""

    node: ast.stmt
    operations: list[Operation] = field(default_factory=list)
    name: str = ""
    """The variable to which the removed entry or the copy of the path is assigned."""
    loop: tuple[str, tuple[ast.expr, ...]] | None = None
    """A variable that has each of the values in turn."""


class SysPathReader:
    """Finds the statements, under whatever name the module imports `sys` or `sys.path`."""

    def __init__(self, tree: ast.Module) -> None:
        self._modules: set[str] = set()
        self._names: set[str] = set()
        self._tree = tree
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self._modules |= {x.asname or x.name for x in node.names if x.name == "sys"}
            elif isinstance(node, ast.ImportFrom) and node.module == "sys":
                self._names |= {x.asname or x.name for x in node.names if x.name == "path"}

    def find(self) -> list[PathStatement]:
        """Return the statements in the order of the source."""
        return list(self._find(self._tree.body))

    def _find(self, block: Iterable[ast.stmt]) -> Iterator[PathStatement]:
        for node in block:
            found = self._read(node)
            if found is not None:
                yield found
                continue
            for inner in _blocks(node):
                yield from self._find(inner)

    def _read(self, node: ast.stmt) -> PathStatement | None:
        """Return `node` as a PathStatement; a compound one only if it does nothing else."""
        if isinstance(node, ast.Expr) and _is_site_directory(node.value):
            return PathStatement(node, [Operation(Kind.BACK, node.value.args[0])])
        if not any(self._is_path(part) for part in ast.walk(node)):
            return None
        statement = PathStatement(node)
        if isinstance(node, ast.Expr):
            statement.operations = list(self._expression(node.value))
        elif isinstance(node, ast.Delete):
            statement.operations = [self._deletion(target) for target in node.targets]
        elif isinstance(node, ast.Assign):
            self._assignment(node, statement)
        elif isinstance(node, ast.AugAssign) and self._is_path(node.target):
            statement.operations = list(_additions(node.value, Kind.BACK))
        else:
            return self._compound(node)
        return statement if statement.operations else None

    def _compound(self, node: ast.stmt) -> PathStatement | None:
        if isinstance(node, ast.If | ast.While):
            harmless = _is_about_paths(node.test)
        elif isinstance(node, ast.For):
            values = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else []
            harmless = bool(values) and isinstance(node.target, ast.Name)
        elif isinstance(node, ast.With):
            items = [item.context_expr for item in node.items]
            harmless = all(
                isinstance(x, ast.Call) and ast.unparse(x.func).endswith("suppress") for x in items
            )
        else:
            harmless = isinstance(node, ast.Try)
        blocks = list(_blocks(node))
        statement = PathStatement(node)
        for inner in (inner for block in blocks for inner in block):
            if isinstance(inner, ast.Pass):
                continue
            part = self._read(inner)
            if part is None or part.name or (part.loop and statement.loop):
                return None
            statement.operations += part.operations
            statement.loop = part.loop or statement.loop
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            values = node.iter.elts if isinstance(node.iter, ast.Tuple | ast.List) else []
            statement.loop = node.target.id, tuple(values)
        return statement if harmless and statement.operations else None

    def _is_path(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute):
            owner = node.value
            return node.attr == "path" and isinstance(owner, ast.Name) and owner.id in self._modules
        return isinstance(node, ast.Name) and node.id in self._names

    def _expression(self, node: ast.expr) -> Iterator[Operation]:
        if not isinstance(node, ast.Call):
            return
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if not (isinstance(node.func, ast.Attribute) and self._is_path(node.func.value)):
            return
        if name == "append" and node.args:
            yield Operation(Kind.BACK, node.args[0])
        elif name == "insert" and len(node.args) == 2:
            index = node.args[0]
            yield Operation(
                Kind.FRONT if isinstance(index, ast.Constant) else Kind.BACK, node.args[1]
            )
        elif name == "extend" and node.args:
            yield from _additions(node.args[0], Kind.BACK)
        elif name == "remove" and node.args:
            yield Operation(Kind.VALUE, node.args[0])
        elif name == "pop":
            yield Operation(_index_kind(node.args[0]) if node.args else Kind.LAST)
        else:
            yield Operation(Kind.OTHER)

    def _deletion(self, node: ast.expr) -> Operation:
        if not (isinstance(node, ast.Subscript) and self._is_path(node.value)):
            return Operation(Kind.OTHER)
        if isinstance(node.slice, ast.Slice):
            return Operation(Kind.FIRST if _bounds(node.slice) == (0, 1) else Kind.OTHER)
        return Operation(_index_kind(node.slice))

    def _assignment(self, node: ast.Assign, statement: PathStatement) -> None:
        target, value = node.targets[0], node.value
        if len(node.targets) == 1 and isinstance(target, ast.Name):
            statement.name = target.id
            if self._is_copy(value):
                statement.operations = [Operation(Kind.SAVE)]
            else:
                statement.operations = [
                    x for x in self._expression(value) if x.kind in {Kind.FIRST, Kind.LAST}
                ]
            return
        whole = target
        if isinstance(target, ast.Subscript) and self._is_path(target.value):
            bounds = _bounds(target.slice) if isinstance(target.slice, ast.Slice) else None
            if bounds == (0, 0):
                statement.operations = list(_additions(value, Kind.FRONT))
                return
            if bounds == (0, 1) or _is_zero(target.slice):
                values = value if bounds else ast.List([value], ast.Load())
                statement.operations = [Operation(Kind.FIRST), *_additions(values, Kind.FRONT)]
                return
            if bounds != (0, None):
                statement.operations = [Operation(Kind.OTHER)]
                return
            whole = target.value
        if len(node.targets) == 1 and self._is_path(whole):
            statement.operations = list(self._new_path(value))

    def _new_path(self, value: ast.expr) -> Iterator[Operation]:
        """Yield what `sys.path = value` does."""
        if isinstance(value, ast.Subscript) and self._is_path(value.value):
            first = isinstance(value.slice, ast.Slice) and _bounds(value.slice) == (1, None)
            yield Operation(Kind.FIRST if first else Kind.OTHER)
        elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            if self._is_path(value.right):
                yield from reversed(list(_additions(value.left, Kind.FRONT)))
            elif self._is_path(value.left):
                yield from _additions(value.right, Kind.BACK)
            else:
                yield Operation(Kind.OTHER)
        elif isinstance(value, ast.List) and any(isinstance(x, ast.Starred) for x in value.elts):
            starred = [isinstance(x, ast.Starred) for x in value.elts].index(True)
            for item in reversed(value.elts[:starred]):
                yield Operation(Kind.FRONT, item)
            for item in value.elts[starred + 1 :]:
                yield Operation(Kind.BACK, item)
        elif isinstance(value, ast.ListComp) or (
            isinstance(value, ast.Call) and any(self._is_path(part) for part in ast.walk(value))
        ):
            yield Operation(Kind.FILTER)
        else:
            yield Operation(Kind.RESTORE if isinstance(value, ast.Name) else Kind.OTHER, value)

    def _is_copy(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return self._is_path(node.value) and _bounds(node.slice) == (0, None)
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy":
            return self._is_path(node.func.value) or any(map(self._is_path, node.args))
        name = getattr(node.func, "id", "")
        return name == "list" and any(map(self._is_path, node.args))


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(node, name, None):
            yield block
    for handler in getattr(node, "handlers", []):
        yield handler.body


def _is_site_directory(node: ast.expr) -> TypeGuard[ast.Call]:
    """Return whether `node` calls site.addsitedir, which appends a directory."""
    name = getattr(node, "func", None)
    called = getattr(name, "attr", getattr(name, "id", ""))
    return isinstance(node, ast.Call) and called == "addsitedir" and bool(node.args)


def _additions(node: ast.expr, kind: Kind) -> Iterator[Operation]:
    if isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield Operation(kind, item)
    else:
        yield Operation(Kind.OTHER)


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _index_kind(node: ast.expr) -> Kind:
    if _is_zero(node):
        return Kind.FIRST
    is_last = isinstance(node, ast.UnaryOp) and ast.unparse(node) == "-1"
    return Kind.LAST if is_last else Kind.OTHER


def _bounds(node: ast.Slice) -> tuple[object, object] | None:
    """Return the constant bounds of a slice without a step."""
    low, high = node.lower or ast.Constant(0), node.upper or ast.Constant(None)
    if node.step is None and isinstance(low, ast.Constant) and isinstance(high, ast.Constant):
        return low.value, high.value
    return None


def _is_about_paths(node: ast.expr) -> bool:
    """Return whether a condition looks at paths, and changes nothing."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    names = {getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls}
    reads_path = any(getattr(part, "attr", "") == "path" for part in ast.walk(node))
    return names <= _TESTS and (reads_path or bool(names))

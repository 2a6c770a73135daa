"""Paths that a setup.py computes from `__file__`, the working directory and constants.

Every expression is read, never run.
"""

from __future__ import annotations

import ast
import os
import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path

_SAME = frozenset(
    {"str", "fspath", "Path", "PurePath", "PosixPath", "PurePosixPath", "expanduser", "fsdecode"}
)
_ABSOLUTE = frozenset({"abspath", "realpath", "normpath", "resolve", "absolute"})
_CONSTANTS = {"curdir": ".", "pardir": "..", "sep": "/"}


class PathExpressions:
    """The values of path expressions in one setup.py; `directory` is its own directory."""

    def __init__(self, directory: Path, tree: ast.AST) -> None:
        self._directory = directory.as_posix()
        self._names = _single_assignments(tree)
        self._active: set[str] = set()
        self.bound: dict[str, ast.expr] = {}
        """Names with a value of the moment, such as the variable of a loop."""

    def resolve(self, node: ast.expr) -> Path | None:
        """Return the absolute path that `node` is, or None if that is not certain."""
        value = self.evaluate(node)
        return None if value is None else Path(self._absolute(value))

    def evaluate(self, node: ast.expr) -> str | None:
        """Return the text of the path or string `node`, or None if that is not certain."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.JoinedStr):
            return self._join(node.values, "".join)
        if isinstance(node, ast.FormattedValue):
            return self.evaluate(node.value)
        if isinstance(node, ast.Attribute):
            if node.attr == "parent":
                value = self.evaluate(node.value)
                return None if value is None else posixpath.dirname(self._absolute(value))
            return _CONSTANTS.get(node.attr) if _root(node) == "os" else None
        if isinstance(node, ast.Subscript):
            return self._item(node)
        return self._call(node) if isinstance(node, ast.Call) else None

    def _name(self, name: str) -> str | None:
        if name == "__file__":
            return f"{self._directory}/setup.py"
        node = self.bound.get(name) or self._names.get(name)
        if node is None or name in self._active:
            return None
        self._active.add(name)
        try:
            return self.evaluate(node)
        finally:
            self._active.discard(name)

    def _operation(self, node: ast.BinOp) -> str | None:
        if isinstance(node.op, ast.Div):
            return self._join([node.left, node.right], lambda parts: posixpath.join(*parts))
        if isinstance(node.op, ast.Add):
            return self._join([node.left, node.right], "".join)
        return None

    def _item(self, node: ast.Subscript) -> str | None:
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        owner = node.value
        if isinstance(owner, ast.Attribute) and owner.attr == "parents" and isinstance(index, int):
            value = self.evaluate(owner.value)
            for _ in range(min(index, 50) + 1):
                value = None if value is None else posixpath.dirname(self._absolute(value))
            return value
        if isinstance(owner, ast.Attribute) and _root(owner) == "sys" and index == 0:
            files = {"argv": f"{self._directory}/setup.py", "path": self._directory}
            return files.get(owner.attr)
        if isinstance(owner, ast.Call) and _last_name(owner.func) == "split" and owner.args:
            value = self.evaluate(owner.args[0])
            parts = None if value is None else posixpath.split(value)
            return parts[index] if parts and isinstance(index, int) and index in (0, 1) else None
        return None

    def _call(self, node: ast.Call) -> str | None:
        name = _last_name(node.func)
        if name in {"getcwd", "cwd"}:
            return self._directory
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        arguments = list(node.args)
        if owner is not None and (inner := self.evaluate(owner)) is not None:
            arguments.insert(0, owner)
            if name == "as_posix":
                return inner
        if any(isinstance(argument, ast.Starred) for argument in arguments):
            return None
        if name in {"join", "joinpath"} or (name in _SAME and arguments):
            return self._join(arguments, lambda parts: posixpath.join(*parts))
        if name in _SAME:
            return "."
        if name == "dirname" and len(arguments) == 1:
            return self._join(arguments, lambda parts: posixpath.dirname(parts[0]))
        if name in _ABSOLUTE and arguments:
            return self._join(arguments[:1], lambda parts: self._absolute(parts[0]))
        return None

    def _join(self, nodes: list[ast.expr], combine: Callable[[list[str]], str]) -> str | None:
        values = [self.evaluate(node) for node in nodes]
        known = [value for value in values if value is not None]
        return combine(known) if known and len(known) == len(values) else None

    def _absolute(self, value: str) -> str:
        path = value.replace("\\", "/") if os.sep == "\\" else value
        return posixpath.normpath(posixpath.join(self._directory, path))


def _single_assignments(tree: ast.AST) -> Mapping[str, ast.expr]:
    """Return the values of names that `tree` assigns exactly once."""
    values: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            values.setdefault(node.id, []).append(None)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target, value = node.target, node.value
        else:
            continue
        if isinstance(target, ast.Name) and len(values[target.id]) == 1:
            values[target.id] = [value]
    return {
        name: only[0] for name, only in values.items() if len(only) == 1 and only[0] is not None
    }


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

"""Short names inside a device module, so its .mpy takes less flash and less RAM.

A .mpy contains every name that it uses, and the interpreter never frees a name (MicroPython:
py/qstr.c). Names that only the module itself uses can be changed: private globals and attributes,
and parameters of functions that are called by position. Local variables have no name in a .mpy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import count
from string import ascii_lowercase


def shorten_names(source: bytes, *, keep_parameters: bool) -> bytes:
    """Return a module with short private names and parameters, and the same behavior.

    With `keep_parameters`, public functions keep the names of their parameters, because callers
    pass arguments by name.
    """
    tree = ast.parse(source)
    used = set(_identifiers(tree))
    _Shortener(used, keep_parameters).visit(tree)
    return (ast.unparse(tree) + "\n").encode()


def _identifiers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def _free_names(prefix: str, used: set[str]) -> Iterator[str]:
    for size in count(1):
        for number in range(len(ascii_lowercase) ** size):
            letters = ""
            for _ in range(size):
                number, letter = divmod(number, len(ascii_lowercase))
                letters = ascii_lowercase[letter] + letters
            if prefix + letters not in used:
                yield prefix + letters


class _Shortener(ast.NodeTransformer):
    """Renames in one pass; `_scopes` maps the parameters of the functions around a node."""

    def __init__(self, used: set[str], keep_parameters: bool) -> None:
        self._used = used
        self._keep_parameters = keep_parameters
        self._free = _free_names("_", used)
        self._private: dict[str, str] = {}
        self._scopes: list[dict[str, str]] = [{}]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
        scope = dict(self._scopes[-1])
        keep = self._keep_parameters and not _is_private(node.name) and len(self._scopes) == 1
        taken = self._used | set(scope.values())
        for argument, short in zip(node.args.args, _free_names("", taken), strict=False):
            if keep:
                scope.pop(argument.arg, None)
            else:
                scope[argument.arg] = argument.arg = min(short, argument.arg, key=len)
        self._scopes.append(scope)
        node.body = [self.visit(statement) for statement in node.body]
        self._scopes.pop()
        node.name = self._shorten(node.name)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self.generic_visit(node)
        node.name = self._shorten(node.name)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._scopes[-1].get(node.id) or self._shorten(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        self.generic_visit(node)
        node.attr = self._shorten(node.attr)
        return node

    def _shorten(self, name: str) -> str:
        if not _is_private(name):
            return name
        if name not in self._private:
            self._private[name] = next(self._free)
        return self._private[name]

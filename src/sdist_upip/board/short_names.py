"""Short names inside device modules, so their .mpy take less flash and less RAM.

A .mpy contains every name that it uses, and the interpreter never frees a name (MicroPython:
py/qstr.c). Names that only the module itself uses can be changed: private globals and attributes,
and parameters of functions that are called by position. So can names that only the modules of upip
import from each other. Local variables have no name in a .mpy.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from itertools import count, product
from string import ascii_lowercase, ascii_uppercase

STABLE_NAMES = frozenset({"LEFT", "OWN", "recover"})
"""Names by which modules of two versions work together after a power cut during an upgrade."""


def shorten_names(
    source: bytes, *, keep_parameters: bool, shared: Mapping[str, str] | None = None
) -> bytes:
    """Return a module with short private names and parameters, and the same behavior.

    With `keep_parameters`, public functions keep the names of their parameters, because callers
    pass arguments by name. `shared` are the short names of what modules import from each other.
    """
    tree = ast.parse(source)
    used = set(_identifiers(tree))
    _Shortener(used, keep_parameters, shared or {}).visit(tree)
    return (ast.unparse(tree) + "\n").encode()


def find_shared_names(sources: Mapping[str, bytes], public: Container[str]) -> dict[str, str]:
    """Return {name: short name} of what modules import from each other, and nothing else uses.

    `sources` maps file names to modules; those in `public` have functions that applications call,
    and keep their names. A name that is also an attribute or a parameter there is left as it is.
    """
    trees = {path: ast.parse(source) for path, source in sources.items()}
    defined = {
        node.name
        for path, tree in trees.items()
        for node in tree.body
        if path not in public and isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    modules = {path.removesuffix(".py") for path in sources}
    imported = {
        alias.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in modules
        for alias in node.names
        if not alias.asname
    }
    kept = set(STABLE_NAMES)
    for path, tree in trees.items():
        kept |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        kept |= {
            node.name
            for parent in ast.walk(tree)
            if isinstance(parent, ast.ClassDef)
            for node in parent.body
            if isinstance(node, ast.FunctionDef)
        }
        if path in public:
            kept |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
            kept |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    names = sorted(name for name in defined & imported - kept if not _is_private(name))
    free = (f"_{letter}" for letter in _letters(ascii_uppercase))
    return dict(zip(names, free, strict=False))


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


def _letters(alphabet: str) -> Iterator[str]:
    for size in count(1):
        yield from map("".join, product(alphabet, repeat=size))


def _free_names(prefix: str, used: set[str]) -> Iterator[str]:
    for letters in _letters(ascii_lowercase):
        if prefix + letters not in used:
            yield prefix + letters


class _Shortener(ast.NodeTransformer):
    """Renames in one pass; `_scopes` maps the parameters of the functions around a node."""

    def __init__(self, used: set[str], keep_parameters: bool, shared: Mapping[str, str]) -> None:
        self._used = used
        self._shared = shared
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

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        for alias in node.names:
            alias.name = self._shared.get(alias.name, alias.name)
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self._shorten(name) for name in node.names]
        return node

    def _shorten(self, name: str) -> str:
        if not _is_private(name):
            return self._shared.get(name, name)
        if name not in self._private:
            self._private[name] = next(self._free)
        return self._private[name]

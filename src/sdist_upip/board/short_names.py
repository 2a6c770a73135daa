"""Short names inside device modules, so their .mpy take less flash and less RAM.

A .mpy contains every name that it uses, and the interpreter never frees a name (MicroPython:
py/qstr.c). Names that only the module itself uses can be changed: private globals and attributes,
and parameters of functions that are called by position. So can names that only the modules of upip
import from each other, and attributes of their classes. Local variables have no name in a .mpy.

The best new names are those that every interpreter has: a .mpy refers to them by number. A module
that applications import keeps an underscore in front of private names, so that `import *` passes
over them.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import socket
import ssl
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain, count, product
from string import ascii_lowercase, ascii_uppercase

_FOREIGN_KINDS = (
    *(str, bytearray, list, dict, set, int, memoryview, BaseException, io.BufferedReader),
    *(io.StringIO, socket.socket, ssl.SSLContext, re.Pattern, re.Match, type(hashlib.sha256())),
)
_FOREIGN_ATTRIBUTES = frozenset(name for kind in _FOREIGN_KINDS for name in dir(kind))
"""Attributes of objects that device modules do not define. Their names are never changed."""

STABLE_NAMES = frozenset({"LEFT", "OWN", "recover"})
"""Names by which modules of two versions work together after a power cut during an upgrade."""

_ONE_BYTE_NAMES = (
    *("ArithmeticError", "AssertionError", "BaseException", "Ellipsis", "GeneratorExit"),
    *("IndentationError", "KeyError", "KeyboardInterrupt", "NameError", "NoneType"),
    *("NotImplementedError", "OverflowError", "StopIteration", "SyntaxError", "SystemExit"),
    *("TypeError", "ZeroDivisionError", "abs", "all", "args", "builtins"),
)
_TWO_BYTE_NAMES = (
    *("bytecode", "callable", "classmethod", "copy", "dict", "dir", "divmod"),
    *("endswith", "eval", "exec", "format", "id", "insert", "islower", "isspace", "issubclass"),
    *("isupper", "items", "keys", "little", "locals", "map", "micropython", "next", "object"),
    *("popitem", "pow", "reverse", "rindex", "round", "rsplit", "send", "sep", "setattr", "sort"),
    *("staticmethod", "step", "stop", "throw", "to_bytes", "type", "upper", "zip"),
)
"""Names that all versions of the .mpy format 6 refer to by number, in one or two bytes, and that
device modules hardly use (MicroPython: static_qstr_list in py/makeqstrdata.py). Not `const`, since
calls of that name have a meaning of their own."""


def shorten_names(
    source: bytes, *, keep_parameters: bool, shared: Mapping[str, str] | None = None
) -> bytes:
    """Return a module with short private names and parameters, and the same behavior.

    With `keep_parameters`, public functions keep the names of their parameters, because callers
    pass arguments by name. `shared` are the short names of what modules import from each other.
    """
    tree = ast.parse(source)
    _Shortener(list(_identifiers(tree)), keep_parameters, shared or {}).visit(tree)
    return (ast.unparse(tree) + "\n").encode()


def find_shared_names(sources: Mapping[str, bytes], public: Container[str]) -> dict[str, str]:
    """Return {name: short name} of what modules import from each other, and nothing else uses.

    The keys of attributes of their classes begin with a dot. `sources` maps file names to modules;
    those in `public` have functions that applications call, and keep their names. A name that is
    also a parameter there, or an attribute of something else, is left as it is.
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
    attributes: set[str] = set()
    for path, tree in trees.items():
        if path in public:
            kept |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
            kept |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        else:
            attributes |= set(_attributes(tree))
    attributes -= _FOREIGN_ATTRIBUTES
    for tree in trees.values():
        found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        kept |= found - attributes
    places = _find_places(trees, defined & imported - kept, attributes)
    used = {name for tree in trees.values() for name in _identifiers(tree)}
    shared: dict[str, str] = {}
    for name in sorted(places):
        taken = {
            short
            for other, short in shared.items()
            if name.startswith(".") == other.startswith(".") and places[name] & places[other]
        }
        free = _free_names(_TWO_BYTE_NAMES, "_", ascii_uppercase, used | taken)
        shared[name] = next(free)
    return shared


def _find_places(
    trees: Mapping[str, ast.Module], names: set[str], attributes: set[str]
) -> dict[str, set[str]]:
    """Return {name: modules with it}. Names that no module has both may get one short name."""
    places: dict[str, set[str]] = {}
    for path, tree in trees.items():
        found = names & {*_identifiers(tree), *_imported(tree)}
        found |= {f".{name}" for name in attributes & set(_identifiers(tree))}
        for name in found:
            if not name.startswith(("_", "._")):
                places.setdefault(name, set()).add(path)
    return places


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def _attributes(tree: ast.AST) -> Iterator[str]:
    """Yield the names of the methods of a module, and of the attributes that they set."""
    for parent in ast.walk(tree):
        if isinstance(parent, ast.ClassDef):
            for node in ast.walk(parent):
                if isinstance(node, ast.FunctionDef):
                    yield node.name
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    yield node.attr


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


def _free_names(
    names: Iterable[str], prefix: str, alphabet: str, used: Container[str]
) -> Iterator[str]:
    letters = (prefix + letters for letters in _letters(alphabet))
    return (name for name in chain(names, letters) if name not in used)


class _Shortener(ast.NodeTransformer):
    """Renames in one pass; `_scopes` maps the parameters of the functions around a node."""

    def __init__(
        self, identifiers: list[str], keep_parameters: bool, shared: Mapping[str, str]
    ) -> None:
        self._shared = shared
        self._keep_parameters = keep_parameters
        self._taken = {*identifiers, *shared.values()}
        names = () if keep_parameters else _ONE_BYTE_NAMES + _TWO_BYTE_NAMES
        free = _free_names(names, "_", ascii_lowercase, self._taken)
        private = dict.fromkeys(filter(_is_private, identifiers))
        self._private = dict(zip(private, free, strict=False))
        self._taken.update(self._private.values())
        self._scopes: list[dict[str, str]] = [{}]
        self._methods: set[ast.FunctionDef] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        is_method = node in self._methods
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
        scope = dict(self._scopes[-1])
        keep = self._keep_parameters and not _is_private(node.name) and len(self._scopes) == 1
        taken = self._taken | set(scope.values())
        free = _free_names(_ONE_BYTE_NAMES + _TWO_BYTE_NAMES, "", ascii_lowercase, taken)
        for argument, short in zip(node.args.args, free, strict=False):
            if keep:
                scope.pop(argument.arg, None)
            else:
                scope[argument.arg] = argument.arg = short
        self._scopes.append(scope)
        node.body = [self.visit(statement) for statement in node.body]
        self._scopes.pop()
        node.name = self._shorten("." * is_method + node.name)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self._methods.update(part for part in node.body if isinstance(part, ast.FunctionDef))
        self.generic_visit(node)
        node.name = self._shorten(node.name)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._scopes[-1].get(node.id) or self._shorten(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        self.generic_visit(node)
        node.attr = self._shorten("." + node.attr)
        return node

    def visit_Import(self, node: ast.Import) -> ast.Import:
        for alias in node.names:
            self._rebind(alias)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        for alias in node.names:
            self._rebind(alias)
            alias.name = self._shared.get(alias.name, alias.name)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        self.generic_visit(node)
        node.name = node.name and (self._find_local(node.name) or node.name)
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self._shorten(name) for name in node.names]
        return node

    def _rebind(self, alias: ast.alias) -> None:
        """Give what an import binds its short name, if it has one because it is a parameter."""
        alias.asname = self._find_local(alias.asname or alias.name) or alias.asname

    def _find_local(self, name: str) -> str | None:
        """Return the short name of a parameter or of a private name, None for other names."""
        return self._scopes[-1].get(name) or self._private.get(name)

    def _shorten(self, name: str) -> str:
        """Return the short name for a name, or for that of an attribute with a dot before it."""
        plain = name.removeprefix(".")
        return self._private.get(plain) or self._shared.get(name, plain)

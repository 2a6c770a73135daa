"""The files of a project that are the legacy sdist_upip.py, or exist only for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from ..project.sources import walk_sources
from .setup_py.imports import find_imports
from .setup_py.python_source import parse_source
from .text_files import read_text, split_lines


def find_copies(directory: Path) -> list[str]:
    """Return the Python files below `directory` that are copies of the legacy sdist_upip.py."""
    found = []
    for path in walk_sources(directory):
        if path.endswith(".py") and not {"site-packages", "node_modules"} & set(path.split("/")):
            text = read_text(directory / path)
            if text is not None and is_copy(text):
                found.append(path)
    return found


def is_copy(text: str) -> bool:
    """Return whether `text` is a legacy sdist_upip.py or optimize_upip.py, whatever its file name.

    Every version since 2014 has a function `gzip_4k`, which compresses with a window of 4096 bytes.
    It also has a command derived from a command of setuptools, or a function `filter_tar`.
    """
    if "gzip_4k" not in text or (tree := parse_source(text)) is None:
        return False
    nodes = list(ast.walk(tree))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    bases = {
        getattr(base, "attr", getattr(base, "id", ""))
        for node in nodes
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    return "gzip_4k" in functions and (
        "filter_tar" in functions or any("sdist" in base or base == "Command" for base in bases)
    )


def module_name(path: str) -> str:
    """Return the name by which a file is imported from the directory above: a module or package."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem


def find_companions(directory: Path, copies: Collection[str]) -> list[str]:
    """Return the `__init__.py` files beside `copies` that have no code but imports of them."""
    found = []
    for path in sorted({str(PurePosixPath(copy).parent / "__init__.py") for copy in copies}):
        text = read_text(directory / path)
        if path == "__init__.py" or path in copies or text is None:
            continue
        others = {
            other.name
            for other in (directory / path).parent.iterdir()
            if other.suffix == ".py" and str(PurePosixPath(path).parent / other.name) not in copies
        }
        if others == {"__init__.py"} and _only_imports(text, {module_name(x) for x in copies}):
            found.append(path)
    return found


def _only_imports(text: str, modules: set[str]) -> bool:
    tree = parse_source(text)
    if tree is None:
        return False
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            continue
        names = {part for name in find_imports(node) for part in name}
        if not isinstance(node, ast.Import | ast.ImportFrom) or not names & modules:
            return False
    return True


def find_submodules(directory: Path) -> dict[str, int]:
    """Return the paths of git submodules with the number of their line in .gitmodules."""
    text = read_text(directory / ".gitmodules") or ""
    found = {}
    for number, line in enumerate(split_lines(text), 1):
        if match := re.match(r"\s*path\s*=\s*(.*\S)", line):
            found[match[1].strip('"')] = number
    return found


def find_emptied(directory: Path, removed: Collection[str]) -> Iterator[str]:
    """Yield the directories of which every file is in `removed`, deepest first."""
    parents = {parent for path in removed for parent in PurePosixPath(path).parents}
    for parent in sorted(parents, key=lambda path: -len(path.parts)):
        if parent.parts and not any(
            path not in removed for path in _files_below(directory, parent.as_posix())
        ):
            yield parent.as_posix()


def _files_below(directory: Path, parent: str) -> Iterator[str]:
    for path in (directory / parent).rglob("*"):
        if not path.is_dir() and "__pycache__" not in path.parts:
            yield path.relative_to(directory).as_posix()

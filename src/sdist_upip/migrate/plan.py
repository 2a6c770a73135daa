"""From a copied `sdist_upip.py` to the distribution: what to change in a project.

Nothing here writes; a `Change` is the old and the new text of one file.
"""

from __future__ import annotations

import ast
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import ConfigError
from ..project.sources import walk_sources
from .build_system import with_requirement
from .ci_commands import REMOVAL, find_ci_files, without_removals

_SIZE_LIMIT = 100_000
_IMPORT = r"^[ \t]*(?:import|from)[ \t]+{name}\b"
_PATH_CHANGE = re.compile(
    r"^[ \t]*sys\.path\.(?:pop\(0\)|append\([\"']\.\.[\"']\))[ \t]*\r?\n", re.M
)
_PATH_COMMENT = re.compile(r"^#[^\n]*sys\.path[^\n]*\n(?:#[^\n]*\n)*(?=[ \t]*sys\.path\.)", re.M)


@dataclass(frozen=True)
class Change:
    """The text of one file before and after; None where there is no such file."""

    path: str
    reason: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Note:
    """What a person has to look at, and where."""

    path: str
    text: str


@dataclass(frozen=True)
class Migration:
    """What would make a project use the distribution instead of a copy."""

    changes: tuple[Change, ...]
    notes: tuple[Note, ...]


def plan_migration(directory: Path) -> Migration:
    """Return what to change in the project `directory`; both parts are empty if nothing is."""
    copies = find_copies(directory)
    changes: dict[str, Change] = {}
    notes: list[Note] = []
    for path in copies:
        if PurePosixPath(path).name == "setup.py":
            notes.append(
                Note(
                    path,
                    "has a command of its own that makes archives for upip; replace it by "
                    "cmdclass={'sdist': sdist_upip.sdist}",
                )
            )
        else:
            reason = "a copy of sdist_upip.py, which hides the distribution"
            changes[path] = Change(path, reason, _read(directory / path), None)
    modules = {PurePosixPath(path).stem for path in changes} | {"sdist_upip"}
    setups = [path for path in walk_sources(directory) if PurePosixPath(path).name == "setup.py"]
    for path in _keep_needed(directory, setups, modules, changes, notes):
        _plan_setup(directory, path, modules, changes, notes)
    if "sdist_upip" in (read_text(directory / "pyproject.toml", None) or ""):
        _plan_requirement(directory, "pyproject.toml", changes, notes)
    _plan_manifests(directory, changes)
    _plan_ci(directory, changes, notes)
    return Migration(tuple(changes[path] for path in sorted(changes)), tuple(notes))


def find_copies(directory: Path) -> list[str]:
    """Return the Python files below `directory` that are copies of the historic sdist_upip.py."""
    found = []
    for path in walk_sources(directory):
        if path.endswith(".py") and not {"site-packages", "node_modules"} & set(path.split("/")):
            text = read_text(directory / path)
            if text is not None and is_copy(text):
                found.append(path)
    return found


def is_copy(text: str) -> bool:
    """Tell whether `text` is a historic sdist_upip.py or optimize_upip.py, however it is called.

    Every version since 2014 has a function `gzip_4k` that compresses with a window of 4096 bytes,
    and a command derived from setuptools' or a function `filter_tar`.
    """
    if "gzip_4k" not in text:
        return False
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return False
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


def read_text(path: Path, limit: int | None = _SIZE_LIMIT) -> str | None:
    """Return the text of a file with its line ends, or None for what is no text of usual size."""
    try:
        if not path.is_file() or (limit is not None and path.stat().st_size > limit):
            return None
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _read(path: Path) -> str:
    return read_text(path) or ""


def _keep_needed(
    directory: Path,
    setups: list[str],
    modules: set[str],
    changes: dict[str, Change],
    notes: list[Note],
) -> list[str]:
    """Take copies that are still needed out of `changes`; return the setup.py files to change."""
    clear = []
    copies = [path for path, change in changes.items() if change.after is None]
    for path in setups:
        text = read_text(directory / path)
        imports = None if text is None else _imports(_with_our_imports(text, modules))
        if imports is None:
            needed, reason = copies, "cannot be read as Python in UTF-8"
        else:
            needed = [copy for copy in copies if any(_finds(x, directory / copy) for x in imports)]
            reason = "has an import that is not understood"
        if not needed:
            clear.append(path)
            continue
        for copy in needed:
            changes.pop(copy, None)
        text = f"{reason}; import sdist_upip there, and then remove {', '.join(needed)}"
        notes.append(Note(path, text))
    kept = {PurePosixPath(copy).stem for copy in copies if copy not in changes}
    modules -= kept
    return clear


def _imports(text: str) -> set[tuple[str, ...]] | None:
    """Return the parts of the names that `text` imports, "" first if relative; None if broken."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return None
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ("",) * bool(node.level) + tuple((node.module or "").split("."))
            names = {(*start, alias.name) for alias in node.names} | {start}
            found |= {name[:1] + tuple(filter(None, name[1:])) for name in names}
    return found


def _finds(name: tuple[str, ...], copy: Path) -> bool:
    parts = tuple(filter(None, name))
    return (
        name != ("sdist_upip",)
        and bool(parts)
        and copy.with_suffix("").parts[-len(parts) :] == parts
    )


def _plan_setup(
    directory: Path,
    path: str,
    modules: set[str],
    changes: dict[str, Change],
    notes: list[Note],
) -> None:
    text = _read(directory / path)
    used = [name for name in sorted(modules) if re.search(_IMPORT.format(name=name), text, re.M)]
    if not used:
        return
    after = _with_our_imports(text, modules)
    cleaned = _PATH_CHANGE.sub("", _PATH_COMMENT.sub("", after))
    without_sys = re.sub(r"^import sys[ \t]*\r?\n", "", cleaned, flags=re.M)
    if not re.search(r"\bsys\b", without_sys):
        cleaned = without_sys
    if _imports(cleaned) is not None:
        after = cleaned
    elif cleaned != after:
        notes.append(Note(path, "changes sys.path for the copy; remove that, it is not needed"))
    if after != text:
        changes[path] = Change(path, "the import finds the distribution", text, after)
    if "OptimizeUpip" in text or "optimize_upip" in text:
        notes.append(
            Note(
                path,
                "uses optimize_upip, which is no command any more; remove it from cmdclass, "
                "the command sdist does its work",
            )
        )
    pyproject = (PurePosixPath(path).parent / "pyproject.toml").as_posix()
    _plan_requirement(directory, pyproject, changes, notes)


def _with_our_imports(text: str, modules: set[str]) -> str:
    for name in sorted(modules):
        text = _with_our_import(text, name)
    return text


def _with_our_import(text: str, name: str) -> str:
    if name == "sdist_upip":
        return text
    text = re.sub(
        rf"^([ \t]*)import[ \t]+{name}[ \t]*(\r?)$",
        rf"\1import sdist_upip as {name}\2",
        text,
        flags=re.M,
    )
    return re.sub(
        rf"^([ \t]*from[ \t]+){name}([ \t]+import\b)", r"\1sdist_upip\2", text, flags=re.M
    )


def _plan_requirement(
    directory: Path, path: str, changes: dict[str, Change], notes: list[Note]
) -> None:
    before = read_text(directory / path, None)
    if before is None and os.path.lexists(directory / path):
        text = "cannot be read as UTF-8 text; name 'sdist-upip' in its build-system.requires"
        notes.append(Note(path, text))
        return
    try:
        after = with_requirement(before, "sdist-upip")
    except ConfigError as error:
        notes.append(Note(path, str(error)))
        return
    if after != before:
        changes[path] = Change(path, "the build needs the distribution", before, after)


def _plan_manifests(directory: Path, changes: dict[str, Change]) -> None:
    removed = {path for path, change in changes.items() if change.after is None}
    text = read_text(directory / "MANIFEST.in")
    if text is None:
        return
    after = []
    for line in re.findall(r"(?:[^\n]*\\[ \t\r]*\n)*[^\n]*\n|[^\n]+", text):
        action, *names = re.sub(r"\\[ \t\r]*\n", " ", line).split() or [""]
        kept = [name for name in names if name not in removed]
        if action != "include" or kept == names:
            after.append(line)
        elif kept:
            after.append(f"include {' '.join(kept)}{line[len(line.rstrip()) :]}")
    if "".join(after) != text:
        reason = "the copy is no longer there to include"
        changes["MANIFEST.in"] = Change("MANIFEST.in", reason, text, "".join(after))


def _plan_ci(directory: Path, changes: dict[str, Change], notes: list[Note]) -> None:
    for path in find_ci_files(directory):
        if path in changes and changes[path].after is None:
            continue
        text = changes[path].after if path in changes else read_text(directory / path)
        if not text or ".orig" not in text:
            continue
        after = without_removals(text)
        if after != text:
            before = changes[path].before if path in changes else text
            changes[path] = Change(path, "no *.orig appears in dist/", before, after)
        for number, line in enumerate(after.split("\n"), 1):
            if re.search(REMOVAL, line):
                text = f"needs no dist/*.orig removed: {line.strip()!r}"
                notes.append(Note(f"{path}:{number}", text))

"""From a copied `sdist_upip.py` to the distribution: the changes of a project.

Projects are only read here. A `Change` has the old and the new text of one file.
"""

from __future__ import annotations

import ast
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import SOURCE_ERRORS, ConfigError
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
    """The text of one file before and after; None if the file does not exist."""

    path: str
    reason: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Note:
    """A place that a person has to check: a path, and a text that continues a sentence about it."""

    path: str
    text: str


@dataclass(frozen=True)
class Migration:
    """The changes after which a project uses the distribution instead of a copy, and the notes."""

    changes: tuple[Change, ...]
    notes: tuple[Note, ...]


def plan_migration(directory: Path) -> Migration:
    """Return the changes of the project `directory`, and notes; both may be empty."""
    copies = find_copies(directory)
    changes: dict[str, Change] = {}
    notes: list[Note] = []
    for path in copies:
        if PurePosixPath(path).name == "setup.py":
            notes.append(
                Note(
                    path,
                    "defines its own command that makes archives for upip. Replace it with "
                    "cmdclass={'sdist': sdist_upip.sdist}.",
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
    if "gzip_4k" not in text:
        return False
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SOURCE_ERRORS:
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
    """Return the text of a file with its line ends.

    Returns None for a file that is missing, unreadable, not UTF-8 or longer than `limit` bytes.
    """
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
    """Return the setup.py files to change.

    A copy that a setup.py still needs is kept. It is removed from `changes`, and its name from
    `modules`.
    """
    clear = []
    copies = [path for path, change in changes.items() if change.after is None]
    for path in setups:
        text = read_text(directory / path)
        imports = None if text is None else _imports(_with_new_imports(text, modules))
        if imports is None:
            needed, reason = copies, "is not Python source in UTF-8"
        else:
            needed = [
                copy for copy in copies if any(_is_import_of(x, directory / copy) for x in imports)
            ]
            reason = "has an import that is not supported"
        if not needed:
            clear.append(path)
            continue
        for copy in needed:
            changes.pop(copy, None)
        text = f"{reason}. Import sdist_upip there, and then remove {', '.join(needed)}."
        notes.append(Note(path, text))
    kept = {PurePosixPath(copy).stem for copy in copies if copy not in changes}
    modules -= kept
    return clear


def _imports(text: str) -> set[tuple[str, ...]] | None:
    """Return the names that `text` imports, each split at its dots, with "" first if relative.

    Returns None for text that Python cannot parse.
    """
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SOURCE_ERRORS:
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


def _is_import_of(name: tuple[str, ...], copy: Path) -> bool:
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
    after = _with_new_imports(text, modules)
    cleaned = _PATH_CHANGE.sub("", _PATH_COMMENT.sub("", after))
    without_sys = re.sub(r"^import sys[ \t]*\r?\n", "", cleaned, flags=re.M)
    if not re.search(r"\bsys\b", without_sys):
        cleaned = without_sys
    if _imports(cleaned) is not None:
        after = cleaned
    elif cleaned != after:
        notes.append(
            Note(path, "changes sys.path for the copy. Remove that change, which is not needed.")
        )
    if after != text:
        changes[path] = Change(path, "the import finds the distribution", text, after)
    if "OptimizeUpip" in text or "optimize_upip" in text:
        notes.append(
            Note(
                path,
                "uses optimize_upip, which is not a command any longer. Remove it from cmdclass. "
                "The command sdist replaces it.",
            )
        )
    pyproject = (PurePosixPath(path).parent / "pyproject.toml").as_posix()
    _plan_requirement(directory, pyproject, changes, notes)


def _with_new_imports(text: str, modules: set[str]) -> str:
    for name in sorted(modules):
        text = _with_new_import(text, name)
    return text


def _with_new_import(text: str, name: str) -> str:
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
        text = "is not readable UTF-8 text. Add 'sdist-upip' to its build-system.requires."
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
        reason = "the copy is removed"
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
            changes[path] = Change(path, "dist/ no longer gets *.orig files", before, after)
        for number, line in enumerate(after.split("\n"), 1):
            if re.search(REMOVAL, line):
                text = (
                    f"removes *.orig files: {line.strip()!r}. Drop dist/*.orig from the command. "
                    "These files no longer exist."
                )
                notes.append(Note(f"{path}:{number}", text))

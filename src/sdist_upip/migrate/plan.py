"""From a copied `sdist_upip.py` to the distribution: the changes of a project.

Projects are only read here. A `Change` has the old and the new text of one file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from ..errors import ConfigError
from ..files.regular import read_regular
from ..limits import TEXT_LIMIT
from ..project.sources import walk_sources
from ..pyproject import read_build_system
from .build_system import with_requirement
from .ci_commands import find_ci_files, without_removals
from .command_notes import is_document
from .copies import find_companions, find_copies, find_emptied, find_submodules, module_name
from .generated import describe_generated, find_template
from .line_notes import find_line_notes
from .manifests import without_ignored, without_modules, without_names, without_py_modules
from .setup_py.imports import find_imports
from .setup_py.python_source import parse_source
from .setup_py.script import change_setup, find_missing_names, uses_modules, with_new_imports
from .text_files import read_text, split_bom, walk_texts

_SETUPTOOLS = ("setuptools", "sdist_upip", "pbr", "jupyter_packaging")
"""The first names of the build backends that run setup.py."""


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
    emptied: tuple[str, ...] = ()
    """The directories that have no file after the changes, deepest first."""
    homes: tuple[str, ...] = ("",)
    """The directories that may have a package.json of mip."""


@dataclass
class _Draft:
    directory: Path
    changes: dict[str, Change] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    modules: set[str] = field(default_factory=lambda: {"sdist_upip"})
    """The names under which setup.py imports a removed copy or the distribution."""

    def text(self, path: str) -> str | None:
        """Return the text of a file after the changes so far."""
        change = self.changes.get(path)
        return read_text(self.directory / path, None) if change is None else change.after

    def change(self, path: str, reason: str, edit: Callable[[str], str]) -> None:
        """Change the text of an existing file."""
        text = self.text(path)
        if text is not None and (after := edit(text)) != text:
            self.replace(path, reason, after)

    def replace(self, path: str, reason: str, after: str | None) -> None:
        """Set the new text of a file; None removes the file."""
        old = self.changes.get(path)
        before = read_text(self.directory / path, None) if old is None else old.before
        reason = reason if old is None or old.reason == reason else f"{old.reason}; {reason}"
        self.changes[path] = Change(path, reason, before, after)

    def note(self, path: str, text: str, line: int = 0) -> None:
        """Note a place, with the number of its line if there is one."""
        self.notes.append(Note(f"{path}:{line}" if line else path, text))

    @property
    def removed(self) -> list[str]:
        """The files that are removed."""
        return sorted(path for path, change in self.changes.items() if change.after is None)


def plan_migration(directory: Path) -> Migration:
    """Return the changes of the project `directory`, and notes; both may be empty."""
    draft = _Draft(directory)
    _plan_copies(draft)
    setups = list(_find_setups(draft))
    clear = _keep_needed(draft, setups)
    for path in find_companions(directory, draft.removed):
        draft.replace(path, "serves only the copy", None)
    emptied = tuple(find_emptied(directory, draft.removed))
    users = [path for path in clear if _plan_setup(draft, path)]
    if "sdist_upip" in (read_text(directory / "pyproject.toml", None) or ""):
        _plan_requirement(draft, "pyproject.toml")
    _plan_lists(draft, {_parent(path) for path in setups} | {""}, emptied)
    for path in find_ci_files(directory):
        if path not in draft.removed:
            draft.change(path, "dist/ no longer gets *.orig files", without_removals)
    line_notes = find_line_notes(
        directory,
        {path: change.after for path, change in draft.changes.items()},
        emptied,
        runs=bool(users),
    )
    for path, number, text in line_notes:
        draft.note(path, text, number)
    _note_sources_of_setups(draft, users)
    _note_generated(draft)
    changes = tuple(draft.changes[path] for path in sorted(draft.changes))
    homes = sorted({"", *map(_parent, users)})
    return Migration(changes, tuple(dict.fromkeys(draft.notes)), emptied, tuple(homes))


def _find_setups(draft: _Draft) -> Iterator[str]:
    """Yield every setup.py, and scripts of other names that call setup() with the copy."""
    for path in walk_sources(draft.directory):
        pure = PurePosixPath(path)
        if pure.name == "setup.py":
            yield path
        elif pure.suffix == ".py" and path not in draft.changes:
            text = read_text(draft.directory / path) or ""
            if "setup(" in text and any(name in text for name in draft.modules):
                tree = parse_source(text)
                if tree is not None and uses_modules(tree, draft.modules):
                    yield path


def _note_sources_of_setups(draft: _Draft, users: list[str]) -> None:
    """Note files that have the text of a changed setup.py, which they may write."""
    changed = [path for path in users if path in draft.changes]
    known = {find_template(draft.directory, path) for path in changed}
    names = "|".join(map(re.escape, sorted(draft.modules)))
    line_of_import = re.compile(rf"^[ \t]*(?:import|from)[ \t]+(?:{names})\b", re.M)
    for path in walk_texts(draft.directory) if changed else ():
        if path in users or path in known or path in draft.changes or is_document(path):
            continue
        text = read_text(draft.directory / path) or ""
        match = line_of_import.search(text)
        if match and "setup(" in text:
            draft.note(
                path,
                f"has the text of a setup.py that imports sdist_upip. Make the changes of "
                f"{changed[0]} there too.",
                text.count("\n", 0, match.start()) + 1,
            )


def _parent(path: str) -> str:
    parent = PurePosixPath(path).parent.as_posix()
    return "" if parent == "." else parent


def _plan_copies(draft: _Draft) -> None:
    """Remove the copies, but not a setup.py, and no file of another repository."""
    submodules = find_submodules(draft.directory)
    for path in find_copies(draft.directory):
        outer = [name for name in submodules if path.startswith(f"{name}/")]
        if PurePosixPath(path).name == "setup.py":
            draft.note(
                path,
                "defines its own command that makes archives for upip. Replace it with "
                "cmdclass={'sdist': sdist_upip.sdist}.",
            )
        elif outer:
            draft.modules.add(module_name(path))
            draft.note(
                ".gitmodules",
                f"has the submodule {outer[0]} with a copy of sdist_upip.py, which the build does "
                f"not need. Run git rm {outer[0]}.",
                submodules[outer[0]],
            )
        else:
            draft.replace(path, "a copy of sdist_upip.py, which hides the distribution", None)
    draft.modules |= {module_name(path) for path in draft.removed}


def _keep_needed(draft: _Draft, setups: list[str]) -> list[str]:
    """Return the setup.py files to change.

    A copy that a setup.py still needs is kept. It is not removed, and its name is not in `modules`.
    """
    clear = []
    copies = draft.removed
    for path in setups:
        text = read_text(draft.directory / path)
        tree = None if text is None else parse_source(with_new_imports(text, draft.modules))
        before = None if text is None else parse_source(text)
        if tree is None or before is None:
            needed, reason = copies, "is not Python source in UTF-8"
        else:
            imports = find_imports(tree)
            needed = [
                copy
                for copy in copies
                if any(_is_import_of(x, draft.directory / copy) for x in imports)
            ]
            reason = "has an import that is not supported"
            missing = find_missing_names(before, draft.modules)
            if missing and copies:
                used = [x for x in copies if uses_modules(before, {module_name(x)})]
                needed = sorted({*needed, *used})
                reason = f"uses {', '.join(sorted(missing))}, which sdist-upip does not have"
        if not needed:
            clear.append(path)
            if tree is None and _has_name(draft.directory / path, draft.modules):
                draft.note(path, f"{reason}. Correct it, and run sdist-upip migrate again.")
            continue
        for copy in needed:
            draft.changes.pop(copy, None)
        draft.note(path, f"{reason}. Import sdist_upip there, and then remove {', '.join(needed)}.")
    draft.modules -= {module_name(copy) for copy in copies if copy not in draft.changes}
    return clear


def _has_name(path: Path, names: Collection[str]) -> bool:
    """Return whether a file has one of `names`, in any encoding above ASCII."""
    try:
        data = read_regular(path, TEXT_LIMIT)
    except OSError:
        return False
    return any(name.encode() in data for name in names)


def _is_import_of(name: tuple[str, ...], copy: Path) -> bool:
    """Return whether setup.py gets the copy by `name`, or by the package that has the copy."""
    parts = tuple(filter(None, name))
    if not parts or name == ("sdist_upip",):
        return False
    file = copy.parent if copy.stem == "__init__" else copy.with_suffix("")
    is_package = (copy.parent / "__init__.py").is_file() and name[0] != "sdist_upip"
    package = file.parent if is_package else None
    return any(
        place is not None and place.parts[-len(known) :] == known
        for place, known in ((file, parts), (package, parts), (package, parts[:-1]))
        if known
    )


def _plan_setup(draft: _Draft, path: str) -> bool:
    """Plan the changes of one setup.py; return whether it uses the distribution."""
    text = read_text(draft.directory / path) or ""
    tree = parse_source(text)
    if tree is None or not uses_modules(tree, draft.modules):
        return False
    home = (draft.directory / path).parent
    settings = "".join(read_text(home / x) or "" for x in ("setup.cfg", "pyproject.toml"))
    result = change_setup(text, home.resolve(), draft.modules, settings)
    if result.text != text:
        draft.replace(path, "the import finds the distribution", result.text)
    for line, note in result.notes:
        draft.note(path, note, line)
    pyproject = (PurePosixPath(path).parent / "pyproject.toml").as_posix()
    backend = _foreign_backend(home)
    if backend is None:
        _plan_requirement(draft, pyproject)
    else:
        draft.note(
            path,
            f"is not run by build-backend {backend!r} of {pyproject}, so python -m build makes no "
            "archive for upip. Run sdist-upip build, or set build-backend to "
            "'setuptools.build_meta' and add 'sdist-upip' to build-system.requires.",
        )
    return True


def _foreign_backend(home: Path) -> str | None:
    """Return the build backend of the project in `home` if that does not run setup.py."""
    try:
        backend = read_build_system(home).backend
    except ConfigError:
        return None
    name = backend.partition(":")[0]
    local = read_text(home / f"{name.replace('.', '/')}.py")
    for place in home.glob(f"*/{name.replace('.', '/')}.py"):
        local = local or read_text(place)
    if name.partition(".")[0] in _SETUPTOOLS or "setuptools" in (local or ""):
        return None
    return backend


def _plan_requirement(draft: _Draft, path: str) -> None:
    before = draft.text(path)
    if before is None and os.path.lexists(draft.directory / path):
        draft.note(
            path, "is not readable UTF-8 text. Add 'sdist-upip' to its build-system.requires."
        )
        return
    try:
        after = with_requirement(before, "sdist-upip")
    except ConfigError as error:
        draft.note(path, str(error))
        return
    if after != before:
        reason = "the build needs the distribution"
        if before is not None and split_bom(before)[0]:
            reason += ", and TOML has no byte order mark"
        draft.replace(path, reason, after)


def _plan_lists(draft: _Draft, places: set[str], emptied: tuple[str, ...]) -> None:
    """Remove the copies from lists of files and modules."""
    removed = draft.removed
    if not removed:
        return
    modules = {module_name(path) for path in removed}
    for place in sorted(places):
        start = f"{place}/" if place else ""
        paths = {path.removeprefix(start) for path in removed if path.startswith(start)}
        below = {path.removeprefix(start) for path in emptied if path.startswith(start)}
        for name, edit in (
            ("MANIFEST.in", partial(without_names, paths=paths, directories=below)),
            ("setup.cfg", partial(without_modules, modules=modules)),
            ("pyproject.toml", partial(without_py_modules, modules=modules)),
            (".gitignore", partial(without_ignored, paths=paths)),
        ):
            draft.change(f"{start}{name}", "the copy is removed", edit)


def _note_generated(draft: _Draft) -> None:
    paths = [path for path, change in draft.changes.items() if change.after is not None]
    paths += [note.path.partition(":")[0] for note in draft.notes]
    for path in sorted(set(paths)):
        text = describe_generated(draft.directory, path)
        if text is not None:
            draft.note(path, text)

"""Which files of a source distribution are installed, and where: what its wheel would hold.

That is read from the paths of the files and from `top_level.txt`. No code of the package runs. The
board's copy of these rules is in device/upip_survey.py and device/upip_layout.py. Paths are below
the top directory.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from ..errors import ArchiveError, BuildNeededError, LimitError, NotForDevicesError
from ..limits import TOP_LEVEL_LIMIT, TOP_LEVEL_NAME_LIMIT
from .file_tree import FileTree, find_parents, find_stem, is_apart
from .member_names import SETUP_SCRIPT, SETUP_SCRIPT_MARK
from .stock_upip import is_module
from .upip_rules import MARKED

File = tuple[str, bytes]
"""The path and the content of a file."""

PYPROJECT = "pyproject.toml"
SRC = "src/"

_EGG_INFO = re.compile(r"(.*/)?([^/]+)\.egg-info/([^/]+)", re.DOTALL)
"""A file of setuptools: the directory above, the name of the project, and the name of the file."""
_TOP_LEVEL, _REQUIRES, _SOURCES = "top_level.txt", "requires.txt", "SOURCES.txt"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,98}")
_LEFT_OUT = re.compile(
    r"(^|/)(py\.typed$|__pycache__/|[^/]*\.(egg-info|dist-info)/)"
    r"|\.(pyi|pyc|pyo|so|dll|dylib|o|a|lib)$"
)
_EXTENSION = re.compile(r"[^/]\.(c|cc|cpp|cxx|pyx|pxd|rs|f|f90|pyd)$|(^|/)(?!lib)[^/]+\.so$")
"""Sources and modules of C extensions. lib*.so is a library that a computer loads as data."""
_AFFIX = "micropython"
_SHOWN = 5
_REBUILD = "Ask its author to build it again."


@dataclass(frozen=True, slots=True)
class SdistLayout:
    """The files that are installed: whole directories, with a slash at the end, and single files.

    The install path is the path below the directory that each is mapped to, "" or with a slash at
    the end. `others` are packages and modules at the top that are not installed, because another
    one has the name of the project.
    """

    bases: Mapping[str, str]
    others: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Return whether the file at `path` is one of these, or in one of these directories."""
        return self._find(path) is not None

    def is_package(self, path: str) -> bool:
        """Return whether `path` is a module with the name of a package that is installed."""
        return is_module(path) and f"{find_stem(path)}/" in self.bases

    def place(self, path: str) -> str | None:
        """Return the install path of the file at `path`, None if it is not installed."""
        base = self._find(path)
        if base is None or is_left_out(path[len(base) :]):
            return None
        return path[len(base) :]

    def _find(self, path: str) -> str | None:
        for prefix in (path, *find_parents(path)):
            if prefix in self.bases:
                return self.bases[prefix]
        return None


def is_sdist(files: Iterable[File]) -> bool:
    """Return whether `files` are a source distribution for computers.

    An archive of the legacy tool may have a pyproject.toml. It has egg-info without the SOURCES.txt
    that setuptools writes.
    """
    has_pyproject = has_egg_info = False
    for path, content in files:
        if path == SETUP_SCRIPT and content and SETUP_SCRIPT_MARK.encode() not in content[:MARKED]:
            return True
        if (path.startswith(SRC) and is_module(path)) or _is_source_list(path):
            return True
        has_pyproject |= path == PYPROJECT
        has_egg_info |= ".egg-info/" in path
    return has_pyproject and not has_egg_info


def _is_source_list(path: str) -> bool:
    """Return whether setuptools writes the file at `path` into its sdists."""
    return _match_egg_info(path, _SOURCES) is not None


def is_top_level_list(path: str) -> bool:
    """Return whether the file at `path` may name the top-level modules and packages."""
    return _match_egg_info(path, _TOP_LEVEL) is not None


def _match_egg_info(path: str, name: str) -> re.Match[str] | None:
    """Return the match of _EGG_INFO if setuptools writes the file `name` to `path`, else None."""
    match = _EGG_INFO.fullmatch(path)
    return match if match and match[3] == name and not is_apart(path) else None


def find_layout(files: Sequence[File], project: str) -> SdistLayout:
    """Return the layout of `files`, the source distribution of `project` (normalized).

    Raises BuildNeededError if the layout is not clear, NotForDevicesError if the package is not
    pure Python or installs nothing, and ArchiveError for a `top_level.txt` that is damaged.
    """
    tree = FileTree(path for path, _ in files)
    paths = sorted(tree.files)
    _refuse_extensions(path for path in paths if not is_apart(path))
    layout = (
        _read_top_levels(files, tree, project)
        or _find_in_src(tree, project)
        or _find_by_name(tree, project)
        or _find_only_one(tree)
    )
    _refuse_twins(tree, layout.bases)
    _refuse_extensions(path for path in paths if layout.has(path))
    return layout


def is_own_requirement_list(path: str, project: str) -> bool:
    """Return whether setuptools wrote the requirements of `project` (normalized) to `path`."""
    match = _match_egg_info(path, _REQUIRES)
    return match is not None and canonicalize_name(match[2]) == project


def is_left_out(path: str) -> bool:
    """Return whether the file of a package at `path` is for computers only."""
    return bool(_LEFT_OUT.search(path))


def is_extension(path: str) -> bool:
    """Return whether the file at `path` is of a C extension, by its name."""
    return bool(_EXTENSION.search(path))


def _refuse_extensions(paths: Iterable[str]) -> None:
    for path in paths:
        if is_extension(path):
            raise NotForDevicesError(
                f"The package has C extensions ({path}), which no device can use. Look for a "
                "package that is made for MicroPython."
            )


def _refuse_twins(tree: FileTree, bases: Mapping[str, str]) -> None:
    """Raise BuildNeededError if a module to install is beside a package of its name.

    A board sees that only at the top and in `src`.
    """
    for top in (top for top, base in bases.items() if base in ("", SRC)):
        package = f"{find_stem(top)}/"
        modules = tree.find_modules(find_stem(top))
        if modules and package in tree.python:
            raise BuildNeededError(f"{modules[0]} and {package} are both {package[:-1]}.")


def _read_top_levels(files: Iterable[File], tree: FileTree, project: str) -> SdistLayout | None:
    """Return the layout that `top_level.txt` states, None if there is none."""
    found: dict[str, list[str]] = {}
    for path, data in files:
        match = _match_egg_info(path, _TOP_LEVEL)
        if match and canonicalize_name(match[2]) == project:
            names = _split_names(data, path)
            if found and names not in found.values():
                raise BuildNeededError(
                    f"{path} differs from another one, so what to install is not clear."
                )
            found[match[1] or ""] = names
    if not found:
        return None
    base = next(iter(found)) if len(found) == 1 else ""
    bases: dict[str, str] = {}
    missing = []
    for name in names:
        here, place = _find_top_level(tree, base, name)
        bases |= dict.fromkeys(here, place)
        missing += [] if here else [name]
    named = [name for name in missing if not is_apart(f"{name}/")]
    if named:
        raise BuildNeededError(f"top_level.txt names {named[0]}, which the archive does not have.")
    if not bases:
        raise NotForDevicesError(
            "top_level.txt names nothing that the archive has. Look for another package."
        )
    return SdistLayout(bases)


def _split_names(data: bytes, path: str) -> list[str]:
    """Return the names in a `top_level.txt`."""
    if len(data) > TOP_LEVEL_LIMIT:
        raise LimitError(f"{path} has more than {TOP_LEVEL_LIMIT:,} bytes. {_REBUILD}")
    try:
        lines = [line.strip(" \t\r\v\f") for line in data.decode().split("\n")]
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{path} is not UTF-8. {_REBUILD}") from error
    names = [name for name in dict.fromkeys(lines) if name]
    if len(names) > TOP_LEVEL_NAME_LIMIT:
        raise LimitError(f"{path} has more than {TOP_LEVEL_NAME_LIMIT} names. {_REBUILD}")
    for name in names:
        if not _NAME.fullmatch(name):
            raise ArchiveError(
                f"{path} has {name!r}, which is not the name of a module. {_REBUILD}"
            )
    return names


def _find_top_level(tree: FileTree, base: str, name: str) -> tuple[list[str], str]:
    """Return the package or module `name`, nothing if it is not there, and the directory it is in.

    That is `base`, or `src` if the top has no Python of that name.
    """
    for place in (base, SRC) if not base else (base,):
        package = f"{place}{name}/"
        here = [*tree.find_modules(package[:-1]), *[package] * (package in tree.python)]
        if here:
            return here, place
    package = f"{base}{name}/"
    return [package] * (package in tree.directories), base


def _find_in_src(tree: FileTree, project: str) -> SdistLayout | None:
    """Return the packages and modules below `src/`, None if there are none.

    Tests and the like are left out if there is anything else.
    """
    if tree.has_init(SRC):
        raise BuildNeededError(f"{SRC}__init__ makes a package of {SRC}, which holds the packages.")
    modules = [path for path in tree.files if is_module(path)]
    tops = {_top(path, SRC) for path in modules if path.startswith(SRC)}
    if not tops:
        return None
    named = sorted(top for top in map(_top, modules) if _has_name(find_stem(top), project))
    if named and not any(_has_name(find_stem(top[len(SRC) :]), project) for top in tops):
        raise BuildNeededError(
            f"What to install is not clear: the archive has {named[0]} and {SRC}."
        )
    tops = {top for top in tops if not is_apart(top[len(SRC) :])} or tops
    if len({find_stem(top) for top in tops}) > TOP_LEVEL_NAME_LIMIT:
        raise BuildNeededError(f"{SRC} has more than {TOP_LEVEL_NAME_LIMIT} packages and modules.")
    return SdistLayout(dict.fromkeys(tops, SRC))


def _top(path: str, base: str = "") -> str:
    """Return the module at `path`, or the top-level directory below `base` that it is in."""
    first, slash, _ = path[len(base) :].partition("/")
    return base + first + slash


def _find_by_name(tree: FileTree, project: str) -> SdistLayout | None:
    """Return the package or module at the top, or in a namespace there, that the project names."""
    found = set()
    for path in filter(is_module, tree.files):
        top = _top(path)
        if _has_name(find_stem(top), project):
            found.add(top)
        elif "/" in path and not tree.has_init(top):
            below = _top(path, top)
            if _has_name(f"{find_stem(top)}-{find_stem(below[len(top) :])}", project):
                found.add(below)
    bases = _choose(found)
    others = (tree.packages | tree.find_tops()) - found
    return SdistLayout(bases, tuple(sorted(others))) if bases else None


def _has_name(name: str, project: str) -> bool:
    """Return whether `name` is that of `project`; "micropython" before or after does not count."""
    return _bare(canonicalize_name(name)) == _bare(project)


def _bare(name: str) -> str:
    prefix, suffix = f"{_AFFIX}-", f"-{_AFFIX}"
    return name.removeprefix(prefix) if name.startswith(prefix) else name.removesuffix(suffix)


def _find_only_one(tree: FileTree) -> SdistLayout:
    """Return the one package at the top, or the one module if no other directory has Python."""
    found = tree.packages | tree.find_tops()
    if not found:
        raise BuildNeededError("The archive has no module and no package at its top, or in src.")
    if not tree.packages:
        tops = {top for top in tree.python if top.count("/") == 1 and not is_apart(top)}
        found |= tops - {f"{find_stem(path)}/" for path in found}
    return SdistLayout(_choose(found))


def _choose(found: Collection[str]) -> dict[str, str]:
    """Return the layout of the modules or packages `found`. They may only have one name.

    Raises BuildNeededError for more names.
    """
    ordered = sorted(found)
    if len({find_stem(top) for top in ordered}) > 1:
        shown = ", ".join(ordered[:_SHOWN]) + (", …" if len(ordered) > _SHOWN else "")
        raise BuildNeededError(f"What to install is not clear: the archive has {shown}.")
    return dict.fromkeys(ordered, "")

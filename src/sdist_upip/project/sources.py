"""Reading the files of a project: regular files only, and never from outside the project."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import ProjectError
from ..member_paths import parents
from .leftovers import OUTPUT_DIRECTORIES
from .links import walk_directories

_HOST_DIRECTORIES = frozenset({"__pycache__", "node_modules"})
_BYTECODE = (".pyc", ".pyo")


def normalize_source(path: str | os.PathLike[str]) -> str:
    """Return `path` relative to the project, the current directory, with `/` and as few `..`."""
    path = os.fspath(path)
    if posixpath.isabs(path) or Path(path).is_absolute():
        with suppress(ValueError):  # on another drive
            path = os.path.relpath(path)
    return posixpath.normpath(path.replace(os.sep, "/"))


def read_source(directory: Path, source: str) -> bytes:
    """Return the content of the project file `source`, a `/`-separated path below `directory`.

    Symlinks are followed. Raises ProjectError if the file is missing, not regular, outside the
    project or not readable, and if its name is not UTF-8.
    """
    path = directory / source
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        raise ProjectError(
            f"{source!r}: the file name is not valid UTF-8. Rename the file."
        ) from None
    try:
        real = os.path.realpath(path, strict=True)
        mode = Path(real).stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise ProjectError(
                f"{source!r} is a symlink to {str(path.readlink())!r}, which does not exist. "
                "Correct or remove the symlink."
            ) from None
        raise ProjectError(
            f"{source!r} is declared but does not exist. Add the file or remove the declaration."
        ) from None
    except OSError as error:
        raise ProjectError(f"Cannot read {source!r}: {error}. Fix or exclude the file.") from error
    root = os.path.realpath(directory).rstrip(os.sep)
    if not f"{real}{os.sep}".startswith(f"{root}{os.sep}"):
        raise ProjectError(
            f"{source!r} is outside the project, at {real!r}. Copy the file into the project."
        )
    if not stat.S_ISREG(mode):
        raise ProjectError(
            f"{source!r}: expected a regular file, got {_kind(mode)}. Remove or exclude it."
        )
    try:
        return Path(real).read_bytes()
    except OSError as error:
        raise ProjectError(f"Cannot read {source!r}: {error}. Fix or exclude the file.") from error


def measure_source(directory: Path, source: str) -> int:
    """Return the size of the project file `source` in bytes, or 0 if it is not a regular file."""
    path = directory / source
    return path.stat().st_size if path.is_file() else 0


def walk_sources(directory: Path, below: str = ".", hidden: bool = False) -> Iterator[str]:
    """Yield the files below `directory`/`below`, sorted, as `/`-separated paths in `directory`.

    Output of tools is skipped: `build` and `dist` at the top, virtual environments,
    `node_modules`, `__pycache__`, `*.egg-info`, `*.pyc`, `*.pyo`. Names that begin with a dot are
    skipped unless `hidden`. Symlinks to directories are followed, but not back. Dangling symlinks
    and special files are yielded too, so that reading them reports an error.
    """
    for here, directories, files in walk_directories(directory / below):
        directories[:] = [
            name
            for name in directories
            if (hidden or not name.startswith("."))
            and not (here == directory and name in OUTPUT_DIRECTORIES)
            and not _belongs_to_tools(here / name)
        ]
        place = "" if here == directory else f"{here.relative_to(directory).as_posix()}/"
        for name in files:
            if (hidden or not name.startswith(".")) and not name.endswith(_BYTECODE):
                yield f"{place}{name}"


def is_unusable(directory: Path, source: str) -> bool:
    """Return whether `read_source` refuses the name or the kind of `source`."""
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return not (directory / source).is_file()


def is_in_environment(directory: Path, source: str) -> bool:
    """Return whether `source` is in a virtual environment below `directory`."""
    return any(directory.joinpath(parent, "pyvenv.cfg").exists() for parent in parents(source))


def _belongs_to_tools(directory: Path) -> bool:
    return (
        directory.name in _HOST_DIRECTORIES
        or directory.name.endswith(".egg-info")
        or (directory / "pyvenv.cfg").exists()
    )


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "a special file")


def find_module_file(project: Path, module: str, directories: Iterable[str]) -> str | None:
    """Return the file of `module`, a dotted name, in one of `directories`, or None.

    The directories and the result are paths below `project` with `/`, "" for `project` itself. A
    module that is not at its dotted name is looked for by the last part of it.
    """
    path = module.replace(".", "/")
    for name in dict.fromkeys((path, path.rpartition("/")[2])):
        for directory in directories:
            stem = f"{directory}/{name}" if directory else name
            for file in (f"{stem}.py", f"{stem}/__init__.py"):
                if (project / file).is_file():
                    return file
    return None

"""Reading the project's files: regular ones only, and never from outside the project."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import ProjectError

_HOST_DIRECTORIES = frozenset({"__pycache__", "node_modules"})
_BYTECODE = (".pyc", ".pyo")
_OUTPUT_DIRECTORIES = frozenset({"build", "dist"})


def normalize_source(path: str) -> str:
    """Return `path` relative to the current directory, the project's, with `/` and as few `..`."""
    if posixpath.isabs(path) or Path(path).is_absolute():
        with suppress(ValueError):  # on another drive
            path = os.path.relpath(path)
    return posixpath.normpath(path.replace(os.sep, "/"))


def read_source(directory: Path, source: str) -> bytes:
    """Return the content of the project file `source`, a `/`-separated path below `directory`.

    A symlink gives the content of what it points to. Raises ProjectError for a file that is
    missing, not regular, outside the project or not readable, and for a name that is no UTF-8.
    """
    path = directory / source
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        raise ProjectError(
            f"{source!r}: the file name is not valid UTF-8; rename the file"
        ) from None
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise ProjectError(
                f"{source!r} is a symlink to {str(path.readlink())!r}, which does not exist; "
                "mend or remove it"
            ) from None
        raise ProjectError(
            f"{source!r} is declared, but there is no such file; add it or remove the declaration"
        ) from None
    except (OSError, RuntimeError) as error:
        raise ProjectError(f"{source!r} cannot be read: {error}; mend or exclude it") from error
    if not real.is_relative_to(directory.resolve()):
        raise ProjectError(
            f"{source!r} leads outside the project, to {str(real)!r}; "
            "copy the file into the project"
        )
    if not stat.S_ISREG(mode):
        raise ProjectError(
            f"{source!r} is {_kind(mode)}, and an archive holds regular files only; "
            "remove or exclude it"
        )
    try:
        return real.read_bytes()
    except OSError as error:
        raise ProjectError(f"{source!r} cannot be read: {error}; mend or exclude it") from error


def measure_source(directory: Path, source: str) -> int:
    """Return the size of the project file `source` in bytes, 0 for what is no regular file."""
    path = directory / source
    return path.stat().st_size if path.is_file() else 0


def walk_sources(directory: Path, below: str = ".", hidden: bool = False) -> Iterator[str]:
    """Yield every file below the project directory `below`, sorted, `/`-separated, from
    `directory`.

    Passed over are what tools make (`build` and `dist` at the top, virtual environments,
    `node_modules`, `__pycache__`, `*.egg-info`, `*.pyc`, `*.pyo`) and, unless `hidden`, names that
    begin with a dot. Symlinks to directories are followed, but not upwards. What is neither a
    directory nor a regular file (a dangling symlink, a socket) is yielded too, so that reading can
    complain.
    """
    for parent, directories, files in os.walk(directory / below, followlinks=True):
        here = Path(parent)
        directories[:] = sorted(
            name
            for name in directories
            if (hidden or not name.startswith("."))
            and not (here == directory and name in _OUTPUT_DIRECTORIES)
            and not _belongs_to_tools(here / name)
            and not here.resolve().is_relative_to((here / name).resolve())
        )
        for name in sorted(files):
            if (hidden or not name.startswith(".")) and not name.endswith(_BYTECODE):
                yield (here.relative_to(directory) / name).as_posix()


def is_unusable(directory: Path, source: str) -> bool:
    """Tell whether `source` has a name or a kind that `read_source` refuses."""
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return not (directory / source).is_file()


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

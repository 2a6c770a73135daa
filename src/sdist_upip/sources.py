"""Reading the project's files: regular ones only, and never from outside the project."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .errors import ProjectError


def normalise_source(path: str) -> str:
    """Return `path`, relative to the project, with `/` and without `.` segments."""
    return PurePosixPath(path.replace(os.sep, "/")).as_posix()


def read_source(folder: Path, source: str) -> bytes:
    """Return the content of the project file `source`, a `/`-separated path below `folder`.

    A symlink gives the content of what it points to. Raises ProjectError for a file that is
    missing, not regular, outside the project or not readable, and for a name that is no UTF-8.
    """
    path = folder / source
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
    if not real.is_relative_to(folder.resolve()):
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


def measure_source(folder: Path, source: str) -> int:
    """Return the size of the project file `source` in bytes, 0 for what is no regular file."""
    path = folder / source
    return path.stat().st_size if path.is_file() else 0


def walk_sources(folder: Path, below: str = ".") -> Iterator[str]:
    """Yield every file below the project folder `below`, sorted, `/`-separated, from `folder`.

    Hidden files, `__pycache__` and `*.egg-info` are passed over. What is neither a folder nor a
    regular file (a dangling symlink, a socket) is yielded too, so that reading it can complain.
    """
    for parent, folders, files in os.walk(folder / below):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name != "__pycache__" and not name.endswith(".egg-info")
        )
        relative = Path(parent).relative_to(folder)
        for name in sorted(files):
            if not name.startswith("."):
                yield (relative / name).as_posix()


def is_unusable(folder: Path, source: str) -> bool:
    """Tell whether `source` has a name or a kind that `read_source` refuses."""
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return not (folder / source).is_file()


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "a special file")

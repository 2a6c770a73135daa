"""Regular files of this computer, read within a limit. Nothing else is opened.

A FIFO blocks, a device may have no end, and opening some devices has an effect.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from ..errors import OutputError
from ..limits import TEXT_LIMIT

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""Without waiting, should a FIFO come to the path after the first look at it."""


def open_regular(path: Path) -> BinaryIO:
    """Return the regular file at `path`, open for reading. Raises OSError, also for other kinds."""
    _check(path, path.stat().st_mode)
    descriptor = os.open(path, _FLAGS)
    try:
        _check(path, os.fstat(descriptor).st_mode)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_start(path: Path, most: int) -> bytes:
    """Return at most `most` bytes from the start of the regular file at `path`. Raises OSError.

    read() takes the memory that it is asked for, so it is asked for no more than the file has.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(min(size + 1, most))
        if len(data) > size:  # the file grows, or does not state its size
            data += file.read(most - len(data))
    return data


def read_regular(path: Path, limit: int) -> bytes:
    """Return the content of the regular file at `path`.

    Raises OSError, also for other kinds and for a file of more than `limit` bytes.
    """
    data = read_start(path, limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"The file has more than {limit:,} bytes", str(path))
    return data


def read_present(path: Path) -> bytes | None:
    """Return the content of a file, None if there is no file. Raises OutputError."""
    try:
        return None if path.is_dir() else read_regular(path, TEXT_LIMIT)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OutputError(
            f"Cannot read {path}: {error.strerror}. Check its permissions."
        ) from error


def refuse_irregular(path: Path) -> None:
    """Raise OSError if `path` is there and is neither a regular file nor a link to one."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    _check(path, mode)


def _check(path: Path, mode: int) -> None:
    if S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
    if not S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(path))

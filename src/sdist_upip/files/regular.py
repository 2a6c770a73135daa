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
_CHUNK = 1 << 16


def open_regular(path: Path | str) -> BinaryIO:
    """Return the regular file at `path`, open for reading. Raises OSError, also for other kinds."""
    descriptor, _ = _open(path)
    try:
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_start(path: Path | str, most: int) -> bytes:
    """Return at most `most` bytes from the start of the regular file at `path`. Raises OSError.

    read() takes the memory that it is asked for, so it is asked for no more than the file has.
    """
    descriptor, size = _open(path)
    try:
        data = os.read(descriptor, min(size + 1, most))
        if len(data) == size:
            return data
        found = bytearray(data)  # the file grows, or does not state its size
        while more := os.read(descriptor, min(max(size, _CHUNK), most - len(found))):
            found += more
        return bytes(found)
    finally:
        os.close(descriptor)


def read_regular(path: Path | str, limit: int) -> bytes:
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


def _open(path: Path | str) -> tuple[int, int]:
    """Return a descriptor of the regular file at `path`, and its size."""
    _check(path, os.stat(path).st_mode)
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        _check(path, status.st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status.st_size


def _check(path: Path | str, mode: int) -> None:
    if S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
    if not S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(path))

"""Files that sdist-upip wrote itself, read back: regular files, never links, of limited size."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from stat import S_ISREG

from ..limits import TEXT_LIMIT
from .regular import read_regular

NO_SUCH_NAMES = frozenset({errno.EINVAL, errno.EILSEQ, errno.ENAMETOOLONG})
"""Errors of a file system that cannot have a file of that name. Trying again does not help."""

LOST = frozenset({errno.EIO})
"""Errors of a medium that has lost data, as the FAT of a board after a power cut."""


def read_plain(path: Path | str) -> bytes:
    """Return the content of a file. Raises OSError.

    Raises ValueError with the defect for a link, a FIFO, a device, a directory, and for more than
    TEXT_LIMIT bytes. Nothing of these is opened. Raises ValueError, too, for data that the medium
    has lost.
    """
    try:
        if not is_plain(path):
            raise ValueError("it is not a regular file")
    except OSError as error:
        if error.errno in NO_SUCH_NAMES:
            raise ValueError("the file system cannot have it") from error
        raise
    try:
        return read_regular(path, TEXT_LIMIT)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise ValueError(f"it has more than {TEXT_LIMIT:,} bytes") from error
        if error.errno in LOST:
            raise ValueError("its data cannot be read") from error
        raise


def is_plain(path: Path | str) -> bool:
    """Return whether `path` is a regular file and not a link. Raises OSError."""
    return S_ISREG(os.lstat(path).st_mode)


def is_possible(path: Path | str) -> bool:
    """Return whether the file system can have a file of that name. Raises OSError."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        if error.errno in NO_SUCH_NAMES:
            return False
        raise
    return True

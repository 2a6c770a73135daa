"""Files that sdist-upip wrote itself, read back: regular files, never links, of limited size."""

from __future__ import annotations

import errno
from pathlib import Path
from stat import S_ISREG

from ..limits import SIZE_LIMIT
from ..member_paths import parents

NO_SUCH_NAMES = frozenset({errno.EINVAL, errno.EILSEQ, errno.ENAMETOOLONG})
"""Errors of a file system that cannot have a file of that name. Trying again does not help."""


def read_plain(path: Path) -> bytes:
    """Return the content of a file. Raises OSError.

    Raises ValueError with the defect for a link, a FIFO, a device, a directory, and for more than
    SIZE_LIMIT bytes. Nothing of these is opened.
    """
    status = path.lstat()
    if not S_ISREG(status.st_mode):
        raise ValueError("it is not a regular file")
    if status.st_size > SIZE_LIMIT:
        raise ValueError(f"it has more than {SIZE_LIMIT:,} bytes")
    return path.read_bytes()


def is_plain(path: Path) -> bool:
    """Return whether `path` is a regular file and not a link. Raises OSError."""
    return S_ISREG(path.lstat().st_mode)


def find_link(root: Path, path: str) -> Path | None:
    """Return a symbolic link among the directories above `root`/`path`, below `root`, or None."""
    return next((root / one for one in parents(path) if (root / one).is_symlink()), None)

"""Rules of upip and of this computer for paths below the install directory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

RECORDS = ".upip"
"""The directory of the records, below the install directory."""

_WINDOWS_DEFECT = re.compile(r'[<>:"|?*]|[. ](/|$)')


def is_plain(path: str) -> bool:
    """Return whether upip accepts `path`: names separated by `/`, without control characters.

    The segments `.` and `..`, empty segments and backslashes are not accepted.
    """
    return not any(
        part in ("", ".", "..") or "\\" in part or min(part) < " " for part in path.split("/")
    )


def is_installable(path: str) -> bool:
    """Return whether upip can have installed a file at `path`."""
    return is_plain(path) and path.partition("/")[0].lower() != RECORDS


def find_host_defect(path: str, system: str = os.name) -> str | None:
    """Return why this computer cannot create a file at the plain `path`, or None if it can.

    On Windows `C:x` is on another drive, and `x:y` is a stream of x. Windows removes a dot or a
    blank at the end of a name.
    """
    if system == "nt" and (match := _WINDOWS_DEFECT.search(path)):
        return f"Windows does not allow {match[0].rstrip('/')!r} in a name"
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return "the file system's encoding does not have these characters"
    return None


def parents(path: str) -> Iterator[str]:
    """Yield the directories above `path`, the nearest first."""
    path = path.rpartition("/")[0]
    while path:
        yield path
        path = path.rpartition("/")[0]

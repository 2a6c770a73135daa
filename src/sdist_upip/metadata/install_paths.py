"""Paths below the directory of installed packages: which ones upip takes, and this computer."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

RECORDS = ".upip"
"""The directory of the records, below the directory that packages are installed to."""

_WINDOWS_DEFECT = re.compile(r'[<>:"|?*]|[. ](/|$)')


def is_plain(path: str) -> bool:
    """Tell whether upip takes `path`: names and `/`, nothing that leads elsewhere or is no text."""
    return not any(
        part in ("", ".", "..") or "\\" in part or min(part) < " " for part in path.split("/")
    )


def is_installable(path: str) -> bool:
    """Tell whether upip can have installed a file at `path`."""
    return is_plain(path) and path.partition("/")[0].lower() != RECORDS


def find_host_defect(path: str, system: str = os.name) -> str | None:
    """Say why no file at the plain `path` can be made on this computer, or return None if it can.

    On Windows `C:x` is on another drive, `x:y` is a stream of x, and a dot or a blank at the end
    of a name is dropped.
    """
    if system == "nt" and (match := _WINDOWS_DEFECT.search(path)):
        return f"Windows takes no name with {match[0].rstrip('/')!r} there"
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return "the file system's encoding has no such letters"
    return None


def parents(path: str) -> Iterator[str]:
    """Yield the directories above `path`, the nearest first."""
    path = path.rpartition("/")[0]
    while path:
        yield path
        path = path.rpartition("/")[0]

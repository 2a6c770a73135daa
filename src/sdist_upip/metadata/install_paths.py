"""Rules of this computer for paths below the install directory."""

from __future__ import annotations

import os
import re

_WINDOWS_DEFECT = re.compile(r'[<>:"|?*]|[. ](/|$)')


def find_host_defect(path: str, system: str = os.name) -> str | None:
    """Return why this computer cannot create a file at the plain `path`, or None if it can.

    On Windows `C:x` is on another drive, and `x:y` is a stream of x. Windows removes a dot or a
    blank at the end of a name.
    """
    if system == "nt" and (match := _WINDOWS_DEFECT.search(path)):
        return f"Windows does not allow {match[0].rstrip('/')!r} in a name"
    try:
        if not path.isascii():
            os.fsencode(path)
    except UnicodeEncodeError:
        return "the file system's encoding does not have these characters"
    return None

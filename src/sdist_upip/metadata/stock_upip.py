"""The rules of stock upip (MicroPython up to 1.19) for the members of an archive, by path.

Source: `install_tar` of tools/upip.py in MicroPython 1.19.
"""

from __future__ import annotations

import re

INSTALL = "install"
SKIP = "skip"
DEPENDENCIES = "dependencies"

DEPENDENCY_LINE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:==[A-Za-z0-9.!+_-]+)?")
"""The lines of `requires.txt` that upip can look up: `name` or `name==version`, no spaces."""

_SKIPPED = ("setup.", "PKG-INFO", "README")


def action_on(path: str) -> str:
    """Return INSTALL, SKIP or DEPENDENCIES for the member at `path` below the root directory.

    DEPENDENCIES means that upip reads the names of further packages from the member, and does not
    install the member.
    """
    if not path.startswith(_SKIPPED) and ".egg-info" not in path:
        return INSTALL
    return DEPENDENCIES if path.endswith("/requires.txt") else SKIP


def is_module(path: str) -> bool:
    """Return whether MicroPython can import the file at `path`."""
    return path.endswith((".py", ".mpy"))

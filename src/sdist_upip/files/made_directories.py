"""Directories that are created for a file, and removed again if writing the file fails."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def find_missing(directory: Path) -> list[Path]:
    """Return the directories to create for `directory`, itself first."""
    return [place for place in (directory, *directory.parents) if not place.exists()]


def remove_made(directories: Iterable[Path]) -> None:
    """Remove `directories` in this order. Stop at one that is not empty or cannot be removed."""
    with suppress(OSError):  # another process may have written a file there
        for directory in directories:
            directory.rmdir()

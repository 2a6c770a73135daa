"""Directories that are made for a file, and removed again if the file does not come to be."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def find_missing(directory: Path) -> list[Path]:
    """Return the directories that have to be made for `directory`, itself first."""
    return [place for place in (directory, *directory.parents) if not place.exists()]


def remove_made(directories: Iterable[Path]) -> None:
    """Remove `directories`, in this order, up to one that is not empty or cannot be removed."""
    with suppress(OSError):  # others may have put something there
        for directory in directories:
            directory.rmdir()

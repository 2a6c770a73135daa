"""Folders that are made for a file, and removed again if the file does not come to be."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def find_missing(folder: Path) -> list[Path]:
    """Return the folders that have to be made for `folder`, itself first."""
    return [place for place in (folder, *folder.parents) if not place.exists()]


def remove_made(folders: Iterable[Path]) -> None:
    """Remove `folders`, in this order, up to one that is not empty or cannot be removed."""
    with suppress(OSError):  # others may have put something there
        for folder in folders:
            folder.rmdir()

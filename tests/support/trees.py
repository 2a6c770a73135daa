"""Directories and archives as dicts from path to content."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path


class Scan:
    """The result of os.scandir, with these entries."""

    def __init__(self, entries: list[os.DirEntry[str]]) -> None:
        self.entries = iter(entries)

    def __iter__(self) -> Scan:
        return self

    def __next__(self) -> os.DirEntry[str]:
        return next(self.entries)

    def __enter__(self) -> Scan:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        """Do nothing: the entries are known."""


def write_tree(directory: Path, files: dict[str, str | bytes]) -> Path:
    """Write `files` (path → text or bytes) below `directory`."""
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return directory


def read_tree(directory: Path) -> dict[str, bytes]:
    """Return every file and empty directory below `directory`."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(directory.rglob("*"))
        if not path.is_dir() or not any(path.iterdir())
    }


def read_members(archive: Path) -> dict[str, bytes]:
    """Return the members of `archive`, in order, without their root directory."""
    with tarfile.open(archive) as tar:
        return {
            member.name.partition("/")[2]: tar.extractfile(member).read()
            for member in tar.getmembers()
        }

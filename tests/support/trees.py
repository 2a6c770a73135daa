"""Directories and archives as dicts from path to content."""

from __future__ import annotations

import tarfile
from pathlib import Path


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

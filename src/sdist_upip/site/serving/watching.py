"""Files on this computer that a site is built from, and whether they changed."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from stat import S_ISDIR

_SKIPPED = frozenset({"build", "dist", "node_modules", "venv"})
"""Directories in that of a project which it is not built from. Packages may have these names."""

State = dict[str, tuple[int, int]]


def read_state(paths: Iterable[Path]) -> State:
    """Return the time and size of each file at or below `paths`. Equal states mean no change.

    Files that are missing or cannot be read are skipped.
    """
    state: State = {}
    for path in paths:
        try:
            info = path.stat()
        except OSError:
            continue
        if S_ISDIR(info.st_mode):
            state.update(_walk(path, _SKIPPED))
        else:
            state[str(path)] = (info.st_mtime_ns, info.st_size)
    return state


def _walk(directory: Path, skipped: Container[str] = ()) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        with os.scandir(directory) as scan:
            entries = list(scan)
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in skipped and not _is_generated(entry.name):
                    yield from _walk(Path(entry.path))
            else:
                info = entry.stat()
                yield entry.path, (info.st_mtime_ns, info.st_size)
        except OSError:
            continue


def _is_generated(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__" or name.endswith(".egg-info")

"""Which files of a project git does not track, so that its repository does not have them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path


def find_untracked(project: Path, sources: Iterable[str]) -> list[str]:
    """Return the files among `sources`, paths below the directory `project`, that git does not
    track, sorted. The result is empty without git, and in a directory that is not a work tree."""
    command = ["git", "-c", "core.fsmonitor=false", "ls-files", "-z"]
    try:
        result = subprocess.run(command, cwd=project, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    tracked = {name.decode("utf-8", "surrogateescape") for name in result.stdout.split(b"\0")}
    return sorted({*sources} - tracked)

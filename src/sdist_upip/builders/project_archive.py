"""A project's directory → its device archive, built in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..errors import ProjectError


def build_project(project: Path, directory: Path) -> tuple[Path, str]:
    """Build `project` into the empty `directory`; return the archive and what the build told.

    One project's setup.py and plug-ins do not meet another's so. Raises ProjectError.
    """
    command = [sys.executable, "-m", "sdist_upip", "build", str(project), "-o", str(directory)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if result.returncode:
        reason = result.stderr.strip().rpartition("error: ")[2]
        raise ProjectError(f"{project} cannot be built: {reason}")
    (archive,) = directory.glob("*.tar.gz")
    return archive, f"{result.stderr}{result.stdout}"

"""A project's directory → its device archive, built in a separate process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..errors import ProjectError


def build_project(project: Path, directory: Path) -> tuple[Path, str]:
    """Build `project` into the empty `directory`; return the archive and the output of the build.

    The process keeps setup.py and plug-ins of one project apart from those of another. It starts in
    `directory`, since Python imports modules of the current directory first: a project has a
    pkgutil.py, or a copy of the legacy sdist_upip.py. Raises ProjectError.
    """
    source, outdir = str(project.absolute()), str(directory.absolute())
    result = subprocess.run(
        [sys.executable, "-m", "sdist_upip", "build", source, "-o", outdir],
        cwd=directory,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if result.returncode:
        reason = result.stderr.strip().rpartition("error: ")[2]
        raise ProjectError(f"{project} cannot be built: {reason}")
    (archive,) = directory.glob("*.tar.gz")
    return archive, f"{result.stderr}{result.stdout}"

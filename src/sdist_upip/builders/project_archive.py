"""A project's directory → its device archive, built in a separate process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..errors import ProjectError


def build_project(project: Path, directory: Path) -> tuple[Path, list[str]]:
    """Build `project` into the empty `directory`; return the archive and the lines of the
    output of the build.

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
        raise ProjectError(f"{project} cannot be built: {read_reason(result.stderr)}")
    (archive,) = directory.glob("*.tar.gz")
    return archive, f"{result.stderr}{result.stdout}".splitlines()


def read_reason(errors: str) -> str:
    """Return the message of the last error in what `sdist-upip` printed on standard error.

    No text from elsewhere begins a line there, so a line with `error: ` is the message.
    """
    lines = errors.strip().splitlines() or ["no reason given"]
    starts = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    message = lines[starts[-1] :] if starts else lines[-1:]
    return " ".join(line.strip() for line in message).removeprefix("error: ")

"""Commands in their own processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(*command: object, cwd: Path, **environ: str) -> subprocess.CompletedProcess:
    """Run `command` in the environment of the tests. Return its output and its exit code."""
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def run_python(*arguments: object, cwd: Path, **environ: str) -> subprocess.CompletedProcess:
    """Run the Python of the tests."""
    return run(sys.executable, *arguments, cwd=cwd, **environ)


def read_terminal(parent: int) -> bytes:
    """Return all that programs write to a terminal, of which `parent` is our side, and close it."""
    output = b""
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # the end of a terminal on Linux
            break
        if not chunk:
            break
        output += chunk
    os.close(parent)
    return output

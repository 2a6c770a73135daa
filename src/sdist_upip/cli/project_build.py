"""The archive of a project, built by its own build system for a command that needs the result."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProjectError, SdistUpipError
from ..messages.logs import quiet_library
from ..messages.output import print_message, programs_on_stderr
from ..pyproject import LEGACY_BACKEND, BuildSystem, find_missing, read_build_system
from .settings import Settings

if TYPE_CHECKING:
    from ..builders.builder import BuildResult

_OF_SETUPTOOLS = r".*\b(setuptools|_distutils_hack|distutils|wheel)\b"
_SETUPTOOLS = frozenset({"setuptools.build_meta", LEGACY_BACKEND, "sdist_upip.build_meta"})


def is_project(directory: Path) -> bool:
    """Return whether `directory` has a file that declares a project."""
    names = ("pyproject.toml", "setup.py", "setup.cfg")
    return any((directory / name).is_file() for name in names)


def refuse_no_project(project: Path) -> None:
    """Raise ProjectError if `project` is not the directory of a project."""
    if not is_project(project):
        raise ProjectError(
            f"{project} is not a project: pyproject.toml, setup.py and setup.cfg are "
            "missing. Pass the project directory."
        )


def build_here(
    project: Path, outdir: Path, settings: Settings, *, isolated: bool = True, verbose: bool = False
) -> BuildResult:
    """Write the device archive of the project in the directory `project` to `outdir`.

    setuptools runs in this process, any other backend in one of its own. Raises SdistUpipError, and
    SystemExit with the message if setuptools reports an error. `verbose` also prints tracebacks.
    """
    system = read_build_system(project)
    if system.backend not in _SETUPTOOLS:
        from ..builders.from_wheel import build_with_backend

        return build_with_backend(project, outdir, settings, isolated=isolated, verbose=verbose)
    _refuse_unmet(system)
    if not verbose:
        settings.setdefault("--global-option", ["-q"])
    # Imports setuptools, which must not find modules of the project.
    from ..build_meta import build_archive
    from ..builders.failures import cause_lines

    with programs_on_stderr(), _inside(project, system):
        try:
            # Its warnings are about itself, and hide the error after them.
            quiet = quiet_library(_OF_SETUPTOOLS, ("setuptools", "discovery.py"))
            with contextlib.nullcontext() if verbose else quiet:
                return build_archive(outdir, settings)
        except SdistUpipError as error:
            if verbose:
                print_message(*cause_lines(error))
            raise


def _refuse_unmet(system: BuildSystem) -> None:
    missing = find_missing(system.requires)
    if missing:
        raise ProjectError(
            f"The build requires {', '.join(missing)}, which is not installed. "
            "Install it next to sdist-upip, or run python -m build --sdist."
        )


@contextlib.contextmanager
def _inside(project: Path, system: BuildSystem) -> Iterator[None]:
    """Work in the project directory, from which scripts of the legacy backend may import.

    The directory comes after the standard library, since setuptools imports modules when it needs
    them, and a project may have a module for boards of the same name.
    """
    directory, path = Path.cwd(), list(sys.path)
    os.chdir(project)
    if system.backend == LEGACY_BACKEND:
        sys.path.insert(_end_of_library(), str(project))
    try:
        yield
    finally:
        sys.path[:] = path
        os.chdir(directory)


def _end_of_library() -> int:
    """Return the position in sys.path after the directories of the standard library."""
    library = Path(os.__file__).parent
    directories = (str(library), str(library / "lib-dynload"))
    return max((n for n, entry in enumerate(sys.path, 1) if entry in directories), default=0)

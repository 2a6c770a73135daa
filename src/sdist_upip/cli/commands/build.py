"""`sdist-upip build`: build the device archive of a project and print a summary."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigError, ProjectError, SdistUpipError
from ...messages.logs import quiet_library
from ...messages.output import print_message, print_result, programs_on_stderr
from ...pyproject import LEGACY_BACKEND, BuildSystem, find_missing, read_build_system
from ..settings import Settings, add_settings, read_settings

if TYPE_CHECKING:
    from ...builders.builder import BuildResult

_HINT = (
    "hint: upip can install this archive, but pip and tox cannot. Pass --pip-compatible for an "
    "archive that all of them can install (docs/how-to/pip-and-tox.md)."
)
_OF_SETUPTOOLS = r".*\b(setuptools|_distutils_hack|distutils|wheel)\b"
_SETUPTOOLS = frozenset({"setuptools.build_meta", LEGACY_BACKEND, "sdist_upip.build_meta"})


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `build`."""
    parser = subparsers.add_parser(
        "build",
        help="build the device archive of a project",
        description="Build the device archive of a project, and print its contents.",
    )
    parser.add_argument(
        "project",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="PROJECT",
        help="directory of the project [default: the current directory]",
    )
    parser.add_argument(
        "-o",
        "--outdir",
        type=Path,
        metavar="DIR",
        help="directory for the archive [default: PROJECT/dist]",
    )
    add_settings(parser)
    parser.add_argument(
        "--mpy",
        default="",
        metavar="VERSION",
        help="also warn of code that fails on this MicroPython, such as 1.28",
    )
    parser.add_argument(
        "--platform",
        default="",
        metavar="NAME",
        help="also warn of code that fails on boards with this sys.platform, such as rp2 or esp32",
    )
    parser.add_argument(
        "--no-isolation",
        dest="isolation",
        action="store_false",
        help="run the backend in this environment, not in an isolated one. setuptools always runs "
        "in this environment",
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show the output of the backend, and the traceback of an error in the build files",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build, and print the path of the archive, its contents and the excluded files."""
    from ...builders.builder import render_summary

    project = options.project.absolute()
    if not any((project / name).is_file() for name in ("pyproject.toml", "setup.py", "setup.cfg")):
        raise ProjectError(
            f"{options.project} is not a project: pyproject.toml, setup.py and setup.cfg are "
            "missing. Pass the project directory."
        )
    settings = read_settings(options)
    if options.mpy or options.platform:
        settings["targets"] = _read_target(options)
    outdir = (options.outdir or options.project / "dist").absolute()
    build = _build(project, outdir, settings, options)
    print_result(*render_summary(build))
    if build.archive.release.get("setup.py") is None:
        print_message(_HINT)
    return 0


def _read_target(options: argparse.Namespace) -> str:
    """Return the target that --mpy and --platform name."""
    from ...ports.firmware import make_firmware

    if options.targets:
        raise ConfigError("--targets cannot be used with --mpy and --platform. Pass one of them.")
    make_firmware(options.mpy, options.platform)
    return ":".join(filter(None, [options.mpy, options.platform]))


def _build(
    project: Path, outdir: Path, settings: Settings, options: argparse.Namespace
) -> BuildResult:
    system = read_build_system(project)
    if system.backend not in _SETUPTOOLS:
        from ...builders.from_wheel import build_with_backend

        return build_with_backend(
            project, outdir, settings, isolated=options.isolation, verbose=options.verbose
        )
    _refuse_unmet(system)
    if not options.verbose:
        settings.setdefault("--global-option", ["-q"])
    # Imports setuptools, which must not find modules of the project.
    from ...build_meta import build_archive
    from ...builders.failures import cause_lines

    with programs_on_stderr(), _inside(project, system):
        try:
            # Its warnings are about itself, and hide the error after them.
            quiet = quiet_library(_OF_SETUPTOOLS, ("setuptools", "discovery.py"))
            with contextlib.nullcontext() if options.verbose else quiet:
                return build_archive(outdir, settings)
        except SdistUpipError as error:
            if options.verbose:
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

"""`sdist-upip build`: build the device archive of a project and print a summary."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import ConfigError
from ...messages.output import print_message, print_result
from ..project_build import build_here, refuse_no_project
from ..settings import add_settings, read_settings

_HINT = (
    "hint: upip can install this archive, but pip and tox cannot. Pass --pip-compatible for an "
    "archive that all of them can install (docs/how-to/pip-and-tox.md)."
)


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

    refuse_no_project(options.project)
    settings = read_settings(options)
    if options.mpy or options.platform:
        settings["targets"] = _read_target(options)
    outdir = (options.outdir or options.project / "dist").absolute()
    build = build_here(
        options.project.absolute(),
        outdir,
        settings,
        isolated=options.isolation,
        verbose=options.verbose,
    )
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

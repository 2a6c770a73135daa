"""`sdist-upip device`: put what a board needs of us into a folder, to be copied there."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `device`."""
    parser = subparsers.add_parser(
        "device",
        help="write the modules for the device into a folder",
        description="Write the modules for the device, such as pkg_resources, into a folder.",
    )
    parser.add_argument(
        "-p", "--path", type=Path, default=Path("lib"), metavar="DIR", help="[default: lib]"
    )
    parser.add_argument(
        "--mpy", metavar="VERSION", help="compile them for this MicroPython, such as 1.24.1"
    )
    parser.add_argument("--force", action="store_true", help="replace files that differ")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the modules and print where they are.

    MicroPython prefers x.py to x.mpy, so the other form of a module may not stay beside it.
    """
    from ..device_files import compile_modules, read_device_modules
    from ..folder import put_files

    sources = read_device_modules()
    files: dict[str, bytes] = sources
    obsolete: dict[str, bytes | None] = {f"{path[:-3]}.mpy": None for path in sources}
    if options.mpy:
        files, obsolete = compile_modules(sources, options.mpy), dict(sources)
    for path in put_files(options.path, files, obsolete=obsolete, force=options.force):
        print(path)
    return 0

"""`sdist-upip uninstall`: remove packages from a directory."""

from __future__ import annotations

import argparse

from ...messages.output import print_message
from ..attached.options import add_board_options, check_board_usage, open_directory
from ..extras import LOCKS, require_extra
from ..paths import add_path_option


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `uninstall`."""
    parser = subparsers.add_parser(
        "uninstall",
        help="remove packages from a directory or a board",
        description="Remove the files of packages from a directory or a board, all of them or "
        "none. Their dependencies stay.",
    )
    parser.add_argument("names", nargs="+", metavar="NAME", help="an installed package")
    add_path_option(parser, "directory of the packages")
    add_board_options(parser)
    parser.set_defaults(run=run, usage=parser.error, extra="install")


def run(options: argparse.Namespace) -> int:
    """Remove the packages; warn about packages that require them."""
    check_board_usage(options)
    require_extra("install", *LOCKS)
    from ...freeze.frozen_packages import refuse_uninstall

    if options.board is None:
        refuse_uninstall(options.path)
    with open_directory(options, create=False) as directory:
        dependents = directory.find_dependents(options.names)
        importers = directory.find_broken_importers(options.names)
        damaged = directory.uninstall(options.names)
    for name in damaged:
        print_message(
            f"warning: The record of {name} was damaged and is removed. Its files are not known "
            f"and stay in {directory.title}. Remove them by hand."
        )
    for package, name in dependents:
        print_message(
            f"warning: {package} requires {name}, which is no longer installed. "
            f"Install {name} again, or uninstall {package.name} too."
        )
    for package in importers:
        print_message(
            f"warning: {package} imports pkg_resources, which is no longer installed. "
            f"Install {package.name} again, or uninstall it too."
        )
    return 0

"""`sdist-upip list`: the packages that are installed in a directory."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from ...messages.output import print_json, print_message, print_result
from ..attached.options import add_board_options, check_board_usage, open_directory
from ..extras import LOCKS, require_extra
from ..paths import add_path_option


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `list`."""
    parser = subparsers.add_parser(
        "list",
        help="list the packages in a directory or on a board",
        description="Print the name and version of each package in a directory or on a board, "
        "installed or frozen. Missing or modified files are named on standard error.",
    )
    add_path_option(parser, "directory of the packages")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print JSON instead of text, with files, requirements and changed files of installed "
        "packages",
    )
    add_board_options(parser)
    parser.set_defaults(run=run, usage=parser.error, extra="install")


def run(options: argparse.Namespace) -> int:
    """Print the packages."""
    check_board_usage(options)
    require_extra("install", *LOCKS)
    from ...freeze.frozen_packages import read_packages
    from ...installed.directory_lock import lock_directory

    if options.board is None and options.path.is_dir():
        with lock_directory(options.path):
            frozen = read_packages(options.path)
        if frozen:
            _list_frozen(options, *frozen)
            return 0
    with open_directory(options, create=False, wants_importers=False) as directory:
        damaged = directory.damaged()
        found = [package for package in map(directory.get, directory.names()) if package]
        modified = {package.name: directory.modified(package) for package in found}
    for package in found:
        if not options.json:
            print_result(str(package))
        if modified[package.name]:
            paths = ", ".join(modified[package.name])
            print_message(
                f"warning: {package} has modified or missing files: {paths}. "
                "Install the package again to restore them."
            )
    for message in damaged.values():
        print_message(f"warning: {message}")
    if options.json:
        tables = [
            {
                "name": package.name,
                "version": package.version,
                "files": dict(package.files),
                "needs": package.requires,
                "changed": modified[package.name],
            }
            for package in found
        ]
        print_json(tables)
    elif not (found or damaged):
        print_message(f"No packages in {directory.title}.")
    return 0


def _list_frozen(
    options: argparse.Namespace, packages: Mapping[str, str], changed: Sequence[str]
) -> None:
    if changed:
        print_message(
            f"warning: {options.path} has modified or missing files: {', '.join(changed)}. "
            "Freeze the packages again with --force to restore them."
        )
    if options.json:
        print_json([{"name": name, "version": packages[name]} for name in packages])
        return
    for name, version in packages.items():
        print_result(f"{name} {version}")
    if not packages:
        print_message(f"No packages in {options.path}.")

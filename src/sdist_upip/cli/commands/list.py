"""`sdist-upip list`: the packages that are installed in a directory."""

from __future__ import annotations

import argparse

from ...messages.output import print_json, print_message, print_result
from ..extras import LOCKS, require_extra
from ..paths import add_path_option


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `list`."""
    parser = subparsers.add_parser(
        "list",
        help="list the packages in a directory",
        description="Print the name and version of each package in a directory. Missing or "
        "modified files are named on standard error.",
    )
    add_path_option(parser, "directory of the packages")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print JSON instead of text, with files, requirements and changed files",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the packages."""
    require_extra("install", *LOCKS)
    from ...installed.package_directory import PackageDirectory

    with PackageDirectory(options.path, create=False) as directory:
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
        print_message(f"No packages in {options.path}.")
    return 0

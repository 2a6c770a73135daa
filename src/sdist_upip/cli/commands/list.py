"""`sdist-upip list`: what is installed in a directory of packages."""

from __future__ import annotations

import argparse
import json
import sys

from ..extras import require_extra
from ..paths import add_path_option


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `list`."""
    parser = subparsers.add_parser(
        "list",
        help="list the packages in a directory",
        description="Print name and version of each package in a directory, one a line. Files that "
        "are missing or not as they were installed are told on standard error.",
    )
    add_path_option(parser, "the directory that packages are in")
    parser.add_argument(
        "--json", action="store_true", help="print files, requirements and changed files, too"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the packages."""
    require_extra("install", "filelock", "platformdirs")
    from ...installed.package_directory import PackageDirectory

    with PackageDirectory(options.path) as directory:
        found = [record for record in map(directory.record, directory.names()) if record]
        changes = {record.name: directory.changed(record) for record in found}
    for record in found:
        if not options.json:
            print(record.name, record.version)
        if changes[record.name]:
            paths = ", ".join(changes[record.name])
            print(
                f"warning: {record.name} {record.version} is not as it was installed: {paths}; "
                "install it again to put it right",
                file=sys.stderr,
            )
    if options.json:
        tables = [
            {
                "name": record.name,
                "version": record.version,
                "files": dict(record.files),
                "needs": record.needs,
                "changed": changes[record.name],
            }
            for record in found
        ]
        print(json.dumps(tables, indent=2))
    elif not found:
        print(f"no packages in {options.path}", file=sys.stderr)
    return 0

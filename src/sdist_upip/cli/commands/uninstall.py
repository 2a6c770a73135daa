"""`sdist-upip uninstall`: remove packages from a directory."""

from __future__ import annotations

import argparse
import sys

from ..extras import require_extra
from ..paths import add_path_option


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `uninstall`."""
    parser = subparsers.add_parser(
        "uninstall",
        help="remove packages from a directory",
        description="Remove the files of packages from a directory, all of them or none. What they "
        "need stays.",
    )
    parser.add_argument("names", nargs="+", metavar="NAME")
    add_path_option(parser, "the directory that packages are in")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Remove the packages; warn of those that need them."""
    require_extra("install", "filelock", "platformdirs")
    from ...installed.package_directory import PackageDirectory

    with PackageDirectory(options.path) as directory:
        users = directory.users(options.names)
        directory.uninstall(options.names)
    for record, name in users:
        print(
            f"warning: {record.name} {record.version} needs {name}, which is gone; install it "
            f"again, or uninstall {record.name} too",
            file=sys.stderr,
        )
    return 0

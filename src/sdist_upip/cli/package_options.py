"""Options of the commands that take packages from indexes: which packages, and from where."""

from __future__ import annotations

import argparse

from .paths import user_path


def add_package_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name packages, archives and projects, and `-r`."""
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="PACKAGE|ARCHIVE|PROJECT",
        help="a requirement such as 'logging>=1,<2', the path or URL of an archive, or the "
        "directory of a project, with a slash in it, which is built first",
    )
    parser.add_argument(
        "-r",
        "--requirement",
        action="append",
        default=[],
        type=user_path,
        metavar="FILE",
        help="read packages from FILE, one per line (may be given more than once)",
    )


def add_selection_options(parser: argparse.ArgumentParser, *, verb: str, present: str) -> None:
    """Add the options that select releases. `verb` is what the command does with packages, and
    `present` are the packages that are there before, for the help."""
    parser.add_argument("--no-deps", action="store_true", help=f"{verb} no dependencies")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="NAME",
        help="take the dependency NAME as installed, such as a module that the board has built in "
        "(may be given more than once)",
    )
    parser.add_argument("--pre", action="store_true", help="also select pre-releases")
    parser.add_argument(
        "-U",
        "--upgrade",
        action="store_true",
        help="also upgrade dependencies to their newest releases. Without PACKAGE, upgrade all "
        f"{present}",
    )
    parser.add_argument(
        "--platform",
        default="",
        metavar="NAME",
        help="sys.platform of the board, such as rp2 or esp32, for requirements that depend on it",
    )
    parser.add_argument(
        "--convert",
        action="store_true",
        help="build source distributions without a wheel by their own backends, which runs code "
        "of the packages",
    )


def add_index_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the places that packages come from."""
    group = parser.add_argument_group(
        "where packages come from", "By default, the indexes and credentials of pip."
    )
    group.add_argument(
        "-i",
        "--index-url",
        action="append",
        metavar="URL",
        help="simple index, or directory of archives (may be given more than once) [default: "
        "the index of pip]",
    )
    group.add_argument(
        "--extra-index-url",
        action="append",
        default=[],
        metavar="URL",
        help="index to use if the others have no release that fits (may be given more than once)",
    )
    group.add_argument(
        "-f",
        "--find-links",
        action="append",
        default=[],
        metavar="DIR|URL",
        help="directory or page of archives, used before the indexes (may be given more than once)",
    )
    group.add_argument("--no-index", action="store_true", help="use no index")
    group.add_argument(
        "--cache-dir",
        type=user_path,
        metavar="DIR",
        help="directory for downloads [default: the cache directory of the user]",
    )

"""`sdist-upip res`: convert files to a resource module, as mpy_bin2res did."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...messages.output import print_document


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `res`."""
    parser = subparsers.add_parser(
        "res",
        help="convert data files to a resource module",
        description="Print the source of a resource module: R = {name: content} for the files.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a data file")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="file to write [default: standard output]"
    )
    parser.add_argument(
        "--root",
        type=Path,
        metavar="DIR",
        help="directory of the package, which names are relative to [default: names are the paths "
        "as passed]",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print or write the module; a file that is not a resource module is not overwritten."""
    from ...errors import OutputError
    from ...files.atomic import replace_file
    from ...resources.files import read_resources
    from ...resources.module import resource_module

    source = resource_module(read_resources(options.files, options.root))
    target: Path | None = options.output
    if target is None:
        print_document(source)
        return 0
    if target.is_dir():
        raise OutputError(
            f"{target} is a directory. Pass the file to write, such as {target / 'R.py'}."
        )
    if any(target.absolute() == path.absolute() for path in options.files):
        raise OutputError(f"{target} is both input and output. Remove it from the input files.")
    if target.exists() and not _is_resource_file(target):
        raise OutputError(
            f"{target} already exists and is not a resource module. Remove the file to replace it."
        )
    replace_file(target, source)
    return 0


def _is_resource_file(path: Path) -> bool:
    from ...files.regular import read_regular
    from ...limits import TEXT_LIMIT
    from ...resources.module import is_resource_module

    try:
        return is_resource_module(read_regular(path, TEXT_LIMIT))
    except OSError:
        return False

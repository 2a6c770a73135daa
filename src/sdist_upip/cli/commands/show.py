"""`sdist-upip show`: what is in archives, what it costs, and who installs what of it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `show`."""
    parser = subparsers.add_parser(
        "show",
        help="show what is in archives and what each member costs",
        description="Show the members of archives with their sizes, their share of the compressed "
        "bytes, and what stock installers do with them.",
    )
    parser.add_argument("archives", nargs="+", metavar="ARCHIVE", help="a .tar.gz file")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show every archive that can be read; return 1 if one cannot, else 0."""
    from ...check.summary import summarize
    from ...errors import ArchiveError
    from ..color import colors
    from .show_output import as_json, render_inventory

    palette = colors(sys.stdout)
    inventories = []
    failures = 0
    for archive in options.archives:
        try:
            inventories.append(summarize(Path(archive)))
        except ArchiveError as error:
            print(f"error: {colors(sys.stderr).safe(str(error))}", file=sys.stderr)
            failures += 1
    if options.json:
        print(json.dumps(as_json(inventories), indent=2))
    else:
        for index, inventory in enumerate(inventories):
            if index:
                print()
            for line in render_inventory(inventory, palette):
                print(line)
    return int(failures > 0)

"""`sdist-upip show`: the members of archives, their sizes, and what each installer installs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `show`."""
    parser = subparsers.add_parser(
        "show",
        help="show the members of archives and the size of each",
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
    from .show_output import as_json, render_summary

    palette = colors(sys.stdout)
    summaries = []
    failures = 0
    for archive in options.archives:
        try:
            summaries.append(summarize(Path(archive)))
        except ArchiveError as error:
            print(f"error: {colors(sys.stderr).safe(str(error))}", file=sys.stderr)
            failures += 1
    if options.json:
        print(json.dumps(as_json(summaries), indent=2))
    else:
        for index, summary in enumerate(summaries):
            if index:
                print()
            for line in render_summary(summary, palette):
                print(line)
    return int(failures > 0)

"""`sdist-upip show`: the members of archives, their sizes, and what each installer installs."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...messages.output import output_encoding, print_error, print_json, print_result


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
    from .show_output import as_json, render_summary

    summaries = []
    failures = 0
    for archive in options.archives:
        try:
            summaries.append(summarize(Path(archive)))
        except ArchiveError as error:
            print_error(error)
            failures += 1
    if options.json:
        print_json(as_json(summaries))
    else:
        for index, summary in enumerate(summaries):
            print_result(*[""] * bool(index), *render_summary(summary, output_encoding()))
    return int(failures > 0)

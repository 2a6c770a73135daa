"""`sdist-upip show`: the members of archives and images, their sizes, and what becomes of each."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...messages.output import output_encoding, print_error, print_json, print_result


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `show`."""
    parser = subparsers.add_parser(
        "show",
        help="show the members of archives and images, and the size of each",
        description="Show the members of archives with their sizes, their share of the compressed "
        "bytes, and what stock installers do with them. Show the packages and files of images of "
        "ROMFS, and which of them need RAM.",
    )
    parser.add_argument(
        "archives", nargs="+", metavar="ARCHIVE|IMAGE", help="a .tar.gz file or an image of ROMFS"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show every archive and image that can be read; return 1 if one cannot, else 0."""
    from ...check.summary import ArchiveSummary, summarize
    from ...errors import ArchiveError
    from ...romfs.summary import ImageSummary, has_image, summarize_image
    from ..romfs.output import image_as_json, render_image
    from ..show_output import as_json, render_summary

    summaries: list[ArchiveSummary | ImageSummary] = []
    failures = 0
    for path in map(Path, options.archives):
        try:
            summaries.append(summarize_image(path) if has_image(path) else summarize(path))
        except ArchiveError as error:
            print_error(error)
            failures += 1
    if options.json:
        archives = [summary for summary in summaries if isinstance(summary, ArchiveSummary)]
        images = [image_as_json(one) for one in summaries if isinstance(one, ImageSummary)]
        print_json({**as_json(archives), "images": images})
        return int(failures > 0)
    encoding = output_encoding()
    for index, summary in enumerate(summaries):
        lines = (
            render_image(summary, encoding)
            if isinstance(summary, ImageSummary)
            else render_summary(summary, encoding)
        )
        print_result(*[""] * bool(index), *lines)
    return int(failures > 0)

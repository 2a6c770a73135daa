"""`sdist-upip repack`: make an existing archive as small as possible.

A wheel or a source distribution is converted to a device archive. The metadata of a legacy archive
is completed on request.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ...config import SETTINGS
from ...errors import ConfigError
from ...limits import WINDOW, WINDOWS
from ...messages.output import print_result
from ..settings import add_settings, read_settings

_SETTINGS = tuple(key for key in SETTINGS if key not in {"include", "window", "compression"})
"""The settings of a conversion. There is no project with files for `include`."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `repack`."""
    parser = subparsers.add_parser(
        "repack",
        help="make an archive smaller, or convert a wheel or a source distribution",
        description="Rewrite a .tar.gz archive with the same members, plain tar headers, and the "
        "best compression within the window. The result is read back before it replaces a "
        "file. A wheel or a source distribution is converted to a device archive. "
        "Settings other than --window and --compression apply only to this conversion.",
    )
    parser.add_argument("archive", type=Path, metavar="ARCHIVE", help="a .tar.gz or .whl file")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="file to write, or a directory that exists or ends in a slash [default: ARCHIVE "
        "itself, if it gets smaller or did not suit devices. A converted archive is written next "
        "to its source, but never over a source distribution]",
    )
    parser.add_argument(
        "--window",
        type=int,
        choices=WINDOWS,
        metavar="BYTES",
        help="window of the devices in bytes, a power of two from 512 to 32768 "
        f"[default: {WINDOW}]",
    )
    parser.add_argument(
        "--compression",
        choices=("auto", "best", "fast"),
        help="how to compress [default: auto, which is best up to 1 MiB of tar]",
    )
    parser.add_argument(
        "--complete",
        action="store_true",
        help="complete the metadata of a legacy archive for indexes. Modules and data stay",
    )
    add_settings(parser, _SETTINGS)
    parser.add_argument(
        "--no-isolation",
        dest="isolation",
        action="store_false",
        help="run the backend in this environment, not in an isolated one",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show the output of the backend"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Repack and print the sizes, or convert and print the summary that `build` prints."""
    from ...builders.convert import needs_conversion

    convertible = options.complete or needs_conversion(options.archive)
    if not convertible and read_settings(options, _SETTINGS):
        raise ConfigError(
            f"{options.archive} keeps its members, so only --window and --compression apply to it. "
            "Pass --complete to build it again."
        )
    return _convert(options) if convertible else _repack(options)


def _convert(options: argparse.Namespace) -> int:
    from ...builders.builder import render_summary
    from ...builders.convert import convert

    settings = read_settings(options, _SETTINGS)
    if options.window:
        settings["window"] = str(options.window)
    if options.compression:
        settings["compression"] = options.compression
    result = convert(
        options.archive,
        options.output,
        settings,
        isolated=options.isolation,
        verbose=options.verbose,
    )
    print_result(*render_summary(result))
    return 0


def _repack(options: argparse.Namespace) -> int:
    from ...builders.convert import output_path, refuse_to_replace
    from ...builders.repack import repack
    from ...messages.progress import show_progress

    source = options.archive
    target = source
    if options.output:
        target = output_path(options.output, source.name)
        refuse_to_replace(target, source)
    with show_progress("compressing") as progress:
        done = repack(
            source,
            target,
            window=options.window or WINDOW,
            compression=options.compression or "auto",
            progress=progress,
        )
    sizes = f"{done.before:,} → {done.after:,} bytes"
    if not done.written:
        print_result(
            f"{done.target}: unchanged, {done.before:,} bytes; repacked: {done.after:,} bytes"
        )
    else:
        change = f"{100 * (done.after - done.before) / done.before:+.1f} %"
        print_result(f"{done.target}: {sizes} ({change})")
    return 0

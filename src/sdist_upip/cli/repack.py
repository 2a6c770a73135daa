"""`sdist-upip repack`: make an archive that already exists as small as it can be."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..deflate.format import WINDOWS


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `repack`."""
    parser = subparsers.add_parser(
        "repack",
        help="make an existing archive smaller",
        description="Rewrite a .tar.gz archive with the same members: plain tar headers, the best "
        "order of members, the best compression within the window. The result is read back before "
        "it replaces anything.",
    )
    parser.add_argument("archive", type=Path, metavar="ARCHIVE", help="a .tar.gz file")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="file to write, or a folder to write to [default: ARCHIVE itself, if it gets smaller "
        "or was not fit for devices]",
    )
    parser.add_argument(
        "--window",
        type=int,
        choices=WINDOWS,
        default=4096,
        metavar="BYTES",
        help="the devices' window, a power of two from 512 to 32768 [default: 4096]",
    )
    parser.add_argument(
        "--compression",
        choices=("auto", "best", "fast"),
        default="auto",
        help="how hard to compress [default: auto, which is best up to 1 MiB of tar]",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Repack, and print what that saved."""
    from ..progress import show_progress
    from ..repack import repack

    source = options.archive
    target = options.output or source
    if target.is_dir():
        target = target / source.name
    with show_progress("compressing", sys.stderr) as progress:
        done = repack(
            source,
            target,
            window=options.window,
            compression=options.compression,
            progress=progress,
        )
    sizes = f"{done.before:,} → {done.after:,} bytes"
    if not done.written:
        print(
            f"{done.target}: left as it is, {done.before:,} bytes; repacked it has {done.after:,}"
        )
    else:
        print(f"{done.target}: {sizes} ({100 * (done.after - done.before) / done.before:+.1f} %)")
    return 0

"""`sdist-upip freeze`: unpack releases into a directory that firmware freezes."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ...messages.output import print_message, print_result
from ..paths import user_path

if TYPE_CHECKING:
    from ...freeze.modules import Frozen
    from ...release import Release


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `freeze`."""
    parser = subparsers.add_parser(
        "freeze",
        help="write the modules of packages for freezing into firmware",
        description="Write the modules of files and projects, their data files as R.py, and a "
        "manifest.py for the build of the firmware.",
    )
    parser.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="FILE|PROJECT",
        help="a device archive, a wheel or an sdist that install takes, or the directory of a "
        "project, which is built first",
    )
    parser.add_argument(
        "-p",
        "--path",
        type=user_path,
        required=True,
        metavar="DIR",
        help="directory to write to",
    )
    parser.add_argument("--force", action="store_true", help="replace files with other content")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the directory; print its files, and last FROZEN_MANIFEST for the port's build."""
    from ...freeze.frozen_directory import freeze_into, refuse_projects
    from ...installed.directory_lock import lock_directory

    directory: Path = options.path
    refuse_projects(directory, [source for source in options.sources if source.is_dir()])
    releases = [_read(source) for source in options.sources]
    with lock_directory(directory):
        frozen = freeze_into(directory, releases, force=options.force)
    report(directory, frozen)
    return 0


def report(directory: Path, frozen: Frozen) -> None:
    """Print the frozen files and FROZEN_MANIFEST, and a warning for each missing requirement."""
    from ...freeze import manifest

    for path in sorted(frozen.modules):
        count = frozen.resources.get(path)
        note = f"  ({count} resource{'s' * (count != 1)})" if count is not None else ""
        print_result(f"{directory / path}{note}")
    for line in frozen.missing:
        print_message(f"warning: {line}, which is not among the frozen packages")
    print_result(f"FROZEN_MANIFEST={(directory / manifest.NAME).absolute()}")


def _read(source: Path) -> Release:
    from ...archive.reader import read_archive
    from ...builders.project_archive import build_project
    from ...freeze.package_files import read_release

    if not source.is_dir():
        return read_release(source)
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        archive, output = build_project(source, Path(scratch))
        print_message(*output)
        return read_archive(archive)

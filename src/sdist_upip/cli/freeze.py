"""`sdist-upip freeze`: unpack releases into a folder that firmware freezes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OutputError, ProjectError

if TYPE_CHECKING:
    from ..freeze import Frozen
    from ..release import Release


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `freeze`."""
    parser = subparsers.add_parser(
        "freeze",
        help="prepare releases for freezing into firmware",
        description="Write the modules of releases, data files as R.py, and a manifest.py.",
    )
    parser.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="ARCHIVE|PROJECT",
        help="a device archive, or a project's folder, which is built first",
    )
    parser.add_argument(
        "-p", "--path", type=Path, required=True, metavar="DIR", help="folder to freeze"
    )
    parser.add_argument("--force", action="store_true", help="replace files that differ")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the folder; print its files, and last what to tell the port's build."""
    from .. import manifest
    from ..device_files import read_device_modules
    from ..folder import put_files, read_present
    from ..freeze import PKG_RESOURCES, freeze_releases

    folder: Path = options.path
    _check_apart(folder, [source for source in options.sources if source.is_dir()])
    releases = [_read(source) for source in options.sources]
    frozen = freeze_releases(releases, read_device_modules()[PKG_RESOURCES])
    if manifest.NAME in frozen.modules:
        raise ProjectError(
            f"{manifest.NAME!r} is a module of a release, but the list of what to freeze goes "
            "there; rename the module"
        )
    before = _read_manifest(folder)
    ours = {path: known for path, known in (before or {}).items() if known}
    own = {path for path, known in ours.items() if _is_unchanged(folder / path, known)}
    if before is not None:
        own.add(manifest.NAME)
    digests = {
        path: manifest.digest(data)
        if path in ours or read_present(folder / path) != data
        else None  # Another's, though equal: it may be frozen, but not be removed later.
        for path, data in frozen.modules.items()
    }
    put_files(
        folder,
        {**frozen.modules, manifest.NAME: manifest.write_manifest(digests)},
        own=own,
        obsolete=dict.fromkeys(ours.keys() - digests.keys()),
        force=options.force,
    )
    _report(folder, frozen)
    return 0


def _check_apart(folder: Path, projects: list[Path]) -> None:
    """Refuse to mix what is generated with the sources of a project."""
    target = Path(os.path.realpath(folder))
    for project in projects:
        root = Path(os.path.realpath(project))
        if target == root or target in root.parents or root in target.parents:
            relation = "contains" if target in root.parents else "lies in"
            raise OutputError(
                f"--path {folder} {'is' if target == root else relation} the project {project}, "
                "whose sources must not be mixed with frozen files; choose a folder apart from it"
            )


def _read(source: Path) -> Release:
    from ..archive import read_archive

    if not source.is_dir():
        return read_archive(source)
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        # A process of its own: one project's setup.py and plug-ins must not meet another's.
        command = [sys.executable, "-m", "sdist_upip", "build", str(source), "-o", scratch]
        result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if result.returncode:
            reason = result.stderr.strip().rpartition("error: ")[2]
            raise ProjectError(f"{source} cannot be built: {reason}")
        print(result.stderr, result.stdout, sep="", end="", file=sys.stderr)
        (archive,) = Path(scratch).glob("*.tar.gz")
        return read_archive(archive)


def _read_manifest(folder: Path) -> dict[str, str | None] | None:
    """Return what an earlier run froze in `folder`, with hashes of its own, or None if none did."""
    from .. import manifest
    from ..folder import read_present

    source = read_present(folder / manifest.NAME)
    return None if source is None else manifest.read_manifest(source)


def _is_unchanged(path: Path, known: str) -> bool:
    from ..folder import read_present
    from ..manifest import digest

    present = read_present(path)
    return present is not None and digest(present) == known


def _report(folder: Path, frozen: Frozen) -> None:
    from .. import manifest

    for path in sorted(frozen.modules):
        count = frozen.resources.get(path)
        note = f"  ({count} resource{'s' * (count != 1)})" if count is not None else ""
        print(f"{folder / path}{note}")
    for line in frozen.missing:
        print(f"warning: {line}, which is not given", file=sys.stderr)
    print(f"FROZEN_MANIFEST={(folder / manifest.NAME).absolute()}")

"""A directory of frozen modules: releases go in, with the manifest that a port's build takes.

Which files are ours, an earlier run's manifest tells. It is away while the others change, so that
no build freezes a mix of old and new modules by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..board.device_files import read_device_modules
from ..errors import OutputError, ProjectError
from ..files.generated import put_files, read_present
from ..files.transaction import finish_change
from ..metadata.install_paths import RECORDS
from ..release import Release
from . import manifest
from .modules import PKG_RESOURCES, Frozen, freeze_releases


def freeze_into(directory: Path, releases: Sequence[Release], *, force: bool = False) -> Frozen:
    """Make `directory` hold the modules of `releases`, and no longer those of an earlier run.

    Files of others, and files of ours that were edited, are replaced and removed with `force`
    only. All is done or, after an error, nothing; what a kill leaves, the next run puts right.
    Raises SdistUpipError.
    """
    if (directory / RECORDS).is_dir():
        raise OutputError(
            f"{directory} holds packages that are installed for a board's file system; choose "
            "another directory for what is to be frozen"
        )
    frozen = freeze_releases(releases, read_device_modules()[PKG_RESOURCES])
    if manifest.NAME in frozen.modules:
        raise ProjectError(
            f"{manifest.NAME!r} is a module of a release, but the list of what to freeze goes "
            "there; rename the module"
        )
    finish_change(directory)
    before = _read_manifest(directory)
    ours = {path: known for path, known in (before or {}).items() if known}
    owned = {path for path, known in ours.items() if _is_unchanged(directory / path, known)}
    if before is not None:
        owned.add(manifest.NAME)
    digests = {
        path: manifest.digest(data)
        if path in ours or read_present(directory / path) != data
        else None  # Another's, though equal: it may be frozen, but not be removed later.
        for path, data in frozen.modules.items()
    }
    put_files(
        directory,
        {**frozen.modules, manifest.NAME: manifest.write_manifest(digests)},
        owned=owned,
        removed=dict.fromkeys(ours.keys() - digests.keys()),
        force=force,
        commit=manifest.NAME,
    )
    if before and before.keys() - digests.keys():
        _have_built(directory, digests)
    return frozen


def refuse_projects(directory: Path, projects: Iterable[Path]) -> None:
    """Raise OutputError where files frozen in `directory` would mix with the sources of a
    project."""
    target = Path(os.path.realpath(directory))
    for project in projects:
        root = Path(os.path.realpath(project))
        if target == root or target in root.parents or root in target.parents:
            relation = "contains" if target in root.parents else "lies in"
            raise OutputError(
                f"--path {directory} {'is' if target == root else relation} the project {project}, "
                "whose sources must not be mixed with frozen files; choose a directory apart "
                "from it"
            )


def refuse_frozen(directory: Path) -> None:
    """Raise OutputError if `directory` holds modules to be frozen, which packages would mix
    with."""
    if _read_manifest(directory) is not None:
        raise OutputError(
            f"{directory} holds modules that are to be frozen; choose another directory, or add "
            "--freeze"
        )


def _read_manifest(directory: Path) -> dict[str, str | None] | None:
    """Return what an earlier run froze in `directory`, with hashes of its own, or None if none
    did."""
    source = read_present(directory / manifest.NAME)
    return None if source is None else manifest.read_manifest(source)


def _is_unchanged(path: Path, known: str) -> bool:
    present = read_present(path)
    return present is not None and manifest.digest(present) == known


def _have_built(directory: Path, paths: Iterable[str]) -> None:
    """Make a file new, since a port's build does not notice that others are gone.

    It compares times of the files that are there (MicroPython: tools/makemanifest.py).
    """
    for path in sorted(paths)[:1]:
        os.utime(directory / path)

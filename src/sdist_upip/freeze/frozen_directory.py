"""A directory of frozen modules, with the manifest that a port's build reads.

The manifest of an earlier run lists the files that the run wrote. The manifest is missing while the
other files are changed, so no build freezes a mix of old and new modules.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..board import pkg_resources
from ..errors import OutputError, ProjectError
from ..files.generated import put_files
from ..files.regular import read_present
from ..files.transaction import finish_change
from ..member_paths import RECORDS
from ..release import Release
from . import manifest
from .frozen_packages import find_manifest, is_unchanged
from .manifest import Manifest
from .modules import Frozen, freeze_releases


def freeze_into(directory: Path, releases: Sequence[Release], *, force: bool = False) -> Frozen:
    """Write the modules of `releases` to `directory`, and remove other modules of an earlier run.

    Files that no earlier run wrote, and files that were edited since, are replaced and removed only
    with `force`. After an error, nothing is changed. The next run completes an interrupted change.
    Raises SdistUpipError.
    """
    if (directory / RECORDS).is_dir():
        raise OutputError(
            f"{directory} contains packages that are installed for the file system of a board. "
            "Choose another directory for modules to freeze."
        )
    _, source = pkg_resources.make_module()
    frozen = freeze_releases(releases, source)
    if manifest.NAME in frozen.modules:
        raise ProjectError(
            f"{manifest.NAME!r} is a module of a release, but the manifest needs this path. "
            "Rename the module."
        )
    is_unknown = finish_change(directory, force=force)
    before = find_manifest(directory)
    old = before.digests if before else {}
    written = {path: known for path, known in old.items() if known}
    owned = {path for path, known in written.items() if is_unchanged(directory / path, known)}
    if before:
        owned.add(manifest.NAME)
    digests = {
        path: manifest.digest(data)
        # An equal file of someone else is frozen, but never removed later. When an earlier run is
        # forgotten, files may be equal because that run wrote them.
        if is_unknown or path in written or read_present(directory / path) != data
        else None
        for path, data in frozen.modules.items()
    }
    text = manifest.write_manifest(Manifest(digests, frozen.packages))
    put_files(
        directory,
        {**frozen.modules, manifest.NAME: text},
        owned=owned,
        removed=dict.fromkeys(written.keys() - digests.keys()),
        force=force,
        commit=manifest.NAME,
    )
    if old.keys() - digests.keys():
        _trigger_build(directory, digests)
    return replace(frozen, replaced=before.packages) if before and before.packages else frozen


def refuse_projects(directory: Path, projects: Iterable[Path]) -> None:
    """Raise OutputError if `directory` is, contains or is in the directory of a project.

    Frozen files would mix with the sources of the project.
    """
    target = Path(os.path.realpath(directory))
    for project in projects:
        root = Path(os.path.realpath(project))
        if target == root or target in root.parents or root in target.parents:
            relation = "contains" if target in root.parents else "is in"
            raise OutputError(
                f"--path {directory} {'is' if target == root else relation} the project {project}, "
                "whose sources must not be mixed with frozen files. Choose a directory outside "
                "the project."
            )


def _trigger_build(directory: Path, paths: Iterable[str]) -> None:
    """Update the time of one file, because a port's build does not notice removed files.

    The build compares the times of existing files (MicroPython: tools/makemanifest.py).
    """
    for path in sorted(paths)[:1]:
        os.utime(directory / path)

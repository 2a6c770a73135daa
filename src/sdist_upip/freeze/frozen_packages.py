"""The packages in a directory of frozen modules, by its manifest. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..errors import OutputError
from ..files.regular import read_present
from ..member_paths import RECORDS, STAGE
from . import manifest
from .manifest import Manifest


def read_packages(directory: Path) -> tuple[Mapping[str, str], list[str]] | None:
    """Return the frozen packages (normalized name → version), and the files that are not as frozen.

    Returns None if `directory` has no frozen modules. Raises OutputError if the manifest does not
    list the packages, and for an interrupted change.
    """
    found = find_manifest(directory)
    if found is None:
        if (directory / STAGE).exists() and not (directory / RECORDS).exists():
            raise OutputError(
                f"{directory} has an interrupted change of sdist-upip. Run the command again that "
                "was interrupted."
            )
        return None
    if found.packages is None:
        raise OutputError(
            f"{directory / manifest.NAME} is from an earlier version of sdist-upip and does not "
            "list packages. Freeze the packages again."
        )
    changed = [
        path
        for path, known in found.digests.items()
        if (not (directory / path).is_file())
        or (known and not is_unchanged(directory / path, known))
    ]
    return found.packages, sorted(changed)


def refuse_frozen(directory: Path) -> None:
    """Raise OutputError if `directory` has modules to be frozen, which packages would mix with."""
    if find_manifest(directory) is not None:
        raise OutputError(
            f"{directory} holds modules that are to be frozen. Choose another directory, or pass "
            "--freeze."
        )


def refuse_uninstall(directory: Path) -> None:
    """Raise OutputError if `directory` has modules to be frozen, which no command uninstalls."""
    if find_manifest(directory) is not None:
        raise OutputError(
            f"{directory} holds modules that are to be frozen, and nothing can be uninstalled "
            "there. Freeze again, and name only the packages that stay."
        )


def find_manifest(directory: Path) -> Manifest | None:
    """Return the manifest of an earlier run as `read_manifest` does, or None without one."""
    source = read_present(directory / manifest.NAME)
    return None if source is None else manifest.read_manifest(source)


def is_unchanged(path: Path, known: str) -> bool:
    """Return whether the file at `path` has the hash `known` of the manifest."""
    present = read_present(path)
    return present is not None and manifest.digest(present) == known

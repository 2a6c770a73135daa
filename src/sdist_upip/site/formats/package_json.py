"""The JSON files that mip reads: the files to install of a release, and the releases besides.

https://docs.micropython.org/en/latest/reference/packages.html describes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from packaging.version import Version

from ..records import ReleaseRecord, SiteFile
from ..release import short_hash

PACKAGES = "package"
"""The directory of the JSON files, below the root of the site."""
TREES = ("py", "6")
"""The directories that mip asks: for source, and for .mpy files of version 6."""


def make_package_json(
    version: str, files: Iterable[SiteFile], dependencies: Sequence[tuple[str, str]]
) -> bytes:
    """Return the JSON file of a release with `files` and `dependencies` (name, version)."""
    content = {
        "v": 1,
        "version": version,
        "hashes": [(file.path, short_hash(file.sha256)) for file in files],
        "deps": dependencies,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def select_files(release: ReleaseRecord, tree: str) -> tuple[SiteFile, ...]:
    """Return the files of a release that mip installs from a tree."""
    compiled = release.compiled if tree != "py" else None
    return release.files if compiled is None else compiled


def merge_files(releases: Iterable[ReleaseRecord], tree: str) -> list[SiteFile]:
    """Return the files of releases that one JSON file names, each path once, sorted by path."""
    files = {file.path: file for one in releases for file in select_files(one, tree)}
    return [files[path] for path in sorted(files)]


def spell_version(version: str) -> str:
    """Return a version in the one spelling of PEP 440, as dependencies name it."""
    return str(Version(version))


def list_json_paths(spellings: Iterable[str], versions: Iterable[str], tree: str) -> Iterator[str]:
    """Yield the paths in the site of the JSON file of a release, for all its names."""
    versions = sorted({*versions})
    for spelling in spellings:
        for version in versions:
            yield f"{PACKAGES}/{tree}/{spelling}/{version}.json"


def list_version_paths(spellings: Iterable[str], version: str, tree: str) -> Iterator[str]:
    """Yield the paths of the JSON file of a version: as it is spelled, and as PEP 440 has it."""
    return list_json_paths(spellings, (version, spell_version(version)), tree)


def list_latest_paths(spellings: Iterable[str], tree: str) -> Iterator[str]:
    """Yield the paths of the JSON file of the newest release."""
    return list_json_paths(spellings, ("latest",), tree)

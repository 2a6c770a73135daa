"""Archives of the legacy sdist_upip.py → a release with the metadata that indexes require.

The files stay the same. Missing metadata is completed from the archive itself, as far as possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ..config import make_config
from ..errors import ArchiveError
from ..filenames import split_release
from ..limits import METADATA_LIMIT
from ..metadata.core import parse_metadata, with_version, write_metadata
from ..metadata.member_names import HEADER_REMAINS, SETUP_SCRIPT
from ..metadata.requires_txt import with_requirements
from ..metadata.upip_rules import find_computer_sign
from ..project.layout import ExcludedFile, Layout
from ..release import Member, Release
from .builder import BuildResult, build
from .foreign_metadata import with_accepted_metadata
from .source_distribution import read_members

_RECORD = re.compile(r"([^/]+)\.egg-info/(.+)")
Settings = Mapping[str, "str | list[str] | None"]


def build_from_legacy(
    path: Path, outdir: Path, settings: Settings, *, check_sources: bool = True
) -> BuildResult:
    """Write the archive at `path` again to `outdir`, with complete metadata and plain tar headers.

    `settings` are config settings. Only the step `metadata` runs, unless they name other steps. A
    setting pip-compatible = false removes setup.py. Without `check_sources`, sources may be broken.
    Raises SdistUpipError.
    """
    config = make_config({"steps": "metadata", **settings})
    layout = with_accepted_metadata(read_legacy(path))
    if "pip-compatible" in settings and not config.pip_compatible:
        layout = _without_setup_script(layout)
    return build(layout, config, outdir, check_sources=check_sources)


def read_legacy(path: Path) -> Layout:
    """Return the release in a legacy archive, and the files that are excluded from it.

    PKG-INFO comes from the root directory or from egg-info, or is generated from the directory's
    name. The dependencies in requires.txt are added to it if it names none. Raises ArchiveError.
    """
    root = ""
    files: dict[str, bytes] = {}
    for name, data in read_members(path):
        top, _, inner = name.partition("/")
        if root and top != root:
            raise ArchiveError(f"{path} has more than one top-level directory. Build it again.")
        root, files[inner] = top, data
    records = {
        match[2]: data for inner, data in files.items() if (match := _RECORD.fullmatch(inner))
    }
    excluded = [
        ExcludedFile(inner, reason, len(data))
        for inner, data in sorted(files.items())
        if (reason := _reason(inner, data))
    ]
    name, version = split_release(root)
    source = files.get("PKG-INFO") or records.get("PKG-INFO") or _make_metadata(name, version)
    metadata = with_version(parse_metadata(source))
    source = write_metadata(metadata)
    if len(records.get("requires.txt", b"")) > METADATA_LIMIT:
        raise ArchiveError(
            f"{path}: requires.txt has more than {METADATA_LIMIT:,} bytes. Build it again."
        )
    requires = records.get("requires.txt", b"").decode(errors="replace")
    if requires.strip() and not metadata.get_all("Requires-Dist"):
        source = with_requirements(source, requires)
    members = [Member("PKG-INFO", source)]
    members += [
        Member(inner, data)
        for inner, data in files.items()
        if inner != "PKG-INFO" and not _reason(inner, data)
    ]
    release = Release(metadata.get("Name") or name, metadata.get("Version") or version, ())
    return Layout(release.with_members(members), MappingProxyType({}), tuple(excluded))


def _without_setup_script(layout: Layout) -> Layout:
    members = [member for member in layout.release if member.path != SETUP_SCRIPT]
    excluded = [
        ExcludedFile(SETUP_SCRIPT, "pip-compatible = false", len(member.data))
        for member in layout.release
        if member.path == SETUP_SCRIPT
    ]
    return replace(
        layout,
        release=layout.release.with_members(members),
        excluded=(*layout.excluded, *excluded),
    )


def _reason(inner: str, data: bytes) -> str:
    match = _RECORD.fullmatch(inner)
    if match and not match[2].startswith("licenses/"):
        return "record of setuptools; PKG-INFO and requires.txt are written again"
    if "/" not in inner and find_computer_sign(inner, data):
        return "for building on computers, like the archives that have it"
    return "leftover of a tar header" if inner.rpartition("/")[2] in HEADER_REMAINS else ""


def _make_metadata(name: str, version: str) -> bytes:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()

"""Archives of the historic sdist_upip.py → a release with the metadata that indexes ask for.

Their files stay; what they lack is completed as far as the archive itself knows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ..config import make_config
from ..errors import ArchiveError
from ..metadata.core import CoreMetadata, at_least, parse_metadata, write_metadata
from ..metadata.member_names import SETUP_SCRIPT
from ..metadata.requires_txt import with_requirements
from ..project.layout import ExcludedFile, Layout
from ..release import Member, Release
from .builder import BuildResult, build
from .source_distribution import read_members

_RECORD = re.compile(r"([^/]+)\.egg-info/(.+)")
Settings = Mapping[str, "str | list[str] | None"]

_JUNK = frozenset({"@PaxHeader", "@LongLink"})


def build_from_legacy(path: Path, outdir: Path, settings: Settings) -> BuildResult:
    """Write the archive at `path` anew to `outdir`, with complete metadata and plain headers.

    `settings` are config settings; of the steps, `metadata` alone runs unless they name others.
    Where they say that it shall not be pip-compatible, its setup.py goes.
    Raises SdistUpipError.
    """
    config = make_config({"steps": "metadata", **settings})
    layout = read_legacy(path)
    if "pip-compatible" in settings and not config.pip_compatible:
        layout = _without_setup_script(layout)
    return build(layout, config, outdir)


def read_legacy(path: Path) -> Layout:
    """Return the release in a historic archive, and what of it stays behind.

    PKG-INFO comes from the root directory, or from egg-info, or is made of the directory's name;
    the dependencies of requires.txt are added to it if it names none.
    """
    root = ""
    files: dict[str, bytes] = {}
    for name, data in read_members(path):
        top, _, inner = name.partition("/")
        if root and top != root:
            raise ArchiveError(f"{path} has two top-level directories; build it again")
        root, files[inner] = top, data
    records = {
        match[2]: data for inner, data in files.items() if (match := _RECORD.fullmatch(inner))
    }
    excluded = [
        ExcludedFile(inner, _reason(inner), len(data))
        for inner, data in sorted(files.items())
        if _reason(inner)
    ]
    name, _, version = root.rpartition("-")
    source = files.get("PKG-INFO") or records.get("PKG-INFO") or _make_metadata(name, version)
    metadata = _with_version(parse_metadata(source))
    source = write_metadata(metadata)
    requires = records.get("requires.txt", b"").decode(errors="replace")
    if requires.strip() and not metadata.get_all("Requires-Dist"):
        source = with_requirements(source, requires)
    members = [Member("PKG-INFO", source)]
    members += [
        Member(inner, data)
        for inner, data in files.items()
        if inner != "PKG-INFO" and not _reason(inner)
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


def _with_version(metadata: CoreMetadata) -> CoreMetadata:
    """Dependencies and extras need the version 2.1 of the metadata."""
    fields = tuple(
        (name, at_least(value, (2, 1)) if name.lower() == "metadata-version" else value)
        for name, value in metadata.fields
    )
    return CoreMetadata(fields, metadata.description)


def _reason(inner: str) -> str:
    match = _RECORD.fullmatch(inner)
    if match and not match[2].startswith("licenses/"):
        return "record of setuptools; PKG-INFO and requires.txt are made anew"
    return "junk of a tar header" if inner.rpartition("/")[2] in _JUNK else ""


def _make_metadata(name: str, version: str) -> bytes:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()

"""Archives of the legacy sdist_upip.py → a release with the metadata that indexes require.

The files stay the same. Missing metadata is completed from the archive itself, as far as possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from packaging.utils import canonicalize_name

from ..config import make_config
from ..errors import ArchiveError, BuildNeededError
from ..filenames import split_release
from ..limits import METADATA_LIMIT
from ..metadata.core import parse_metadata, with_version, write_metadata
from ..metadata.member_names import HEADER_REMAINS, SETUP_SCRIPT
from ..metadata.requires_txt import with_requirements
from ..metadata.sdist_layout import find_layout, is_own_requirement_list
from ..metadata.upip_rules import find_computer_sign
from ..project.layout import ExcludedFile, Layout
from ..release import Member, Release
from .builder import BuildResult, build
from .foreign_metadata import with_accepted_metadata
from .source_distribution import read_members

_NOT_INSTALLED = "not among the files that the package installs"
_RECORD = re.compile(r"([^/]+)\.egg-info/(.+)")
Settings = Mapping[str, "str | list[str] | None"]


def build_from_legacy(
    path: Path,
    outdir: Path,
    settings: Settings,
    *,
    of_sdist: bool = False,
    check_sources: bool = True,
) -> BuildResult:
    """Write the archive at `path` again to `outdir`, with complete metadata and plain tar headers.

    With `of_sdist`, the archive is a source distribution that cannot be built.

    `settings` are config settings. Only the step `metadata` runs, unless they name other steps. A
    setting pip-compatible = false removes setup.py. Without `check_sources`, sources may be broken.
    Raises SdistUpipError.
    """
    config = make_config({"steps": "metadata", **settings})
    layout = with_accepted_metadata(read_legacy(path, of_sdist=of_sdist))
    if "pip-compatible" in settings and not config.pip_compatible:
        layout = _without_setup_script(layout)
    return build(layout, config, outdir, check_sources=check_sources)


def read_legacy(path: Path, *, of_sdist: bool = False) -> Layout:
    """Return the release in a legacy archive, and the files that are excluded from it.

    PKG-INFO comes from the root directory or from egg-info, or is generated from the directory's
    name. The dependencies in requires.txt are added to it if it names none. With `of_sdist`, the
    release has the files that the wheel of a source distribution would hold. Raises ArchiveError.
    """
    root, files = _read_files(path)
    name, version = split_release(root)
    records = {
        match[2]: data for inner, data in files.items() if (match := _RECORD.fullmatch(inner))
    }
    source = files.get("PKG-INFO") or records.get("PKG-INFO") or _make_metadata(name, version)
    metadata = with_version(parse_metadata(source))
    project = canonicalize_name(metadata.get("Name") or name)
    requires = _read_requires(path, files, records, project)
    source = write_metadata(metadata)
    if requires.strip() and not metadata.get_all("Requires-Dist"):
        source = with_requirements(source, requires)
    members, excluded = [Member("PKG-INFO", source)], []
    places = _find_places(path, files, project) if of_sdist else None
    for inner, data in sorted(files.items()) if places else files.items():
        place = places.get(inner) if places else inner
        if inner == "PKG-INFO":
            continue
        if reason := _reason(inner, data) or ("" if place else _NOT_INSTALLED):
            excluded.append(ExcludedFile(inner, reason, len(data)))
        elif place:
            members.append(Member(place, data))
    release = Release(metadata.get("Name") or name, metadata.get("Version") or version, ())
    excluded.sort(key=lambda item: item.source)
    return Layout(release.with_members(members), MappingProxyType({}), tuple(excluded))


def _read_files(path: Path) -> tuple[str, dict[str, bytes]]:
    """Return the top-level directory of an archive, and the files below it."""
    root = ""
    files: dict[str, bytes] = {}
    for name, data in read_members(path):
        top, _, inner = name.partition("/")
        if root and top != root:
            raise ArchiveError(
                f"{path} has more than one top-level directory. Ask its author for an archive with "
                "one."
            )
        root, files[inner] = top, data
    return root, files


def _read_requires(
    path: Path, files: Mapping[str, bytes], records: Mapping[str, bytes], project: str
) -> str:
    """Return the text of requires.txt, which may be in src/."""
    own = (data for inner, data in files.items() if is_own_requirement_list(inner, project))
    data = records.get("requires.txt") or next(own, b"")
    if len(data) > METADATA_LIMIT:
        raise ArchiveError(
            f"{path}: requires.txt has more than {METADATA_LIMIT:,} bytes. Look for another "
            "package."
        )
    return data.decode(errors="replace")


def _find_places(path: Path, files: Mapping[str, bytes], project: str) -> dict[str, str] | None:
    """Return {file of a source distribution: its install path}, None if all files are installed.

    The legacy tool archived such files only, with egg-info but without its SOURCES.txt.
    """
    egg_info = [inner for inner in files if ".egg-info/" in inner]
    if egg_info and not any(inner.endswith("/SOURCES.txt") for inner in egg_info):
        return None
    try:
        layout = find_layout(list(files.items()), project)
    except BuildNeededError as error:
        raise type(error)(
            f"{path}: {error} Install what its setup.py needs, and pass --no-isolation to build it."
        ) from error
    except ArchiveError as error:
        raise type(error)(f"{path}: {error}") from error
    return {inner: place for inner in files if (place := layout.place(inner)) is not None}


def _without_setup_script(layout: Layout) -> Layout:
    members = [member for member in layout.release if member.path != SETUP_SCRIPT]
    excluded = [
        ExcludedFile(SETUP_SCRIPT, "pip-compatible = false", len(member.data))
        for member in layout.release
        if member.path == SETUP_SCRIPT
    ]
    return layout._replace(
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

"""What a site records of its projects and releases, so that archives are not read again.

`records/project/NAME.json` has one project with all its releases. docs/reference/site.md describes
the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from packaging.version import Version

from .json_types import check_types, read_list

SCHEMA = 1
"""Version of the records; it grows when a key is removed or changes its meaning."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file as boards have it: its path below lib, its sha256 in hex, and its size in bytes."""

    path: str
    sha256: str
    size: int

    @classmethod
    def from_content(cls, path: str, data: bytes) -> SiteFile:
        """Return the file at `path` with the content `data`."""
        return cls(path, sha256(data).hexdigest(), len(data))


@dataclass(frozen=True, slots=True)
class PackedMember:
    """A member of the archive: its path there, its size, and its share of the archive in bytes."""

    path: str
    size: int
    packed: int


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """One release in a site; sizes and window are in bytes.

    `version` is spelled as in the name of the archive, `filename`. `sources` are the sha256 of all
    other files that the site was given for the release, sorted: such as the wheel that the archive
    was made of. `time` is in seconds since 1970, 0 if unknown. `requires` are as the metadata
    spells them. `overhead` is the part of the archive that belongs to no member.

    `files` are those that mip installs as source, `compiled` those that it installs as .mpy, None
    if the site has none. `abi` is what machine code in .mpy files needs, "" without such files.
    `yanked` is the reason, None if the release is not yanked.

    `deps` are the releases (normalized name, version) that mip installs besides, and `inlined`
    those whose files are among the release's own for mip. `missing` are required packages that the
    site need not have, `without` those that boards have built in.
    """

    version: str
    filename: str
    sha256: str
    size: int
    unpacked: int
    window: int
    sources: tuple[str, ...]
    metadata_sha256: str
    time: int
    requires: tuple[str, ...]
    requires_python: str
    summary: str
    author: str
    license: str
    urls: tuple[tuple[str, str], ...]
    members: tuple[PackedMember, ...]
    overhead: int
    files: tuple[SiteFile, ...]
    compiled: tuple[SiteFile, ...] | None
    abi: str
    imports_pkg_resources: bool
    provides_pkg_resources: bool
    yanked: str | None = None
    deps: tuple[tuple[str, str], ...] = ()
    inlined: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def parsed_version(self) -> Version:
        """The version, to compare with others."""
        return Version(self.version)

    @property
    def origins(self) -> frozenset[str]:
        """The sha256 of the archive and of all other files that are the release."""
        return frozenset((self.sha256, *self.sources))

    @property
    def archive_path(self) -> str:
        """The path of the archive below the root of the site."""
        return f"files/{self.filename}"

    @property
    def metadata_path(self) -> str:
        """The path of the metadata file (PEP 658) below the root of the site."""
        return f"{self.archive_path}.metadata"

    @property
    def installed_size(self) -> int:
        """The bytes of flash that the source files of the release take."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """A project: its normalized `name`, the names that its releases declare, and the releases.

    `spellings` are sorted and include `name`. `releases` are sorted by version, the newest first.
    """

    name: str
    spellings: tuple[str, ...]
    releases: tuple[ReleaseRecord, ...]

    def __post_init__(self) -> None:
        ordered = sorted(self.releases, key=lambda one: one.parsed_version, reverse=True)
        object.__setattr__(self, "releases", tuple(ordered))
        object.__setattr__(self, "spellings", tuple(sorted({self.name, *self.spellings})))

    @property
    def latest(self) -> ReleaseRecord | None:
        """The newest release that is not yanked, a pre-release only if there is nothing else."""
        return find_latest(self.releases)

    @property
    def newest(self) -> ReleaseRecord:
        """The release that pages describe: `latest`, or the newest one if all are yanked."""
        return self.latest or self.releases[0]

    def get(self, version: Version) -> ReleaseRecord | None:
        """Return the release that has this version, however it is spelled, or None."""
        return next((one for one in self.releases if one.parsed_version == version), None)

    def with_releases(self, releases: Iterable[ReleaseRecord]) -> ProjectRecord:
        """Return the project with other releases."""
        return replace(self, releases=tuple(releases))

    def to_json(self) -> bytes:
        """Return the content of `records/project/NAME.json`."""
        content = {"schema": SCHEMA, **asdict(self)}
        return f"{json.dumps(content, ensure_ascii=False, separators=(',', ':'))}\n".encode()

    @classmethod
    def from_json(cls, data: bytes) -> ProjectRecord:
        """Return the project of a record. Raises ValueError for any other file."""
        try:
            content = json.loads(data)
            if content["schema"] != SCHEMA:
                raise ValueError(f"schema {content['schema']!r} is not {SCHEMA}")
            releases = [_read_release(one) for one in read_list(content["releases"])]
            project = cls(content["name"], read_list(content["spellings"]), tuple(releases))
            check_types(project)
            return project
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"not a record of a project ({error})") from error


def find_latest(releases: Iterable[ReleaseRecord]) -> ReleaseRecord | None:
    """Return the newest release that is not yanked, a pre-release only if there is nothing else."""
    offered = [one for one in releases if one.yanked is None]
    final = [one for one in offered if not one.parsed_version.is_prerelease]
    return max(final or offered, key=lambda one: one.parsed_version, default=None)


def _read_release(content: Mapping[str, Any]) -> ReleaseRecord:
    values = dict(content)
    for key in ("sources", "requires", "missing", "without"):
        values[key] = read_list(values[key])
    for key in ("urls", "deps", "inlined"):
        values[key] = tuple(map(read_list, read_list(values[key])))
    values["members"] = tuple(PackedMember(**one) for one in read_list(values["members"]))
    for key in ("files", "compiled"):
        if values[key] is not None:
            values[key] = tuple(SiteFile(**one) for one in read_list(values[key]))
    return ReleaseRecord(**values)

"""Summaries of archives: their members, the size of each, and what stock installers do with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.metadata import RawMetadata

from ..archive.tar import BLOCK
from ..deflate.member_sizes import member_sizes
from ..errors import ArchiveError
from ..files.regular import read_start
from ..limits import SIZE_LIMIT
from ..metadata.stock_upip import DEPENDENCIES, INSTALL, SKIP, action_on
from .dependencies import read_dependency_lines
from .gzip_stream import read_gzip
from .publishing import PKG_INFO, read_metadata
from .tar_entry import Entry
from .tar_scan import TarScan, scan_tar

_BUILD_FILES = ("pyproject.toml", "setup.py")


@dataclass(frozen=True, slots=True)
class MemberSummary:
    """One entry of the tar: its `size`, and its `packed` size with the header, in bytes.

    `upip` is the action of stock upip: install, skip or dependencies.
    """

    path: str
    kind: str
    size: int
    packed: int
    upip: str


@dataclass(frozen=True, slots=True)
class ArchiveSummary:
    """The content of an archive; sizes, distance and window are in bytes.

    `overhead` is the size of the gzip header and trailer and of the end of the tar, which belong to
    no member. `build_file` is the file that pip builds the archive with, None if pip refuses the
    archive. `dependencies` are those that stock upip follows, `requires_dist` those in PKG-INFO.
    """

    archive: str
    name: str | None
    version: str | None
    size: int
    unpacked: int
    overhead: int
    members: tuple[MemberSummary, ...]
    dependencies: tuple[str, ...]
    requires_dist: tuple[str, ...]
    distance: int
    window: int
    build_file: str | None

    @property
    def installed(self) -> tuple[MemberSummary, ...]:
        """The members that stock upip installs."""
        return tuple(member for member in self.members if member.upip == INSTALL)


def summarize(path: Path) -> ArchiveSummary:
    """Return the summary of the archive at `path`; raise ArchiveError if it cannot be read."""
    try:
        data = read_start(path, SIZE_LIMIT + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArchiveError(f"Cannot read {path}: {reason}. Pass the path of an archive.") from error
    gzip = read_gzip(data)
    if gzip.trace is None:
        raise ArchiveError(f"Cannot read {path}. {gzip.problems[0].message}")
    scan = scan_tar(gzip.trace.data)
    if not scan.entries:
        raise ArchiveError(f"Cannot read {path}. {scan.problems[0].message}")
    end = scan.entries[-1].end
    offsets = [entry.offset for entry in scan.entries]
    offsets.append(min(end + -end % BLOCK, len(gzip.trace.data)))
    sizes = member_sizes(gzip.stream, offsets, SIZE_LIMIT)
    raw = _metadata(scan)
    return ArchiveSummary(
        archive=str(path),
        name=raw.get("name"),
        version=raw.get("version"),
        size=len(data),
        unpacked=len(gzip.trace.data),
        overhead=len(data) - sum(sizes[:-1]),
        members=tuple(map(_summarize_member, scan.entries, sizes)),
        dependencies=_dependencies(scan),
        requires_dist=tuple(raw.get("requires_dist", ())),
        distance=gzip.trace.distance,
        window=gzip.trace.window,
        build_file=next((name for name in _BUILD_FILES if _find(scan, name)), None),
    )


def _summarize_member(entry: Entry, packed: int) -> MemberSummary:
    return MemberSummary(entry.name, entry.kind_name, len(entry.data), packed, _upip_action(entry))


def _upip_action(entry: Entry) -> str:
    """Return the action of stock upip, which reads only the name field; a directory ends with /."""
    name = entry.device_name
    return SKIP if name.endswith("/") else action_on(_below_root(name))


def _below_root(name: str) -> str:
    return name.partition("/")[2]


def _find(scan: TarScan, path: str) -> bytes | None:
    return next(
        (entry.data for entry in scan.entries if entry.plain and _below_root(entry.name) == path),
        None,
    )


def _metadata(scan: TarScan) -> RawMetadata:
    pkg_info = _find(scan, PKG_INFO)
    raw = read_metadata(pkg_info)[0] if pkg_info is not None else None
    return raw or {}


def _dependencies(scan: TarScan) -> tuple[str, ...]:
    """Return the lines that stock upip follows: those of the last requires.txt."""
    lists = [entry.data for entry in scan.entries if _upip_action(entry) == DEPENDENCIES]
    return tuple(read_dependency_lines(lists[-1])) if lists else ()

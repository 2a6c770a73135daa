"""A device archive → the release for a site: its record, and the files that it brings.

Nothing of an archive is trusted. One that boards would not read as it states its files is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256

from ..archive.tar import BLOCK
from ..archive.writer import read_epoch
from ..board.pkg_resources import PACKAGE, imports_pkg_resources, is_provided
from ..check.gzip_stream import read_gzip
from ..check.names import check_conflicts, check_name
from ..check.problem import ERROR
from ..check.tar_entry import LINKS, REGULAR, Entry, read_octal
from ..check.tar_members import FILE
from ..check.tar_scan import TarScan, scan_tar
from ..deflate.member_sizes import member_sizes
from ..errors import ArchiveError, ConfigError, NotForDevicesError, SdistUpipError
from ..files.regular import read_start
from ..installed.device_archive import ArchiveMembers, read_archive_members, select_files
from ..installed.resource_files import File, spread_resources
from ..limits import SIZE_LIMIT
from ..member_paths import UPIP, find_segment_defect
from ..mpy.abi import read_abi
from ..mpy.modules import compile_files
from .project_metadata import identify_archive, read_project_metadata
from .records import PackedMember, ReleaseRecord, SiteFile
from .release import SiteRelease, SourceArchive
from .settings import SiteSettings

OWN_NAMES = frozenset({UPIP, "pkg-resources", PACKAGE})
"""The normalized names of packages that are part of sdist-upip."""

_FILES = (*REGULAR, b"7")
_MTIME = slice(136, 148)
_LONGEST_NAME = 240
"""Most bytes of a file name, so that names with a suffix are names, too."""
_DISTRUST = "Do not use the archive."
_REBUILD = "Build the archive again with sdist-upip."


def read_site_release(source: SourceArchive, settings: SiteSettings) -> SiteRelease:
    """Return the release in a device archive. Raises ArchiveError that names where it comes from.

    With SOURCE_DATE_EPOCH, an archive without times has that time; ConfigError if it is invalid.
    """
    epoch = read_epoch(os.environ)
    try:
        data = read_start(source.path, SIZE_LIMIT + 1)
        return _read(source, data, settings, epoch)
    except OSError as error:
        reason = error.strerror or error
        raise ArchiveError(
            f"Cannot read {source.comes_from}: {reason}. Pass the path of an archive."
        ) from error
    except ConfigError:  # mpy-cross fails for all archives
        raise
    except SdistUpipError as error:
        raise type(error)(f"{source.comes_from}: {error}") from error


def compile_contents(
    files: Sequence[File], settings: SiteSettings, title: str
) -> tuple[File, ...] | None:
    """Return the files for mip compiled as the site states, None if it serves source only.

    `title` names the release in messages. Raises as `compile_files` does.
    """
    return compile_files(files, settings.mpy, title) if settings.mpy else None


def _read(source: SourceArchive, data: bytes, settings: SiteSettings, epoch: int) -> SiteRelease:
    archive = read_archive_members(data)
    if archive.is_sdist:
        raise NotForDevicesError(f"This is a source distribution of another tool. {_REBUILD}")
    filename = source.path.name
    below = {member.path: member.content for member in archive.members if member.kind == FILE}
    name, version = identify_archive(below, filename)
    installed = select_files(archive, name)
    metadata = read_project_metadata(below, name, version, installed.requires)
    _refuse_names(name, metadata.declared, filename)
    gzip = read_gzip(data)
    if gzip.trace is None:
        raise ArchiveError(gzip.problems[0].message)
    scan = scan_tar(gzip.trace.data)
    _refuse_unsafe(scan, archive)
    files = spread_resources(installed.files, name)
    compiled = compile_contents(files, settings, f"{name} {version}")
    members, overhead = _measure(scan, gzip.stream, gzip.trace.data, len(data))
    digest = sha256(data).hexdigest()
    record = ReleaseRecord(
        version=version,
        filename=filename,
        sha256=digest,
        size=len(data),
        unpacked=len(gzip.trace.data),
        window=gzip.trace.window,
        sources=() if source.source == digest else (source.source,),
        metadata_sha256=sha256(metadata.data).hexdigest(),
        time=_read_time(scan, gzip.trace.data) or epoch,
        requires=installed.requires,
        requires_python=metadata.requires_python,
        summary=metadata.summary,
        author=metadata.author,
        license=metadata.license,
        urls=metadata.urls,
        members=members,
        overhead=overhead,
        files=_describe(files),
        compiled=None if compiled is None else _describe(compiled),
        abi=_read_abi(files),
        imports_pkg_resources=imports_pkg_resources(files),
        provides_pkg_resources=is_provided(path for path, _ in files),
    )
    contents = {sha256(content).hexdigest(): content for _, content in (*files, *(compiled or ()))}
    return SiteRelease(
        name, metadata.declared, record, source.comes_from, data, metadata.data, contents
    )


def _refuse_names(name: str, declared: str, filename: str) -> None:
    """Raise ArchiveError if a site cannot have a package or a file of these names."""
    if name in OWN_NAMES:
        raise ArchiveError(
            f"Each site has its own {name}, which is part of sdist-upip. Rename the project."
        )
    for text in (name, declared, filename):
        if defect := find_segment_defect(text):
            raise ArchiveError(
                f"The name {text!r} {defect}, so Windows cannot have it. Rename the project."
            )
    if len(filename) > _LONGEST_NAME:
        raise ArchiveError(
            f"The file name has {len(filename)} characters. Shorten the name of the project: the "
            f"limit is {_LONGEST_NAME}."
        )


def _refuse_unsafe(scan: TarScan, archive: ArchiveMembers) -> None:
    """Raise ArchiveError if boards read other files than the archive states."""
    files = [entry for entry in scan.entries if _is_file(entry)]
    others = [entry for entry in scan.entries if entry.is_directory or entry.kind in LINKS]
    names = [entry.name.rstrip("/") for entry in (*files, *others)]
    problems = [problem for name in names for problem in check_name(name)]
    problems += check_conflicts(entry.name for entry in files)
    for problem in problems:
        if problem.severity == ERROR:
            raise ArchiveError(f"{problem.path!r}: {problem.message} {_DISTRUST}")
    contents = [member.content for member in archive.members if member.kind == FILE]
    if contents != [entry.data for entry in files]:
        raise ArchiveError(
            f"Old installers read other files than new ones, by the sizes in the headers of the "
            f"tar. {_DISTRUST}"
        )
    roots = {entry.name.removeprefix("./").partition("/")[0] for entry in files}
    if len(roots) > 1:
        shown = " and ".join(map(repr, sorted(roots)[:2]))
        raise ArchiveError(
            f"Expected one top-level directory, got {len(roots)}, such as {shown}. {_REBUILD}"
        )


def _is_file(entry: Entry) -> bool:
    return entry.kind in _FILES and not entry.name.endswith("/")


def _measure(
    scan: TarScan, stream: bytes, tar: bytes, size: int
) -> tuple[tuple[PackedMember, ...], int]:
    """Return the files with their shares of an archive of `size` bytes, and the rest in bytes.

    The extended headers before a file belong to the file.
    """
    end = scan.entries[-1].end
    offsets = [*(entry.offset for entry in scan.entries), min(end + -end % BLOCK, len(tar))]
    members = []
    share = 0
    for entry, packed in zip(scan.entries, member_sizes(stream, offsets, SIZE_LIMIT), strict=False):
        share += packed
        if entry.is_about_the_next:
            continue
        if _is_file(entry):
            path = entry.name.removeprefix("./").partition("/")[2]
            members.append(PackedMember(path, len(entry.data), share))
        share = 0
    return tuple(members), size - sum(member.packed for member in members)


def _read_time(scan: TarScan, tar: bytes) -> int:
    """Return the newest time of a file in seconds since 1970, 0 without one."""
    headers = (
        tar[entry.offset : entry.offset + BLOCK] for entry in scan.entries if _is_file(entry)
    )
    return max((read_octal(header[_MTIME]) or 0 for header in headers), default=0)


def _describe(files: Iterable[File]) -> tuple[SiteFile, ...]:
    return tuple(SiteFile.from_content(path, data) for path, data in files)


def _read_abi(files: Iterable[File]) -> str:
    """Return the keywords of the interpreters that load the machine code in .mpy files."""
    abis = set()
    for path, data in files:
        if path.endswith(".mpy"):
            with suppress(ArchiveError):  # no .mpy file in spite of its name
                abis.add(read_abi(data))
    return " ".join(sorted(abi.keyword for abi in abis if abi.architecture))

"""An archive that already exists → the smallest one with the same members."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from ..archive.packing import pack
from ..archive.reader import GZIP_HEADER, unpack
from ..archive.tar import read_tar, tar_size
from ..archive.writer import gzip_wrap
from ..check.device_tar import read_device_tar, refuse_conflicts
from ..check.gzip_stream import read_gzip
from ..check.problem import ERROR
from ..check.tar_scan import scan_tar
from ..deflate.compress import find_defect
from ..deflate.encoder.encode import Progress
from ..deflate.trace import trace
from ..errors import ArchiveError, LimitError, NotForDevicesError, ProjectError
from ..filenames import split_release
from ..files.atomic import replace_file
from ..files.regular import read_regular
from ..limits import FOREIGN_LIMIT, NAME_LIMIT, SIZE_LIMIT, WINDOW
from ..member_paths import find_structure_defect
from ..messages.logs import get_logger
from ..metadata.file_tree import is_for_people
from ..metadata.stock_upip import INSTALL, action_on
from ..release import Member
from .foreign_tar import read_files
from .link_targets import LinkTargets

logger = get_logger(__name__)

_TRAILER = 8
"""Bytes of CRC and length at the end of a gzip file."""


@dataclass(frozen=True, slots=True)
class Content:
    """The contents of an archive: its top-level directory, as spelled there, and its files."""

    root: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Repacked:
    """The result of repacking: bytes before and after, and whether `target` was written."""

    target: Path
    before: int
    after: int
    written: bool


def repack(
    source: Path,
    target: Path,
    *,
    window: int,
    compression: str,
    progress: Progress | None = None,
) -> Repacked:
    """Write the members of `source`, a .tar.gz file of any kind, to `target` as small as possible.

    `target` may be `source`. A `source` that is not larger than the result and follows the same
    rules stays unchanged. The result is read back before it replaces a file. Raises ArchiveError.
    """
    try:
        old = read_regular(source, FOREIGN_LIMIT)
    except OSError as error:
        raise ArchiveError(
            f"Cannot read {source}: {error.strerror or error}. Pass a .tar.gz or .whl file."
        ) from error
    try:
        content = read_content(old)
        _refuse_large(content)
        packed = pack(
            content.root,
            content.members,
            window=window,
            compression=compression,
            progress=progress,
        )
        read_device_tar(packed.tar, canonicalize_name(split_release(content.root)[0]))
        new = gzip_wrap(packed.stream, packed.tar)
        _verify(new, packed.stream, packed.tar, content, window)
    except NotForDevicesError as error:
        raise ArchiveError(
            f"Cannot repack {source}: {error} --complete makes a new archive from it."
        ) from error
    except (ArchiveError, ProjectError) as error:
        raise ArchiveError(f"Cannot repack {source}: {error}") from error
    if target == source and len(old) <= len(new) and _is_canonical(old, window):
        return Repacked(target, len(old), len(new), written=False)
    replace_file(target, new)
    return Repacked(target, len(old), len(new), written=True)


def is_plain(data: bytes) -> bool:
    """Return whether the smallest boards, and stock upip, can read the archive `data`.

    Its headers are plain, and no distance is over WINDOW. An archive of sdist-upip may have the
    larger window that its project chose.
    """
    with suppress(ArchiveError):
        unpack(data)
        return True
    gzip = read_gzip(data)
    if gzip.trace is None or gzip.trace.distance > WINDOW:
        return False
    problems = (*gzip.problems, *scan_tar(gzip.trace.data).problems)
    return all(problem.severity != ERROR for problem in problems)


def read_content(data: bytes) -> Content:
    """Return the contents of a .tar.gz file in any tar format: GNU, PAX or USTAR.

    Directories, times, owners and modes are dropped, as devices drop them, and links that no device
    installs. Raises ArchiveError for members that a device would install differently: other links,
    special files, a second top-level directory. No more than SIZE_LIMIT bytes are decoded.
    """
    roots: set[str] = set()
    members: dict[str, Member] = {}
    files = list(_read_files(data))
    targets = LinkTargets(entry for entry, _ in files)
    for entry, content in files:
        name = entry.name
        if content is None:
            _refuse_needed(entry, targets)
            continue
        root, member = _make_member(name, content)
        roots.add(root)
        if members.get(member.path, member) != member:
            raise ArchiveError(
                f"{name!r} occurs twice with different content. Ask its author for another archive."
            )
        members[member.path] = member
    if len(roots) != 1:
        raise ArchiveError(
            f"Expected one top-level directory, got {len(roots)} ({', '.join(sorted(roots)[:5])}). "
            "Put all files below NAME-VERSION/."
        )
    refuse_conflicts(members)
    return Content(roots.pop(), tuple(members.values()))


def _read_files(data: bytes) -> Iterator[tuple[tarfile.TarInfo, bytes | None]]:
    try:
        yield from read_files(data, follow=False)
    except LimitError as error:
        raise LimitError(f"{error}. Larger archives are not read. Split the package.") from error
    except ArchiveError as error:
        raise ArchiveError(f"{error}. Fetch the archive again.") from error


def _refuse_needed(entry: tarfile.TarInfo, targets: LinkTargets) -> None:
    """Raise ArchiveError for a link or a special file, unless no device installs it."""
    path = entry.name.removeprefix("./").partition("/")[2]
    if not (entry.issym() or entry.islnk()):
        raise ArchiveError(
            f"{entry.name!r} is a special file, which devices would install empty. Ask its author "
            "for an archive without it."
        )
    if action_on(path) == INSTALL and not is_for_people(path):
        try:
            list(targets.follow(entry))
        except LimitError:
            raise
        except ArchiveError as error:
            raise ArchiveError(f"{error}. Ask its author for an archive with the file.") from None
        raise ArchiveError(
            f"{entry.name!r} is a link to {entry.linkname!r}, which devices would install empty. "
            "--complete makes a new archive, with the file that the link leads to."
        )
    logger.info("%s is left out, because it is a link that no device installs", entry.name)


def _make_member(name: str, content: bytes) -> tuple[str, Member]:
    root, separator, path = name.removeprefix("./").partition("/")
    if not separator:
        raise ArchiveError(
            f"{name!r} is outside the top-level directory, which devices strip. "
            "Put all files below NAME-VERSION/."
        )
    if defect := find_structure_defect(root):
        raise ArchiveError(
            f"The top-level directory of {name!r} {'has no name' if not root else defect}. "
            "Put all files below NAME-VERSION/."
        )
    size = len(f"{root}/{path}".encode(errors="surrogateescape"))
    if size > NAME_LIMIT:
        raise ArchiveError(
            f"{name[:NAME_LIMIT]!r}: the name takes {size} bytes, and devices read "
            f"{NAME_LIMIT}. Shorten the name."
        )
    return root, Member(path, content)


def _refuse_large(content: Content) -> None:
    if tar_size(content.members) > SIZE_LIMIT:
        raise LimitError(
            f"The result would have more than {SIZE_LIMIT:,} bytes of tar, which no device has "
            "space for. Split the package."
        )


def _verify(data: bytes, stream: bytes, tar: bytes, content: Content, window: int) -> None:
    """Raise ArchiveError unless `data` contains the same members within `window` (bytes)."""
    defect = find_defect(stream, tar, window)
    again = read_content(data)
    if defect or again.root != content.root or set(again.members) != set(content.members):
        raise ArchiveError(
            f"The result {defect or 'reads back differently'}. Nothing was written. "
            "This is a bug in sdist-upip. Report it with the archive."
        )


def _is_canonical(data: bytes, window: int) -> bool:
    """Return whether `data` is within `window` (bytes) and an archive as sdist-upip writes it."""
    if not data.startswith(GZIP_HEADER):
        return False
    stream = data[len(GZIP_HEADER) : -_TRAILER]
    try:
        traced = trace(stream, SIZE_LIMIT)
        read_tar(traced.data)
    except ArchiveError:
        return False
    return traced.distance <= window and traced.end == len(stream)

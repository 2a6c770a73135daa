"""An archive that already exists → the smallest one with the same members."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..archive.packing import pack
from ..archive.reader import GZIP_HEADER
from ..archive.tar import read_tar
from ..archive.writer import gzip_wrap
from ..deflate.compress import find_defect
from ..deflate.encoder.encode import Progress
from ..deflate.trace import trace
from ..errors import ArchiveError, ProjectError
from ..files.atomic import replace_file
from ..release import Member, path_defect

_UNLIMITED = 1 << 40
_TRAILER = 8
"""Bytes of CRC and length at the end of a gzip file."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an archive holds: its top-level directory, as it is spelled there, and its files."""

    root: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Repacked:
    """What became of an archive: bytes before and after, and whether `target` was written."""

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

    `target` may be `source`. A `source` that is as small already and made by the same rules stays
    as it is. Nothing is replaced before the result has been read back. Raises ArchiveError.
    """
    try:
        old = source.read_bytes()
    except OSError as error:
        raise ArchiveError(
            f"cannot read {source}: {error.strerror}; name a .tar.gz file"
        ) from error
    try:
        content = read_content(old)
        packed = pack(
            content.root,
            content.members,
            window=window,
            compression=compression,
            progress=progress,
        )
        new = gzip_wrap(packed.stream, packed.tar)
        _prove(new, packed.stream, packed.tar, content, window)
    except (ArchiveError, ProjectError) as error:
        raise ArchiveError(f"cannot repack {source}: {error}") from error
    if target == source and len(old) <= len(new) and _is_ours(old, window):
        return Repacked(target, len(old), len(new), written=False)
    replace_file(target, new)
    return Repacked(target, len(old), len(new), written=True)


def read_content(data: bytes) -> Content:
    """Return what a .tar.gz file holds, whatever wrote it: GNU, PAX or USTAR, with directories or
    not.

    Directories, times, owners and modes are dropped, as devices drop them. Raises ArchiveError for
    what a device would install as something else: links, special files, two top-level directories.
    """
    try:
        tar = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(
            f"it is no intact gzip file ({error}); fetch or build it again"
        ) from error
    roots: set[str] = set()
    members: dict[str, Member] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
            for info in archive:
                if info.isdir():
                    continue
                root, member = _read_member(archive, info)
                roots.add(root)
                if members.get(member.path, member) != member:
                    raise ArchiveError(
                        f"{info.name!r} is there twice with different content; build it again"
                    )
                members[member.path] = member
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise ArchiveError(f"its tar cannot be read ({error}); fetch or build it again") from error
    if len(roots) != 1:
        raise ArchiveError(
            f"it has {len(roots)} top-level directories ({', '.join(sorted(roots))}), and devices "
            "strip one; put all files below NAME-VERSION/"
        )
    _refuse_clashes(members)
    return Content(roots.pop(), tuple(members.values()))


def _refuse_clashes(paths: Collection[str]) -> None:
    for path in paths:
        for above in PurePosixPath(path).parents:
            if str(above) in paths:
                raise ArchiveError(
                    f"{str(above)!r} is a file and, for {path!r}, also a directory, so that "
                    "installing fails half-way; rename one"
                )


def _read_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> tuple[str, Member]:
    stream = archive.extractfile(info) if info.isreg() else None
    if stream is None:
        raise ArchiveError(
            f"{info.name!r} is a link or a special file, which devices would install empty; "
            "replace it with a file"
        )
    root, separator, path = info.name.removeprefix("./").partition("/")
    if not separator:
        raise ArchiveError(
            f"{info.name!r} lies outside any directory, and devices strip one; "
            "put all files below NAME-VERSION/"
        )
    if defect := path_defect(root):
        raise ArchiveError(
            f"the top-level directory of {info.name!r} {'has no name' if not root else defect}; "
            "put all files below NAME-VERSION/"
        )
    content = stream.read()
    if len(content) != info.size:
        raise ArchiveError(f"{info.name!r} is cut short; fetch or build it again")
    return root, Member(path, content)


def _prove(data: bytes, stream: bytes, tar: bytes, content: Content, window: int) -> None:
    """Raise ArchiveError unless `data` holds the very same members within `window`."""
    defect = find_defect(stream, tar, window)
    again = read_content(data)
    if defect or again.root != content.root or set(again.members) != set(content.members):
        raise ArchiveError(
            f"the result {defect or 'reads back differently'}; nothing was written. "
            "This is a bug of sdist-upip: report it with the archive"
        )


def _is_ours(data: bytes, window: int) -> bool:
    """Tell whether `data` is within `window` and a tar that we could have written."""
    if not data.startswith(GZIP_HEADER):
        return False
    stream = data[len(GZIP_HEADER) : -_TRAILER]
    try:
        walk = trace(stream, _UNLIMITED)
        read_tar(walk.data)
    except ArchiveError:
        return False
    return walk.distance <= window and walk.end == len(stream)

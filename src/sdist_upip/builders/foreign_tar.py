"""The files in a `.tar.gz` of another tool, in any tar format, read within limits.

`tarfile` reads the tar. It keeps every header in memory, and calls itself for extended headers, so
headers are counted while it reads.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

from ..archive.gunzip import decompress
from ..archive.tar import BLOCK
from ..errors import ArchiveError, LimitError, StreamError
from ..limits import FOREIGN_LIMIT, MEMBER_LIMIT
from .link_targets import LinkTargets

_EXTENDED = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)
_EXTENDED_LIMIT = 4 << 20
"""Most bytes of all extended headers."""
_GLOBAL_LIMIT = 1 << 10
"""Most bytes of PAX headers for all members, which tarfile copies for each member."""
_SEQUENCE_LIMIT = 8
"""Most extended headers one after the other. A member needs three at most."""

_UNREADABLE = (
    tarfile.TarError,
    EOFError,
    ValueError,
    KeyError,
    OverflowError,
    RecursionError,
    AttributeError,
    TypeError,
    IndexError,
)
"""Exceptions that tarfile raises for damaged headers."""


def read_files(data: bytes, *, follow: bool) -> Iterator[tuple[tarfile.TarInfo, bytes | None]]:
    """Yield each entry but directories in the `.tar.gz` with the bytes `data`, and its content.

    The content is None if the entry is not a regular file. With `follow`, a link has the content of
    the file that it leads to, or is all files of a directory (`LinkTargets.follow`). The
    whole file is decoded and verified first. Raises LimitError,
    StreamError for data that is not gzip, and ArchiveError for damaged headers.
    """
    tar = decompress(data, FOREIGN_LIMIT)
    left = FOREIGN_LIMIT
    try:
        with tarfile.open(
            fileobj=io.BytesIO(tar), mode="r:", tarinfo=_counting_entries()
        ) as archive:
            entries = [entry for entry in archive.getmembers() if not entry.isdir()]
            _check_end(tar, archive.offset)
            targets = LinkTargets(entries if follow else [])
            for entry in entries:
                for placed, source in targets.follow(entry) if follow else [(entry, entry)]:
                    content = None
                    if source.isreg():
                        content = _read(archive, source, left)
                        left -= len(content)
                    yield placed, content
    except _UNREADABLE as error:
        raise ArchiveError(f"The tar is damaged: {error}") from error


def _check_end(tar: bytes, offset: int) -> None:
    """Raise StreamError for a header that is damaged; tarfile takes it for the end."""
    if any(tar[offset : offset + BLOCK]):
        raise StreamError(f"The tar is damaged: expected a header at byte {offset:,}")


def _read(archive: tarfile.TarFile, entry: tarfile.TarInfo, left: int) -> bytes:
    """Return the content of a regular file. A sparse file has more than the tar holds."""
    file = archive.extractfile(entry)
    if file is None:
        raise ArchiveError(f"The tar is damaged: {entry.name!r} is not a file")
    content = file.read(left + 1)
    if len(content) > left:
        raise LimitError(f"The files have more than {FOREIGN_LIMIT:,} bytes")
    if len(content) != entry.size:
        raise ArchiveError(f"{entry.name!r} is truncated")
    return content


def _counting_entries() -> type[tarfile.TarInfo]:
    """Return a class of entries that raises LimitError for too many headers of one tar."""

    class Entry(tarfile.TarInfo):
        members = sequence = extended = shared = 0

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Entry:
            entry = super().frombuf(buf, encoding, errors)
            if entry.type in _EXTENDED:
                cls.sequence += 1
                cls.extended += entry.size
                cls.shared += entry.size if entry.type == tarfile.XGLTYPE else 0
            else:
                cls.members += 1
                cls.sequence = 0
            if cls.members > MEMBER_LIMIT:
                raise LimitError(f"The tar has more than {MEMBER_LIMIT:,} members")
            if (
                cls.sequence > _SEQUENCE_LIMIT
                or cls.extended > _EXTENDED_LIMIT
                or cls.shared > _GLOBAL_LIMIT
            ):
                raise LimitError("The extended headers of the tar are too large")
            return entry

    return Entry

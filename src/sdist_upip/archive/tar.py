"""The subset of USTAR (POSIX.1-1988) that MicroPython's utarfile reads, written and read strictly.

A device reads a name of at most 100 bytes and a size of 11 octal digits, and ignores the other
fields. It stops at the first zero block. So the tar contains regular files only, without a name
prefix and without directories. Two zero blocks end it, without padding to a record.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import ArchiveError
from ..limits import NAME_LIMIT
from ..release import Member

BLOCK = 512
END = bytes(2 * BLOCK)
_MAGIC = b"ustar\x0000"
_SIZE_LIMIT = 8**11 - 1


def write_tar(root: str, members: Iterable[Member], mtime: int = 0) -> bytes:
    """Return the tar of `members` below the directory `root`; `mtime` is in seconds since 1970."""
    parts = []
    for member in members:
        parts.append(_header(f"{root}/{member.path}", member, mtime))
        parts.append(member.data)
        parts.append(bytes(-len(member.data) % BLOCK))
    parts.append(END)
    return b"".join(parts)


def tar_size(members: Iterable[Member]) -> int:
    """Return the size of the tar of `members`, in bytes."""
    return sum(BLOCK + _padded(len(member.data)) for member in members) + len(END)


def read_tar(data: bytes) -> list[tuple[str, Member]]:
    """Return (root directory, member) pairs; raise ArchiveError at the first byte that `write_tar`
    does not write."""
    members = []
    offset = 0
    while True:
        header = data[offset : offset + BLOCK]
        if header == bytes(BLOCK):
            break
        if len(header) < BLOCK:
            raise ArchiveError(f"The tar data ends at byte {len(data)} without two zero blocks")
        name, size, mode = _read_header(header, offset)
        content = data[offset + BLOCK : offset + BLOCK + size]
        padding = data[offset + BLOCK + size : offset + BLOCK + _padded(size)]
        if len(content) + len(padding) != _padded(size) or any(padding):
            raise ArchiveError(f"Member {name!r} is truncated or badly padded")
        root, _, path = name.partition("/")
        members.append((root, Member(path, content, mode)))
        offset += BLOCK + _padded(size)
    if data[offset:] != END:
        raise ArchiveError(f"The tar data does not end with two zero blocks at byte {offset}")
    return members


def _padded(size: int) -> int:
    return size + -size % BLOCK


def _header(name: str, member: Member, mtime: int) -> bytes:
    encoded = name.encode()
    if len(encoded) > NAME_LIMIT:
        raise ArchiveError(
            f"{name!r}: the name takes {len(encoded)} bytes, and devices read {NAME_LIMIT}. "
            "Shorten the name."
        )
    if len(member.data) > _SIZE_LIMIT:
        raise ArchiveError(
            f"{name!r}: the file has {len(member.data)} bytes, and USTAR allows {_SIZE_LIMIT}. "
            "Exclude the file."
        )
    if not 0 <= mtime <= _SIZE_LIMIT:
        raise ArchiveError(
            f"Modification time {mtime} does not fit in a tar header. Use 0 … 8**11 - 1."
        )
    fields = (
        encoded.ljust(100, b"\0"),
        b"%07o\0" % member.mode,
        b"0000000\x000000000\x00",
        b"%011o\0" % len(member.data),
        b"%011o\0" % mtime,
        b" " * 8,
        b"0",
        bytes(100),
        _MAGIC,
        bytes(247),
    )
    header = b"".join(fields)
    return header[:148] + b"%06o\0 " % sum(header) + header[156:]


def _read_header(header: bytes, offset: int) -> tuple[str, int, int]:
    try:
        name = header[:100].rstrip(b"\0").decode()
        mode = int(header[100:107], 8)
        size = int(header[124:135], 8)
        mtime = int(header[136:147], 8)
        expected = _header(name, Member("x", b"", mode), mtime)
    except (ValueError, UnicodeDecodeError) as error:
        raise ArchiveError(f"The tar header at byte {offset} is not plain USTAR") from error
    expected = expected[:124] + header[124:136] + expected[136:148] + b" " * 8 + expected[156:]
    checksum = b"%06o\0 " % sum(expected)
    if expected[:148] + checksum + expected[156:] != header:
        raise ArchiveError(f"The tar header of {name!r} at byte {offset} is not plain USTAR")
    return name, size, mode

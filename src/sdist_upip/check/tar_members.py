"""The bytes of a tar of any usual format → its members, as device/upip_pax.py reads them.

USTAR, GNU, PAX and old headers are read. What a header adds besides name and size is ignored. The
names of files and links are checked here as far as no installer takes them: `..`, absolute names
and control characters.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..archive.tar import BLOCK
from ..errors import ArchiveError, LimitError
from ..limits import DIRECTORY_LIMIT, EXTENDED_HEADER_LIMIT, EXTENDED_SEQUENCE_LIMIT, PATH_LIMIT
from ..member_paths import CONTROL

FILE, LINK, DIRECTORY, LABEL = "file", "link", "directory", "volume label"

_KINDS = {
    **dict.fromkeys((b"0", b"\0", b"7"), FILE),
    **dict.fromkeys((b"1", b"2"), LINK),
    **dict.fromkeys((b"5", b"D"), DIRECTORY),
    b"V": LABEL,
}
_PLAIN = (b"0", b"\0", b"5")
_PAX = (b"x", b"X", b"g")
_LONG = (b"L", b"K")
_USTAR = b"ustar\0"
_OCTAL = re.compile(rb"[0-7]*")
_PLAIN_SIZE = re.compile(rb" *[0-7]+ *[ \0]")
_PLAIN_CHECKSUM = re.compile(rb" *[0-7]+ *[ \0]{2}")
_RECORD = re.compile(rb"([0-9]{1,5}) ")
_DIGITS = re.compile(rb"[0-9]{1,9}")
_KEY_LIMIT = 100
"""Most bytes of the key of a record."""
_AGAIN = "Download it again or build it with sdist-upip."
_DISTRUST = "Do not use the archive."
_REBUILD = "Ask its author to build it again."


@dataclass(frozen=True, slots=True)
class TarMember:
    """One member: `name` is the whole name, `path` what follows the top directory.

    `kind` is FILE, LINK, DIRECTORY or LABEL. `is_plain` is whether the header alone describes the
    member, in the form that every installer reads.
    """

    name: str
    path: str
    kind: str
    content: bytes
    is_plain: bool


@dataclass(slots=True)
class _Extension:
    """What the extended headers before a member state of it, and how many they are."""

    name: bytes | None = None
    size: int | None = None
    count: int = 0


def read_tar_members(tar: bytes) -> Iterator[TarMember]:
    """Yield the members of `tar` up to its first block of zeros.

    Raises LimitError, and ArchiveError for headers that are damaged, for special files, and for
    names that no installer takes.
    """
    directories = position = 0
    extension = _Extension()
    while any(block := _read_block(tar, position)):
        size = _read_size(block)
        kind = block[156:157]
        is_extended = kind in _PAX or kind in _LONG
        if _KINDS.get(kind) == LINK:
            size = 0
        elif not is_extended and extension.size is not None:
            size = extension.size
        start = position + BLOCK
        position = start + size + -size % BLOCK
        if is_extended:
            _check_extended(extension, size)
        if position > len(tar):
            raise _truncated(tar)
        content = tar[start : start + size]
        if is_extended:
            _extend(extension, kind, content)
            continue
        member = _make_member(block, kind, content, extension)
        directories += member.kind in (DIRECTORY, LABEL)
        if directories > DIRECTORY_LIMIT:
            raise LimitError(
                f"The archive has more than {DIRECTORY_LIMIT:,} directories. {_DISTRUST}"
            )
        yield member
        if extension.count:
            extension = _Extension()
    if extension.count:
        raise ArchiveError(f"The tar ends after an extended header. {_AGAIN}")
    if not position:
        raise ArchiveError(f"The tar is empty. {_AGAIN}")


def _read_block(tar: bytes, position: int) -> bytes:
    block = tar[position : position + BLOCK]
    if len(block) < BLOCK:
        raise _truncated(tar)
    return block


def _truncated(tar: bytes) -> ArchiveError:
    return ArchiveError(f"The tar is truncated after {len(tar)} bytes. {_AGAIN}")


def _read_size(block: bytes) -> int:
    """Return the size in bytes that the header states, after a check of the checksum."""
    size = _read_number(block[124:136])
    total = _sum_bytes(block) - sum(block[148:156]) + 8 * ord(" ")
    if size is None or _read_number(block[148:156]) != total:
        name = block[:100].partition(b"\0")[0]
        raise ArchiveError(f"The tar header of {name!r} is invalid. {_AGAIN}")
    return size


def _sum_bytes(block: bytes) -> int:
    """Return the sum of the bytes in a block.

    Adler-32 starts with 1 and adds bytes modulo 65521, which 256 bytes do not reach.
    """
    return (zlib.adler32(block[:256]) & 0xFFFF) + (zlib.adler32(block[256:]) & 0xFFFF) - 2


def _read_number(field: bytes) -> int | None:
    """Return the number in a field: octal digits, or base-256 as GNU tar writes it."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip(b" ")
    return int(digits or b"0", 8) if _OCTAL.fullmatch(digits) else None


def _check_extended(extension: _Extension, size: int) -> None:
    extension.count += 1
    if size > EXTENDED_HEADER_LIMIT:
        raise LimitError(
            f"An extended header has {size:,} bytes. The limit is {EXTENDED_HEADER_LIMIT:,}. "
            f"{_DISTRUST}"
        )
    if extension.count > EXTENDED_SEQUENCE_LIMIT:
        raise LimitError(
            f"More than {EXTENDED_SEQUENCE_LIMIT} extended headers follow one another. {_DISTRUST}"
        )


def _extend(extension: _Extension, kind: bytes, content: bytes) -> None:
    """Add what an extended header states; GNU long names of links (K) are ignored."""
    if kind == b"L":
        _set_name(extension, content.partition(b"\0")[0])
    elif kind in _PAX:
        for key, value in _read_records(content):
            if key.startswith(b"GNU.sparse."):
                raise ArchiveError(f"The archive has a sparse file. {_REBUILD}")
            if key in (b"path", b"size") and kind == b"g":
                raise ArchiveError(
                    f"A global header states the {key.decode()} of all members. {_DISTRUST}"
                )
            if key == b"path":
                if not value:
                    raise ArchiveError(f"A PAX header states an empty name. {_DISTRUST}")
                _set_name(extension, value)
            elif key == b"size":
                if extension.size is not None or not _DIGITS.fullmatch(value):
                    raise ArchiveError(f"The size {value[:20]!r} is invalid. {_DISTRUST}")
                extension.size = int(value)


def _set_name(extension: _Extension, name: bytes) -> None:
    if extension.name is not None:
        raise ArchiveError(f"A member has two names, {extension.name!r} and {name!r}. {_DISTRUST}")
    extension.name = name


def _read_records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the key and the value of each record `LENGTH KEY=VALUE\\n` (POSIX.1-2001)."""
    position = 0
    while position < len(data):
        match = _RECORD.match(data, position)
        end = position + int(match[1]) if match else 0
        key, equals, value = data[match.end() if match else 0 : end].partition(b"=")
        is_long = len(key) > _KEY_LIMIT
        if end > len(data) or is_long or not equals or not value.endswith(b"\n"):
            raise ArchiveError(f"A PAX header is damaged at byte {position}. {_AGAIN}")
        yield key, value[:-1]
        position = end


def _make_member(block: bytes, raw_kind: bytes, content: bytes, extension: _Extension) -> TarMember:
    raw_name = _read_name(block) if extension.name is None else extension.name
    is_plain = (
        raw_kind in _PLAIN
        and not extension.count
        and not block[345]
        and bool(_PLAIN_SIZE.fullmatch(block[124:136]))
        and bool(_PLAIN_CHECKSUM.fullmatch(block[148:156]))
    )
    kind = _KINDS.get(raw_kind)
    try:
        name = raw_name.decode()
    except UnicodeDecodeError as error:
        raise ArchiveError(f"The member name {raw_name!r} is not UTF-8. {_DISTRUST}") from error
    if name.startswith("./"):
        name = name[2:]
        is_plain = False
    if kind == FILE and name.endswith("/"):
        kind = DIRECTORY
        is_plain = False
    if kind is None:
        raise ArchiveError(
            f"{name!r} in the tar is not a regular file: its type is {raw_kind!r}. {_REBUILD}"
        )
    if kind in (FILE, LINK):
        if len(raw_name) > PATH_LIMIT:
            raise LimitError(f"A member name has more than {PATH_LIMIT} bytes. {_DISTRUST}")
        _check_name(name)
    return TarMember(name, name.partition("/")[2], kind, content, is_plain)


def _read_name(block: bytes) -> bytes:
    name = block[:100].partition(b"\0")[0]
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == _USTAR else b""
    return prefix + b"/" + name if prefix else name


def _check_name(name: str) -> None:
    if name.startswith("/"):
        defect = "is absolute"
    elif not (name.isascii() and name.isprintable()) and CONTROL.search(name):
        defect = "contains a control character"
    elif ".." in name and ".." in name.split("/"):
        defect = "has a '..' segment"
    elif not name.partition("/")[2]:
        raise ArchiveError(f"{name!r} in the tar is not in a directory. {_REBUILD}")
    else:
        return
    raise ArchiveError(f"The member name {name!r} {defect}. {_DISTRUST}")

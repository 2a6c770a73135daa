"""One header of a tar and its content, in any format: USTAR, GNU, PAX or older."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..archive.tar import BLOCK

USTAR = b"ustar\x0000"
"""Magic and version of POSIX.1-1988, bytes 257 … 264 of a header."""
GNU = b"ustar  \x00"
"""The magic and version of GNU tar; its headers have no prefix."""
REGULAR = (b"0", b"\0")
DIRECTORY = b"5"
LINKS = {b"1": "hard link", b"2": "symbolic link"}
SPECIAL = {b"3": "character device", b"4": "block device", b"6": "FIFO"}
GNU_KINDS = {
    b"D": "list of a directory",
    b"K": "long link target",
    b"L": "long name",
    b"M": "part of a larger file",
    b"N": "long name of old",
    b"S": "sparse file",
    b"V": "volume label",
}
PAX_KINDS = (b"g", b"x", b"X")
_OCTAL = re.compile(rb" *[0-7]*[ \0]*", re.DOTALL)
_KIND_NAMES = {
    **LINKS,
    **SPECIAL,
    **{kind: f"GNU {name}" for kind, name in GNU_KINDS.items()},
    **dict.fromkeys(PAX_KINDS, "PAX header"),
}


_PATH_LIMIT = 4096
"""Most bytes of a name that are kept; no system supports a longer path."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One header with its content: positions in bytes of the tar.

    `device_name` is the name field, the only one that stock upip reads. `name` is the whole name as
    tools on the host read it. Invalid UTF-8 in both is kept as surrogates. `kind` is the typeflag.
    """

    offset: int
    end: int
    device_name: str
    name: str
    kind: bytes
    data: bytes

    @property
    def plain(self) -> bool:
        """Whether the entry is a regular file; a name with a final / makes it a directory."""
        return self.kind in REGULAR and not self.name.endswith("/")

    @property
    def is_about_the_next(self) -> bool:
        """Whether the entry only describes the next one, so that its own name has no meaning."""
        return self.kind in PAX_KINDS or self.kind in (b"K", b"L")

    @property
    def kind_name(self) -> str:
        """The type in words, as the JSON of `show` names it; these values are stable."""
        if self.is_directory:
            return "folder"
        if self.kind in REGULAR:
            return "file"
        return _KIND_NAMES.get(self.kind, f"type {decode_name(self.kind)}")

    @property
    def is_directory(self) -> bool:
        """Whether tools on the host read the entry as a directory."""
        return self.kind == DIRECTORY or (self.kind in REGULAR and self.name.endswith("/"))


def decode_name(name: bytes) -> str:
    """Return `name` as text; bytes that are not UTF-8 become surrogates."""
    return name.decode("utf-8", "surrogateescape")


def full_name(header: bytes) -> bytes:
    """Return the name in `header` with its prefix, where the format has one."""
    name = _cut(header, 0, 100)
    prefix = _cut(header, 345, 500) if header[257:265] == USTAR else b""
    return prefix + b"/" + name if prefix else name


def read_octal(text: bytes) -> int | None:
    """Return the number in a field, 0 for an empty field, None if it is not octal."""
    return int(text.strip(b" \0") or b"0", 8) if _OCTAL.fullmatch(text) else None


def make_entry(header: bytes, data: bytes, offset: int, size: int, name: bytes | None) -> Entry:
    """Return the entry of `header` at `offset` in the tar `data`; `name` overrides its name."""
    start = offset + BLOCK
    return Entry(
        offset=offset,
        end=start + size,
        device_name=decode_name(_cut(header, 0, 100)),
        name=decode_name(full_name(header) if name is None else name[:_PATH_LIMIT]),
        kind=header[156:157],
        data=data[start : start + size],
    )


def _cut(header: bytes, start: int, stop: int) -> bytes:
    return header[start:stop].split(b"\0", 1)[0]

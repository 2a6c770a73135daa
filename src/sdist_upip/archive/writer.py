"""Release → `.tar.gz`: packed, read back, and only then written in one step."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ArchiveError, ConfigError
from ..files.atomic import replace_file
from ..limits import SIZE_LIMIT
from ..release import Release
from .packing import pack
from .reader import GZIP_HEADER, unpack

if TYPE_CHECKING:
    from ..deflate.encoder.encode import Progress


class Archive(NamedTuple):
    """A written archive: its path, its release, and the sizes of its tar and of itself in bytes."""

    path: Path
    release: Release
    tar_size: int
    size: int


def read_epoch(environ: Mapping[str, str]) -> int:
    """Return the time of all members in seconds since 1970: SOURCE_DATE_EPOCH, or 0 without it.

    Raises ConfigError.
    """
    text = environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) >= 8**11:
        raise ConfigError(
            "Environment variable SOURCE_DATE_EPOCH: expected a number of seconds, "
            f"0 … 8589934591, got {text!r}. Correct the value or unset the variable."
        )
    return int(text)


def write_archive(
    release: Release,
    directory: Path,
    *,
    window: int,
    compression: str,
    mtime: int = 0,
    progress: Progress | None = None,
) -> Archive:
    """Write `release` to `directory` as `NAME-VERSION.tar.gz` and return the written archive.

    `window` is in bytes, `mtime` in seconds since 1970. Members have the order of `pack`. The
    archive is read back before it appears in `directory`. After an error, a file of that name is
    still the old one. Raises ArchiveError.
    """
    packed = pack(
        release.root,
        release.members,
        window=window,
        compression=compression,
        mtime=mtime,
        progress=progress,
    )
    release = release.with_members(packed.members)
    data = gzip_wrap(packed.stream, packed.tar)
    _verify(data, release)
    path = directory / f"{release.root}.tar.gz"
    replace_file(path, data)
    return Archive(path, release, len(packed.tar), len(data))


def gzip_wrap(stream: bytes, content: bytes) -> bytes:
    """Return the raw deflate `stream` of `content` as one gzip member (RFC 1952)."""
    return GZIP_HEADER + stream + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def _verify(data: bytes, release: Release) -> None:
    if len(data) > SIZE_LIMIT:
        raise ArchiveError(
            f"{release.root}.tar.gz would have {len(data):,} bytes. Installers read at most "
            f"{SIZE_LIMIT:,} bytes. Split the package, or exclude files."
        )
    if unpack(data) != release:
        raise ArchiveError(
            f"{release.root}.tar.gz reads back differently from the release. "
            "This is a bug in sdist-upip. Report it with the project."
        )

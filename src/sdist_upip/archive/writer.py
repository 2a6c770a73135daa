"""Release → `.tar.gz`: written beside, read back, and only then renamed into place."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..deflate.encoder.encode import Progress
from ..errors import ArchiveError, ConfigError
from ..files.atomic import replace_file
from ..release import Release
from .packing import pack
from .reader import GZIP_HEADER, unpack


@dataclass(frozen=True)
class Archive:
    """A written archive: where it is, what it holds, bytes of its tar and of itself."""

    path: Path
    release: Release
    tar_size: int
    size: int


def read_epoch(environ: Mapping[str, str]) -> int:
    """Return the time of all members in seconds: SOURCE_DATE_EPOCH, or 0 where it is not set."""
    text = environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) >= 8**11:
        raise ConfigError(
            f"environment variable SOURCE_DATE_EPOCH: {text!r} is no number of seconds that fits "
            "a tar header; set 0 … 8589934591 or unset it"
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
    """Write `release` to `directory` as `NAME-VERSION.tar.gz` and return what was written.

    Members stand in the order of `pack`. Nothing appears in `directory`
    before the archive has been read back and found equal; what stood there before stays if
    anything fails. Raises ArchiveError.
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
    _prove(data, release)
    path = directory / f"{release.root}.tar.gz"
    replace_file(path, data)
    return Archive(path, release, len(packed.tar), len(data))


def gzip_wrap(stream: bytes, content: bytes) -> bytes:
    """Return the raw deflate `stream` of `content` as one gzip member (RFC 1952)."""
    return GZIP_HEADER + stream + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def _prove(data: bytes, release: Release) -> None:
    if unpack(data) != release:
        raise ArchiveError(
            f"{release.root}.tar.gz reads back differently from what was written; "
            "this is a bug of sdist-upip: report it with the project"
        )

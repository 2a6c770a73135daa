"""Release → `.tar.gz`: written beside, read back, and only then renamed into place."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .deflate.encoder.encode import Progress
from .errors import ArchiveError, ConfigError
from .files.atomic import replace_file
from .packing import pack
from .release import Release
from .tar import read_tar

GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""RFC 1952: deflate, no name, no time, strongest compression, unknown system."""


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
    folder: Path,
    *,
    window: int,
    compression: str,
    mtime: int = 0,
    progress: Progress | None = None,
) -> Archive:
    """Write `release` to `folder` as `NAME-VERSION.tar.gz` and return what was written.

    Members stand in the order of `pack`. Nothing appears in `folder`
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
    path = folder / f"{release.root}.tar.gz"
    replace_file(path, data)
    return Archive(path, release, len(packed.tar), len(data))


def gzip_wrap(stream: bytes, content: bytes) -> bytes:
    """Return the raw deflate `stream` of `content` as one gzip member (RFC 1952)."""
    return GZIP_HEADER + stream + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)


def read_archive(path: Path) -> Release:
    """Return the release in an archive of ours; raise ArchiveError for any other file."""
    try:
        return unpack(path.read_bytes())
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
    except ArchiveError as error:
        raise ArchiveError(f"{path} is no archive of sdist-upip: {error}") from error


def unpack(data: bytes) -> Release:
    """Return the release in the bytes of an archive of ours; CRC and length are verified."""
    if not data.startswith(GZIP_HEADER):
        raise ArchiveError("it does not begin with the gzip header of ours")
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        tar = decoder.decompress(data[len(GZIP_HEADER) :])
    except zlib.error as error:
        raise ArchiveError(f"its deflate data is broken: {error}") from error
    if not decoder.eof:
        raise ArchiveError("its deflate data is cut short")
    if decoder.unused_data != struct.pack("<II", zlib.crc32(tar), len(tar) & 0xFFFFFFFF):
        raise ArchiveError("its CRC or length does not match its content")
    pairs = read_tar(tar)
    roots = sorted({root for root, _ in pairs})
    if len(roots) != 1:
        raise ArchiveError(f"it has {len(roots)} top-level folders instead of one")
    name, _, version = roots[0].rpartition("-")
    release = Release(name, version, tuple(member for _, member in pairs))
    if release.root != roots[0]:
        raise ArchiveError(f"its top-level folder {roots[0]!r} is not spelled {release.root!r}")
    return release


def _prove(data: bytes, release: Release) -> None:
    if unpack(data) != release:
        raise ArchiveError(
            f"{release.root}.tar.gz reads back differently from what was written; "
            "this is a bug of sdist-upip: report it with the project"
        )

"""Our own archives, read back strictly: anything that we do not write is an error."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from ..errors import ArchiveError
from ..release import Release
from .tar import read_tar

GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""RFC 1952: deflate, no name, no time, strongest compression, unknown system."""


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
        raise ArchiveError(f"it has {len(roots)} top-level directories instead of one")
    name, _, version = roots[0].rpartition("-")
    release = Release(name, version, tuple(member for _, member in pairs))
    if release.root != roots[0]:
        raise ArchiveError(f"its top-level directory {roots[0]!r} is not spelled {release.root!r}")
    return release

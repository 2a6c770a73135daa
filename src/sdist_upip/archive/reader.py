"""Archives of sdist-upip, read strictly: anything that sdist-upip does not write is an error."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from ..errors import ArchiveError, ProjectError
from ..files.regular import read_regular
from ..limits import SIZE_LIMIT
from ..release import Member, Release
from .tar import read_tar

GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""RFC 1952: deflate, no name, no time, strongest compression, unknown system."""


def read_archive(path: Path) -> Release:
    """Return the release in an archive of sdist-upip; raise ArchiveError for any other file."""
    try:
        return unpack(read_regular(path, SIZE_LIMIT))
    except OSError as error:
        raise ArchiveError(
            f"Cannot read {path}: {error.strerror or error}. Pass the path of an archive."
        ) from error
    except ArchiveError as error:
        reason = str(error).rstrip(".")
        raise ArchiveError(
            f"{path} is not an archive of sdist-upip: {reason}. "
            "Build it with sdist-upip, or convert it with sdist-upip repack."
        ) from error


def unpack(data: bytes) -> Release:
    """Return the release in the bytes of an archive of sdist-upip.

    CRC and length are verified. Raises ArchiveError, also for more than SIZE_LIMIT bytes, packed or
    not.
    """
    if len(data) > SIZE_LIMIT:
        raise ArchiveError(f"The file has more than {SIZE_LIMIT:,} bytes")
    if not data.startswith(GZIP_HEADER):
        raise ArchiveError("The gzip header is not the one that sdist-upip writes")
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        tar = decoder.decompress(data[len(GZIP_HEADER) :], SIZE_LIMIT + 1)
    except zlib.error as error:
        raise ArchiveError(f"The deflate data is damaged: {error}") from error
    if len(tar) > SIZE_LIMIT:
        raise ArchiveError(f"The file decodes to more than {SIZE_LIMIT:,} bytes")
    if not decoder.eof:
        raise ArchiveError("The deflate data is truncated")
    if decoder.unused_data != struct.pack("<II", zlib.crc32(tar), len(tar) & 0xFFFFFFFF):
        raise ArchiveError("The CRC or length does not match the content")
    try:
        return _make_release(read_tar(tar))
    except ProjectError as error:
        raise ArchiveError(str(error)) from error


def _make_release(pairs: list[tuple[str, Member]]) -> Release:
    roots = sorted({root for root, _ in pairs})
    if len(roots) != 1:
        raise ArchiveError(f"Expected one top-level directory, got {len(roots)}")
    name, _, version = roots[0].rpartition("-")
    release = Release(name, version, tuple(member for _, member in pairs))
    if release.root != roots[0]:
        raise ArchiveError(f"Expected the top-level directory {release.root!r}, got {roots[0]!r}")
    return release

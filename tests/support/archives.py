"""Archives for the tests of installers: valid ones, and ones that sdist-upip never writes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping

from sdist_upip import Member, Release
from sdist_upip.archive.tar import write_tar
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.deflate.compress import compress
from support.samples import NOISE


def make_release(
    name: str,
    version: str,
    files: Mapping[str, bytes | str] | None = None,
    requires: Iterable[str] = (),
) -> Release:
    """Return a release with PKG-INFO. Without `files` it has one module, with the version."""
    if files is None:
        files = {f"{name.replace('-', '_')}.py": f"version = {version!r}\n"}
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {line}\n" for line in requires)
    members = [Member("PKG-INFO", f"{metadata}\nA package.\n".encode())]
    for path, data in files.items():
        members.append(Member(path, data.encode() if isinstance(data, str) else data))
    return Release(name, version, tuple(members))


def pack(release: Release, window: int = 4096) -> bytes:
    """Return the archive of `release`."""
    return pack_tar(write_tar(release.root, release.members), window)


def pack_tar(tar: bytes, window: int = 4096) -> bytes:
    """Return `tar` as gzip."""
    return gzip_wrap(compress(tar, window, "fast"), tar)


def make_archive(name: str, version: str, files=None, requires=()) -> bytes:
    """Return the archive of `make_release` with the same arguments."""
    return pack(make_release(name, version, files, requires))


def header(
    name: bytes, size: int = 0, kind: bytes = b"0", size_field: bytes | None = None
) -> bytes:
    """Return a tar header with these fields and a correct checksum."""
    fields = (
        name.ljust(100, b"\0"),
        b"0000644\x000000000\x000000000\x00",
        b"%011o\0" % size if size_field is None else size_field,
        b"00000000000\0",
        b" " * 8,
        kind,
        bytes(100),
        b"ustar\x0000",
        bytes(247),
    )
    block = b"".join(fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def changed_header(name: bytes, **changes: bytes) -> bytes:
    """Return a header with bytes of it changed (at50=b"…") and its checksum corrected."""
    block = bytearray(header(name))
    for at, data in changes.items():
        block[int(at[2:]) : int(at[2:]) + len(data)] = data
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def member(name: str, data: bytes = b"", kind: bytes = b"0") -> bytes:
    """Return header and data of one member."""
    return header(name.encode(), len(data), kind) + data + bytes(-len(data) % 512)


def raw_archive(*members: bytes) -> bytes:
    """Return an archive of these members, valid or not."""
    return pack_tar(b"".join(members) + bytes(1024))


def stored_gzip(data: bytes) -> bytes:
    """Return `data` as gzip, compressed by zlib with its largest window."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = compressor.compress(data) + compressor.flush()
    header_bytes = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return header_bytes + stream + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def pairs(count):
    """Return members in pairs of similar content, with names that are far apart."""
    return [
        Member(f"{half}{n:03}.bin", NOISE[2000 * n : 2000 * n + 1990] + half.encode())
        for half in "ab"
        for n in range(count)
    ]

"""Archives and wheels that are small and take more memory than any computer has, if one lets them.

Each is named after what grows. The values are made when they are asked for.
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from functools import cache

from sdist_upip.archive.reader import GZIP_HEADER
from sdist_upip.archive.writer import gzip_wrap
from support.odd_archives import END, METADATA, entry, tar
from support.wheels import INFO, record_line

MEGABYTE = bytes(1 << 20)


def repeat(pieces, piece, head=b""):
    """Return `head` and `pieces` times `piece` in one gzip member with a wrong trailer."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = compressor.compress(head) + compressor.flush(zlib.Z_FULL_FLUSH)
    block = compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)
    return GZIP_HEADER + start + block * pieces + b"\x03\0" + struct.pack("<II", 0, 512)


def _large_member():
    """10 GB in one member."""
    size = 10_000 << 20
    name = entry("x-1.0/a.bin", size=b"\x80" + size.to_bytes(11, "big"))
    return repeat(10_000, MEGABYTE, name)


def _huge_members():
    """10,000 members of 1 MB each."""
    one = entry("x-1.0/a.bin", MEGABYTE)
    return repeat(10_000, one)


def _tiny_members():
    """400,000 empty members."""
    return repeat(100_000, b"".join(entry(f"x-1.0/{n}") for n in range(4)))


def _links():
    """9,000 links to a file of 60 MB."""
    parts = [entry("x-1.0/pyproject.toml"), entry("x-1.0/a.bin", bytes(50 << 20))]
    for number in range(9000):
        info = tarfile.TarInfo(f"x-1.0/{number}")
        info.type, info.linkname = tarfile.LNKTYPE, "x-1.0/a.bin"
        parts.append(info.tobuf(tarfile.GNU_FORMAT))
    return gzip.compress(b"".join(parts) + END, mtime=0)


def _sparse():
    """A sparse file of 1 TB."""
    header = bytearray(entry("x-1.0/a.bin", kind=b"S", magic=b"ustar  \0"))
    header[386 : 386 + 24] = b"%011o\0%011o\0" % (0, 0)
    header[483 : 483 + 12] = b"\x80" + (1 << 40).to_bytes(11, "big")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return gzip.compress(entry("x-1.0/pyproject.toml") + bytes(header) + END, mtime=0)


def _extended_headers():
    """5,000 extended headers, one after the other."""
    return gzip.compress(entry("x/././@LongLink", b"x-1.0/a\0", b"L") * 5000 + END, mtime=0)


def _pax_keys():
    """A PAX header of 50 MB with 5 million keys."""
    some = b"".join(b"12 ....%03x=1\n" % number for number in range(4096))
    records = b"".join(some.replace(b"....", b"%04x" % number) for number in range(977))
    data = entry("PaxHeaders/x", records, b"x") + entry("x-1.0/pyproject.toml")
    return gzip.compress(data + END, 6, mtime=0)


def _shared_pax_keys():
    """A PAX header for all of 9,000 members, with 10,000 keys."""
    records = b"".join(b"12 %07x=1\n" % number for number in range(10_000))
    own = entry("PaxHeaders/x", b"9 a.b=c\n\n", b"x")
    parts = [entry("PaxHeaders/g", records, b"g")]
    parts += [own + entry(f"x-1.0/{number}") for number in range(9000)]
    return gzip.compress(b"".join(parts) + END, mtime=0)


def _gzip_members():
    """A million empty gzip members."""
    return gzip.compress(b"", mtime=0) * 1_000_000


ARCHIVES = {
    "10 GB of zeros": lambda: repeat(10_000, MEGABYTE),
    "a member of 10 GB": _large_member,
    "10 GB of members": _huge_members,
    "400,000 members": _tiny_members,
    "links to a large file": _links,
    "a sparse file": _sparse,
    "extended headers": _extended_headers,
    "keys of a PAX header": _pax_keys,
    "keys of a shared PAX header": _shared_pax_keys,
    "gzip members": _gzip_members,
}
"""`x-1.0.tar.gz` each: more than what is decoded."""


def _device_archive(files):
    tarball = tar({"PKG-INFO": METADATA, "x.py": "", **files})
    compressor = zlib.compressobj(9, zlib.DEFLATED, -9)
    return gzip_wrap(compressor.compress(tarball) + compressor.flush(), tarball)


_SIZE = 15 << 20

CONTENTS = {
    "lines": lambda: {"PKG-INFO": METADATA.encode() + b"a\n" * (_SIZE // 2)},
    "fields": lambda: {"PKG-INFO": METADATA.encode() + b"A: b\n" * (_SIZE // 5)},
    "requirements": lambda: {"x.egg-info/requires.txt": b"a\n" * (_SIZE // 2)},
    "code": lambda: {"x.py": b"import pkg_resources\n" + b"[]," * (_SIZE // 3)},
    "resources": lambda: {"x/__init__.py": "", "x/R.py": b"R={" + b"'':b''," * (_SIZE // 7) + b"}"},
}
"""Files of `x-1.0.tar.gz` that are decoded, and take a hundred times their size to parse."""


def make_content(kind):
    """Return the archive with the files `kind` of CONTENTS."""
    return _device_archive(CONTENTS[kind]())


def _wheel(files, method=zipfile.ZIP_DEFLATED):
    metadata = {
        f"{INFO}/METADATA": METADATA.encode(),
        f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
    }
    files = {**files, **{path: data for path, data in metadata.items() if path not in files}}
    record = "".join(record_line(path, data) for path, data in files.items())
    files = {f"{INFO}/RECORD": (record + f"{INFO}/RECORD,,\n").encode(), **files}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return stream.getvalue()


@cache
def _large_file(method=zipfile.ZIP_DEFLATED):
    return _wheel({"x.bin": bytes(200 << 20)}, method)


def _with_size(wheel, size):
    """Return `wheel` with another size for each member, in both of its headers."""
    data = bytearray(wheel)
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        position = data.find(mark)
        while position >= 0:
            data[position + offset : position + offset + 4] = struct.pack("<I", size)
            position = data.find(mark, position + 4)
    return bytes(data)


def _many_headers():
    """A central directory of two million members."""
    header = struct.pack("<4s6H3L5H2L", b"PK\1\2", *[0] * 16)
    count = 1_400_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(header) * count, 0, 0)
    return header * count + end


WHEELS = {
    "a file of 200 MB": _large_file,
    "sizes that are lies": lambda: _with_size(_large_file(), 10),
    "no sizes": lambda: _with_size(_large_file(), 0),
    "bzip2": lambda: _with_size(_large_file(zipfile.ZIP_BZIP2), 10),
    "LZMA": lambda: _with_size(_large_file(zipfile.ZIP_LZMA), 10),
    "files of 1 MB": lambda: _wheel({f"{number}.bin": MEGABYTE for number in range(200)}),
    "members": _many_headers,
    "metadata": lambda: _wheel({f"{INFO}/METADATA": METADATA.encode() + b"A: b\n" * 10_000_000}),
    "entry points": lambda: _wheel({f"{INFO}/entry_points.txt": b"[a]\n" * 10_000_000}),
}
"""`x-1.0-py3-none-any.whl` each."""

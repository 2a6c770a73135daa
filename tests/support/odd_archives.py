"""Archives written byte by byte: a clean one, and one for each defect."""

from __future__ import annotations

import random
import struct
import zlib

from sdist_upip.archive.reader import GZIP_HEADER
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.deflate.compress import compress
from sdist_upip.resources.module import resource_module
from support.deflate_writer import DeflateWriter

METADATA = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n"
FILENAME = "x-1.0.tar.gz"
END = bytes(1024)
USTAR = b"ustar\x0000"
GNU = b"ustar  \x00"
CLEAN = {
    "PKG-INFO": METADATA + "Requires-Dist: y==2.0\nRequires-Dist: z; extra == 'dev'\n",
    "x.egg-info/requires.txt": "y==2.0\n",
    "x/__init__.py": "from x.sub import f\n",
    "x/sub.py": "def f():\n    return 1\n\n\ndef g():\n    from x import R\n",
    "x/data/a.txt": "text",
    "x/R.py": resource_module({"data/a.txt": b"text"}),
}


def entry(name, data=b"", kind=b"0", *, magic=USTAR, prefix=b"", size=None, mtime=b"0" * 11):
    """Return a header and its content; `size` and `mtime` are the fields' bytes."""
    name, data = to_bytes(name), to_bytes(data)
    header = b"".join(
        (
            name[:100].ljust(100, b"\0"),
            b"0000644\x000000000\x000000000\x00",
            (size or b"%011o" % len(data)).ljust(12, b"\0"),
            mtime.ljust(12, b"\0"),
            b" " * 8,
            kind,
            bytes(100),
            magic.ljust(8, b"\0"),
            bytes(80),
            prefix.ljust(155, b"\0"),
            bytes(12),
        )
    )
    return b"%b%06o\0 %b" % (header[:148], sum(header), header[156:]) + pad(data)


def pad(data):
    return data + bytes(-len(data) % 512)


def tar(files, *entries, root="x-1.0"):
    """Return the tar of `files` below `root`, then `entries`."""
    members = [entry(f"{root}/{path}", data) for path, data in files.items()]
    return b"".join((*members, *entries)) + END


def pack(content, window=4096):
    """Return `content` as a gzip file with the header of sdist-upip."""
    return gzip_wrap(compress(content, window, "fast"), content)


def archive(files=CLEAN, *entries, root="x-1.0"):
    return pack(tar(files, *entries, root=root))


def changed(**files):
    """Return the clean files, some changed, added or (None) removed. Write a slash as __."""
    paths = {path.replace("__", "/", 1): data for path, data in files.items()}
    return {path: data for path, data in {**CLEAN, **paths}.items() if data is not None}


def with_files(files):
    return archive({**CLEAN, **files})


def metadata(text):
    return with_files({"PKG-INFO": CLEAN["PKG-INFO"] + text})


def to_bytes(content):
    return content.encode() if isinstance(content, str) else content


def _with_trailer(crc, length):
    content = tar(CLEAN)
    return pack(content)[:-8] + struct.pack("<II", zlib.crc32(content) ^ crc, len(content) + length)


def _stored(content):
    """Pack without compressing, so that the size does not depend on zlib."""
    return gzip_wrap(bytes(DeflateWriter().stored(content)), content)


def _far():
    """An archive whose largest distance is 5000."""
    noise = random.Random(1).randbytes(5000)
    content = tar(CLEAN, entry("x-1.0/noise.bin", noise + noise))
    writer = DeflateWriter()
    split = content.index(noise) + 5000
    writer.stored(content[:split], final=False)
    matches, rest = divmod(5000, 250)
    assert not rest
    writer.fixed([(250, 5000)] * matches + [256], final=False)
    writer.stored(content[split + 5000 :])
    return gzip_wrap(bytes(writer), content)


def _bad_checksum():
    content = bytearray(tar(CLEAN))
    content[148] ^= 1
    return pack(bytes(content))


def _seven_digits():
    """An archive with a checksum of seven octal digits, as old tools write it."""
    content = bytearray(tar(CLEAN))
    content[148:156] = b"0" + content[148:154] + b"\0"
    return pack(bytes(content))


def _pax(records, name="x-1.0/x/pax.py"):
    lines = b""
    for key, value in records.items():
        size = len(key) + len(value) + 3
        size += len(str(size + len(str(size))))
        lines += b"%d %b=%b\n" % (size, key.encode(), value.encode())
    return entry("x-1.0/@PaxHeader", lines, b"x") + entry(name, "x = 1\n")


_CONTENT = tar(CLEAN)
_LONG = "x-1.0/x/" + "n" * 100 + ".py"
_DISAGREE = METADATA + "Requires-Dist: y==2.0\nRequires-Dist: other\n"


def _of_modules(**modules):
    """Return an archive without requirements, of modules at the root and in the package x."""
    files = {f"{path.replace('__', '/', 1)}.py": data for path, data in modules.items()}
    return archive({"PKG-INFO": METADATA, "x/__init__.py": "", **files})


DEFECTS = {
    "import": (FILENAME, _of_modules(x__f="import rgb_font\n")),
    "import-name": (FILENAME, _of_modules(x__f="from os import path\n")),
    "syntax-target": (FILENAME, _of_modules(x__f="def f(a, /):\n    return a\n")),
    "module-name": (FILENAME, _of_modules(**{"route-finder": ""})),
    "module-hidden": (FILENAME, _of_modules(x="")),
    "builtin-module": (FILENAME, _of_modules(os="")),
    "frozen-data": (
        FILENAME,
        archive(
            {
                **CLEAN,
                "x/sub.py": "PATH = __file__[:-6]\n\n\ndef f():\n    open(PATH + 'data/a.txt')\n",
            }
        ),
    ),
    "unreadable": (FILENAME, None),
    "too-large": (FILENAME, pack(bytes(17 << 20))),
    "not-gzip": (FILENAME, b"PK\x03\x04 this is a zip"),
    "gzip-header": (FILENAME, pack(_CONTENT)[:3] + b"\x80" + pack(_CONTENT)[4:]),
    "gzip-flags": (
        FILENAME,
        GZIP_HEADER[:3] + b"\x08" + GZIP_HEADER[4:] + b"x-1.0.tar\0" + pack(_CONTENT)[10:],
    ),
    "gzip-truncated": (FILENAME, _stored(_CONTENT)[:-100]),
    "gzip-data": (FILENAME, pack(_CONTENT)[:10] + b"\x07" + pack(_CONTENT)[11:]),
    "gzip-crc": (FILENAME, _with_trailer(1, 0)),
    "gzip-length": (FILENAME, _with_trailer(0, 1)),
    "gzip-trailing": (FILENAME, pack(_CONTENT) + b"\n"),
    "gzip-members": (FILENAME, pack(_CONTENT) + pack(END)),
    "window": (FILENAME, _far()),
    "not-tar": (FILENAME, pack(b"just text " * 100)),
    "tar-truncated": (FILENAME, pack(_CONTENT[: -len(END) - 512])),
    "tar-end": (FILENAME, pack(_CONTENT[:-512])),
    "tar-trailing": (FILENAME, pack(_CONTENT + pad(b"more"))),
    "tar-checksum": (FILENAME, _bad_checksum()),
    "tar-field": (FILENAME, archive(CLEAN, entry("x-1.0/x/f.py", mtime=b"yesterday"))),
    "tar-size": (
        FILENAME,
        archive(CLEAN, entry("x-1.0/x/f.py", b"x = 1\n", size=b"\x80" + bytes(10) + b"\x06")),
    ),
    "tar-format": (FILENAME, archive(CLEAN, entry("x-1.0/x/f.py", magic=GNU))),
    "tar-pax": (FILENAME, archive(CLEAN, _pax({"mtime": "1700000000.5"}))),
    "tar-gnu": (FILENAME, archive(CLEAN, entry("x-1.0/x/sparse.py", kind=b"S"))),
    "tar-prefix": (FILENAME, archive(CLEAN, entry("x/f.py", prefix=b"x-1.0"))),
    "tar-name-length": (FILENAME, archive(CLEAN, _pax({"path": _LONG}))),
    "tar-refused": (FILENAME, _seven_digits()),
    "tar-link": (FILENAME, archive(CLEAN, entry("x-1.0/x/link.py", kind=b"2"))),
    "tar-special": (FILENAME, archive(CLEAN, entry("x-1.0/x/pipe", kind=b"6"))),
    "tar-type": (FILENAME, archive(CLEAN, entry("x-1.0/x/f.py", kind=b"Z"))),
    "tar-folder": (FILENAME, archive(CLEAN, entry("x-1.0/x/sub/", kind=b"5"))),
    "tar-folder-count": (
        FILENAME,
        archive(CLEAN, *(entry(f"x-1.0/x/d{n}/", kind=b"5") for n in range(1001))),
    ),
    "tar-duplicate": (FILENAME, archive(CLEAN, entry("x-1.0/x/sub.py", "from x import R\n"))),
    "name-absolute": (FILENAME, archive(CLEAN, entry("/etc/passwd", "root"))),
    "name-parent": (FILENAME, archive(CLEAN, entry("x-1.0/x/../../boot.py", "x = 1\n"))),
    "name-segment": (FILENAME, archive(CLEAN, entry("x-1.0/x//f.py", "x = 1\n"))),
    "name-backslash": (FILENAME, archive(CLEAN, entry("x-1.0/x\\f.py", "x = 1\n"))),
    "name-control": (FILENAME, archive(CLEAN, entry("x-1.0/x/\x1b[2Jf.py", "x = 1\n"))),
    "name-encoding": (FILENAME, archive(CLEAN, entry(b"x-1.0/x/caf\xe9.py", "x = 1\n"))),
    "name-fat": (FILENAME, archive(CLEAN, entry("x-1.0/x/a:b.py", "x = 1\n"))),
    "name-case": (FILENAME, archive(CLEAN, entry("x-1.0/x/Sub.py", "x = 1\n"))),
    "name-unicode": (
        FILENAME,
        with_files({"text/caf\u00e9.txt": "", "text/cafe\u0301.txt": ""}),
    ),
    "name-clash": (FILENAME, archive(CLEAN, entry("x-1.0/x/sub.py/f.py", "x = 1\n"))),
    "name-reserved": (FILENAME, with_files({"upip_ca.der": "certificate"})),
    "unneeded": (FILENAME, with_files({"tox.ini": "[tox]\n"})),
    "src-layout": (FILENAME, with_files({"src/y/__init__.py": "x = 1\n"})),
    "for-computers": (FILENAME, with_files({"pyproject.toml": "[project]\n"})),
    "not-installed": (FILENAME, with_files({"setup.mpy": "M"})),
    "syntax": (FILENAME, with_files({"x/py2.py": "print 'hello'\n"})),
    "syntax-unsure": (FILENAME, with_files({"x/label.py": 'unit = b"°C"\n'})),
    "source-large": (FILENAME, with_files({"x/table.py": "x = [" + "1," * 60_000 + "]\n"})),
    "resources": (FILENAME, with_files({"x/data/a.txt": "newer text"})),
    "no-module": (FILENAME, archive({"PKG-INFO": METADATA, "x/a.txt": "text"})),
    "mpy-abi": (
        FILENAME,
        with_files({"x/a.mpy": b"M\x06\x13\x1f", "x/b.mpy": b"M\x06\x2b\x1f"}),
    ),
    "requires-line": (
        FILENAME,
        with_files({"x.egg-info/requires.txt": "y==2.0\n[dev]\n"}),
    ),
    "requires-text": (FILENAME, metadata("Requires-Dist: y ; extra == '\x1b[2J'\n")),
    "requires-count": (
        FILENAME,
        metadata("".join(f"Requires-Dist: a{n} ; extra == 'dev'\n" for n in range(499))),
    ),
    "requires-disagree": (FILENAME, with_files({"PKG-INFO": _DISAGREE})),
    "filename": ("X-1.0.tar.gz", archive(CLEAN, root="X-1.0")),
    "root": (FILENAME, archive(CLEAN, root="x")),
    "pkg-info": (FILENAME, archive(changed(**{"PKG-INFO": None}))),
    "pkg-info-mismatch": ("x-1.1.tar.gz", archive(CLEAN, root="x-1.1")),
    "metadata": (FILENAME, metadata(f"Summary: {'far too long ' * 50}\n")),
    "metadata-version": (
        FILENAME,
        with_files({"PKG-INFO": CLEAN["PKG-INFO"].replace("2.4", "9.0")}),
    ),
    "license-file": (FILENAME, metadata("License-File: LICENSE\n")),
    "url-requirement": (
        FILENAME,
        metadata("Requires-Dist: w @ https://example.org/w.zip ; extra == 'dev'\n"),
    ),
    "local-version": (
        "x-1.0+dev.1.tar.gz",
        archive(
            {**CLEAN, "PKG-INFO": CLEAN["PKG-INFO"].replace("Version: 1.0", "Version: 1.0+dev.1")},
            root="x-1.0+dev.1",
        ),
    ),
}
"""{code: (file name, archive with exactly this defect, None for a missing file)}."""

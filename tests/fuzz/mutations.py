"""Mutants of the hostile archives, pages and lines of requirements that the tests have."""

from __future__ import annotations

import random
import re
import struct
import zlib

from targets import BLOCK, correct_checksums

from support.hostile_archives import HOSTILE
from support.hostile_pages import LINES, PAGES, SHA

_REFUSED = [row for row in HOSTILE.values() if not row.slow and not row.memory and row.reason]
_ACCEPTED = [row for row in HOSTILE.values() if not row.memory and not row.reason]
_HEADER = bytes.fromhex("1f8b08000000000002ff")
_LARGEST = 1 << 16
"""Bytes of a mutant after decoding."""
_BYTES = b"\0\0\n\r\t [];:#/\\.~05789sx\x1b\x7f\x80\x9f\xa4\xe9\xff"
_NAMES = [
    *(b"x-1.0/", b"/", b"../", b"./", b".upip", b".sdist-upip", b"upip", b"src/", b"setup.py"),
    *(b"PKG-INFO", b"x.egg-info/requires.txt", b"x.egg-info/", b"pyproject.toml", b"README.md"),
    *(b"x.py", b"X.PY", b"con.", b"AUX", b"~1", b". ", b":", b"\xc3\xa9", b"\xc5\x84", b"\xc5\x8e"),
    *(b"x.egg-info/top_level.txt", b"x.egg-info/SOURCES.txt", b"src/x.egg-info/", b"src/x/y.py"),
    *(b"docs/", b"tests/", b"x/__init__.py", b"micropython_x/", b"x.c", b"x.so", b"lib", b"x.pyi"),
    *(b"path=", b"size=", b"11 path=x\n", b"8 size=1\n", b"GNU.sparse.", b"20 mtime=1700000000\n"),
    *(b"x\ny\n", b"[a:b]\n", b"[:os_name == '']\n", b"tests\n", b"x.dist-info/", b"__pycache__/"),
    *(b"Requires-Dist:", b"Requires-Dist: y>=1\n", b"\n\n", b"\r\n", b"[a]\n", b"sdist-upip"),
]
_FIELDS = [(0, 100), (124, 12), (148, 8), (156, 1), (257, 8), (345, 155)]
"""Offset and size of the fields of a tar header that are read."""

_PIECE = re.compile(r"[A-Za-z]+|[0-9]+|\s|.", re.DOTALL)
_OF_PAGES = [
    *"<>\"'= \t\n\r\f/&;#%?:@[].-_+!~\\,0",
    *("<a ", "<a href=", "</a>", "<base href=", "<A\n", "<br/>", "<p>", "<b x=", "<a/href=", "<!"),
    *("<!--", "-->", "--", "->", "<!-->", "<!--->", "--!>", "<!DOCTYPE html>", "<?x?>", "</"),
    *("&amp;", "&#43;", "&#x2B;", "&#45", "&lt;", "&quot;", "&#", "&#x", "&#9;", "&amp"),
    *("#sha256=" + SHA, "#sha256=", "&sha256=", "&md5=" + SHA[:32], "sha256", "SHA256=", "sha512="),
    *("%2F", "%2f", "%2B", "%61", "%2D", "%2E", "%0a", "%00", "%20", "%23", "%3F", "%", "%4"),
    *(" data-yanked", " data-yanked=''", "href", "HREF", " href=", "rel=x", "title='", 'title="'),
    *("https://y.test/", "http://y.test:80/", "HTTPS:", "//y.test/", "file://", "https:", "me@"),
    *("../", "./", "..", "/..", "//", "?x=", "?x=/", "d/", "d:", "a-1.0.tar.gz", "a-2.0.tar.gz"),
    *("A", "a", "a_", "-", "+x", "+", "rc1", "1!", "v1.0", ".post1", ".dev2", "-1", ".tar.gz"),
    *(".zip", ".TAR.GZ", "\x1b", "\x7f", "<a href=a-1.0.tar.gz>"),
]
_OF_LINES = [
    *"<>\"'= \t\n\r;,()[]@#.-_+!~*|/0129aXyz",
    *(">=", "<=", "==", "!=", "~=", "===", "=>", "<>", ".*", "1.0", "2", "1.0rc1", "v1", "1!2"),
    *("1.0+x", ".dev1", ".post2", "-1", "==1.*", "~=1.2", "and", "or", "in", "not in", "not", " "),
    *("extra", "extra == 'x'", "python_version", "python_full_version", "sys_platform", "os_name"),
    *("implementation_name", "implementation_version", "platform_system", "platform_machine"),
    *("'micropython'", "'rp2'", "'3.4'", "'3'", '"3.10"', "''", "'cpython'", "; ", ";", "[x,y]"),
    *("platform_python_implementation", "'MicroPython'", "(", ")", " and ", " or ", " in "),
    *("\x1b", "\0", "\x7f", "\x85", "\xa0", "\u00e9", "\u0661"),
]


def mutate_archive(rnd: random.Random) -> tuple[bytes, str]:
    """Return a mutant of an archive, and its project."""
    row = rnd.choice(rnd.choice((_REFUSED, _ACCEPTED)))
    data = row.data
    if rnd.random() < 0.2:
        return _change_bytes(rnd, data, _BYTES), row.project
    decoder = zlib.decompressobj(31)
    try:
        tar = decoder.decompress(data, _LARGEST)
    except zlib.error:
        return _change_bytes(rnd, data, _BYTES), row.project
    for _ in range(rnd.choice((1, 1, 2, 3, 6))):
        tar = _change_tar(rnd, tar)
    if rnd.random() < 0.9:
        tar = bytes(correct_checksums(bytearray(tar)))
    return _compress(rnd, tar[:_LARGEST]), row.project


def mutate_page(rnd: random.Random) -> tuple[bytes]:
    """Return a mutant of one or two pages."""
    pages = [page for page, _ in rnd.choices(PAGES, k=rnd.choice((1, 1, 2)))]
    page = _change_text(rnd, "".join(pages), _OF_PAGES)[:4000].encode()
    return (page if rnd.random() < 0.9 else _change_bytes(rnd, page, _BYTES),)


def mutate_requirement(rnd: random.Random) -> tuple[str]:
    """Return a mutant of one or two lines of requirements."""
    line = rnd.choice(LINES)[0]
    if rnd.random() < 0.3:
        line += rnd.choice(("", ";", " ; ", " and ", ",")) + rnd.choice(LINES)[0]
    return (_change_text(rnd, line, _OF_LINES),)


def _change_text(rnd, text, words):
    pieces = _PIECE.findall(text)
    for _ in range(rnd.choice((1, 1, 2, 3, 5))):
        at = rnd.randrange(len(pieces) + 1)
        end = min(len(pieces), at + rnd.choice((1, 1, 2, 5)))
        how = rnd.randrange(6)
        if how < 2:
            pieces.insert(at, rnd.choice(words))
        elif how == 2:
            del pieces[at:end]
        elif how == 3:
            pieces[at:at] = pieces[at:end]
        elif how == 4:
            pieces[at:end] = [rnd.choice(words)]
        else:
            pieces[at:end] = ["".join(pieces[at:end]).swapcase()]
    return "".join(pieces)


def _change_bytes(rnd, data, values):
    data = bytearray(data)
    for _ in range(rnd.choice((1, 1, 2, 4))):
        at = rnd.randrange(len(data) + 1)
        how = rnd.randrange(5)
        if how == 0:
            del data[at : at + rnd.choice((1, 2, 8, 600))]
        elif how == 1:
            data.insert(at, rnd.choice(values))
        elif how == 2:
            data[at : at + 1] = bytes((rnd.randrange(256),))
        elif how == 3:
            data[at : at + 1] = bytes((rnd.choice(values),))
        else:
            data[at : at + 1] = bytes((data[at - 1] ^ 1 << rnd.randrange(8),)) if data else b""
    return bytes(data)


def _change_tar(rnd, tar):
    how = rnd.randrange(8)
    blocks = len(tar) // BLOCK
    if how == 0 or not blocks:
        return _change_bytes(rnd, tar, _BYTES)
    heads = [n for n in range(blocks) if tar[n * BLOCK + 257 : n * BLOCK + 262] == b"ustar"]
    start = rnd.choice(heads or [0]) * BLOCK
    if how < 3:  # a block is moved, doubled or removed
        size = rnd.choice((1, 1, 2)) * BLOCK
        piece = tar[start : start + size]
        if rnd.random() < 0.5:
            tar = tar[:start] + tar[start + size :]
        at = rnd.randrange(len(tar) // BLOCK + 1) * BLOCK
        return tar[:at] + piece + tar[at:] if rnd.random() < 0.7 else tar
    if how == 3:  # content
        at = start + BLOCK + rnd.randrange(BLOCK)
        piece = rnd.choice(_NAMES)
        return tar[:at] + piece + tar[at + len(piece) :]
    offset, size = rnd.choice(_FIELDS[:1] * 3 + _FIELDS)
    field = tar[start + offset : start + offset + size]
    if offset == 0:
        name = bytearray(field.rstrip(b"\0"))
        at = rnd.randrange(len(name) + 1)
        name[at : at + rnd.choice((0, 0, 1, 3, 9))] = rnd.choice(_NAMES)
        field = bytes(name)
    if rnd.random() < 0.5:
        field = _change_bytes(rnd, field, _BYTES)
    return tar[: start + offset] + field[:size].ljust(size, b"\0") + tar[start + offset + size :]


def _compress(rnd, tar):
    compressor = zlib.compressobj(rnd.choice((0, 1, 6)), zlib.DEFLATED, -12)
    stream = compressor.compress(tar) + compressor.flush()
    return _HEADER + stream + struct.pack("<II", zlib.crc32(tar), len(tar))

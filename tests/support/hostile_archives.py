"""The one table of hostile archives. It drives the board, and on the computer every reader.

Each row is one archive and the reason for which it is refused, or ACCEPTED. The bytes are made when
they are asked for. Board and computer have their own words for a reason: COMPUTER and BOARD.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sdist_upip.archive.reader import GZIP_HEADER
from support.hostile_foreign import ROWS
from support.odd_archives import DEFECTS, END, GNU, METADATA, archive, entry, pack, pad

ACCEPTED = ""

COMPUTER = {
    "not gzip": r"not a gzip file",
    "damaged": r"is damaged \(",
    "truncated": r"is truncated after",
    "continues": r"The file continues after the gzip member|A second gzip member follows",
    "too large": r"(has|decodes to) more than 16,777,216 bytes",
    "header": r"The tar header of .* is invalid",
    "empty": r"The tar is empty",
    "kind": r"is not a regular file|is not in a directory",
    "utf-8": r"The member name .* is not UTF-8",
    "name": r"The member name .* (is absolute|contains|has)",
    "reserved": r"is in the place of (the records of packages|upip itself)",
    "conflict": r"twice|as a file and|which are one name on FAT",
    "directories": r"more than 1,000 directories",
    "link": r"is a link among the code",
    "extended": r"PAX header is damaged|The size .* is invalid|two names|empty name|sparse"
    r"|A global header|ends after an extended header",
    "long header": r"An extended header has [0-9,]+ bytes",
    "long sequence": r"More than 8 extended headers",
    "long name": r"more than 512 bytes",
    "top level": r"top_level\.txt has|top_level\.txt is not UTF-8",
    "missing": r"top_level\.txt names",
    "layout": r"not clear|top_level\.txt names nothing|has no module and no package|are both"
    r"|makes a package|no file to install",
    "extensions": r"has C extensions",
    "requirements": r"more than 500 requirements",
    "requirement": r"a character that is not printable ASCII|characters, more than 1,000",
}
"""{reason: a regular expression for the message of the computer}."""

BOARD = {
    "not gzip": r"not gzip",
    "damaged": r"damaged",
    "truncated": r"damaged|broken header|not enough space",
    "continues": r"data after its end",
    "too large": r"more than 16 MiB|not enough space",
    "header": r"broken header",
    "empty": r"damaged",
    "kind": r"is not a regular file|is a link",
    "utf-8": r"bad name",
    "name": r"bad name|is not a regular file",
    "reserved": r"bad name",
    "conflict": r"would replace a file or directory",
    "link": r"link is among the code|is a link",
    "extended": r"broken header",
    "long header": r"broken header",
    "long sequence": r"broken header",
    "long name": r"bad name",
    "top level": r"top_level\.txt",
    "missing": r"which top_level\.txt names",
    "layout": r"may install|has both|no package or module|src/__init__|no file to|top_level\.txt",
    "extensions": r"C extensions",
    "directories": r"more than 1000 directories",
    "requirements": r"more than 500 requirements",
    "requirement": r"bad requirement|cannot read the requirement",
}
"""{reason: a regular expression for the message of the board}."""

MEMORY = r"memory"
"""What a board says of a row that needs `memory`, if it has too little."""


@dataclass(frozen=True)
class Row:
    """An archive of the project `project`, version 1.0; `reason` is ACCEPTED or a key of COMPUTER.

    `board` is the reason of the board, if it is another one. `memory`: a board may also refuse the
    archive because it has too little memory or space. `slow`: the archive has megabytes.
    """

    name: str
    make: Callable[[], bytes]
    reason: str
    board_reason: str | None = None
    project: str = "x"
    memory: bool = False
    slow: bool = False

    @property
    def filename(self) -> str:
        """The file name, by which installers know the project."""
        return f"{self.project}-1.0.tar.gz"

    @property
    def on_board(self) -> str:
        """The reason for which a board refuses the archive, or ACCEPTED."""
        return self.reason if self.board_reason is None else self.board_reason

    @property
    def data(self) -> bytes:
        """The bytes of the archive."""
        return _make(self.make)


@cache
def _make(make: Callable[[], bytes]) -> bytes:
    return make()


def _with(*entries: bytes, files: dict[str, str] | None = None) -> bytes:
    """Return an archive with PKG-INFO, a module, and these entries."""
    return archive({"PKG-INFO": METADATA, "x.py": "x = 1\n", **(files or {})}, *entries)


def _file(path: str | bytes, data: bytes | str = b"1\n") -> bytes:
    root = b"x-1.0/"
    return entry(root + (path if isinstance(path, bytes) else path.encode()), data)


def _member(path: str | bytes, data: bytes | str = b"1\n") -> Callable[[], bytes]:
    return lambda: _with(_file(path, data))


def _upip(path: str) -> Callable[[], bytes]:
    files = {"PKG-INFO": METADATA.replace("Name: x", "Name: upip"), "x.py": "", path: ""}
    return lambda: archive(files, root="upip-1.0")


def _requires(text: bytes) -> Callable[[], bytes]:
    return lambda: _with(files={"PKG-INFO": METADATA.encode() + text})


def _list(text: bytes) -> Callable[[], bytes]:
    return lambda: _with(files={"x.egg-info/requires.txt": text})


def _directories(count: int) -> Callable[[], bytes]:
    return lambda: _with(*(entry(f"x-1.0/d{n}/", kind=b"5") for n in range(count)))


def _raw_tar(tar: bytes) -> Callable[[], bytes]:
    return lambda: pack(tar)


def _stream(change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    return lambda: change(_with())


def _trailer(crc: int, length: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        old_crc, old_length = struct.unpack("<II", data[-8:])
        return data[:-8] + struct.pack("<II", old_crc ^ crc, (old_length + length) & 0xFFFFFFFF)

    return change


def _flags(flags: int, fields: bytes) -> Callable[[bytes], bytes]:
    """Return a function that puts optional fields into the header, and cuts what follows."""
    return lambda data: data[:3] + bytes((flags,)) + data[4:10] + fields


def _seven_digits(member: bytes) -> bytes:
    """Return `member` with a checksum of seven digits, as some tools write it."""
    return member[:148] + b"0" + member[148:154] + b"\0" + member[156:]


def _zeros(size: int) -> Callable[[], bytes]:
    """Return an archive with a file of zeros, made without holding it."""

    def make() -> bytes:
        head = entry("x-1.0/PKG-INFO", METADATA) + entry("x-1.0/x.py", b"x = 1\n")
        head += entry("x-1.0/zeros.bin", size=b"%011o" % size)
        compressor = zlib.compressobj(9, zlib.DEFLATED, -12)

        def deflate(piece: bytes) -> bytes:
            """Return a part of the stream that can be repeated, as zeros are."""
            return compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)

        crc = length = 0
        zeros, count = bytes(1 << 20), size >> 20
        rest = bytes(size % (1 << 20) + -size % 512) + END
        for piece in (head, *[zeros] * count, rest):
            crc = zlib.crc32(piece, crc)
            length += len(piece)
        stream = [deflate(head), deflate(zeros) * count, deflate(rest), compressor.flush()]
        return GZIP_HEADER + b"".join(stream) + struct.pack("<II", crc, length & 0xFFFFFFFF)

    return make


_HEAD = entry("x-1.0/PKG-INFO", METADATA) + entry("x-1.0/x.py", b"x = 1\n")
_ONE = entry("x-1.0/y.py", b"y = 1\n")
_PAIRS = (
    ("case", "X.py", ""),
    ("case of directories", "Foo/a.py", "foo/b.py"),
    ("aliases of code page 437", "gr\u0144.py", "gr\u014e.py"),
    ("letters without accents", "\u0413.py", "\u0415.py"),
    ("a name twice", "x.py", ""),
    ("a file and a directory", "x.py/y", ""),
    ("a file and a directory in other case", "X.PY/y", ""),
    ("a directory and a file", "d/y", "d"),
)
_BAD_NAMES = (
    *(".upip./owned.new", ".upip./journal.txt", ".upip /y", "UPIP~1/y", "upip~1.new", "a~9"),
    *(".sdist-upip./journal.json", "SDIST-~1/journal.json"),
    *("a:b.py", "C:x", "what?.py", "a*", 'a"b', "<a", "a>", "a|b", "d:/x", "a\\b.py", "..\\a.py"),
    *(
        "con",
        "CON.py",
        "prn.x",
        "AUX",
        "nul.tar.gz",
        "com1",
        "COM0.py",
        "lpt9",
        "lpt0.x",
        "con .py",
    ),
    *("a.", "a ", "...", "d./x", "d /x", "GOOD.PY.", "GOODPA~1.PY", "goo~c059.py"),
    *(
        "a\x01b",
        "a\nfile 00 boot.py",
        "a\r",
        "a\tb",
        "a\x1b[2J",
        "a\x7f",
        "a\x80",
        "a\x85b",
        "a\x9f",
    ),
    *("../boot.py", "a/../../boot.py", "a/..", "./a", "a/.", "a//b", "/etc/a", ".."),
)
_OF_UPIP = ("upip.py", "UPIP.py", "upip/a.py", "upip_http.py", "upip_ca.der", "Upip_Settings.py")
_RESERVED = (
    *(".upip/y", ".UPIP/y", ".Upip", ".upip/journal.txt", ".upip.x/y"),
    *(".sdist-upip/journal.json", ".SDIST-UPIP/x", ".sdist-upip.0/x", "upip.mpy", "upip_new.mpy"),
    *_OF_UPIP,
)
_TEXTS = {
    "CR": b"y\rneeds z",
    "ESC": b"y ; extra == '\x1b[2J'",
    "NUL": b"y\0",
    "tab": b"y\t>=1",
    "DEL": b"y ; extra == '\x7f'",
    "C1": "y ; extra == '\x85'".encode(),
    "accents": "y ; extra == '\u00e9'".encode(),
    "bidi": "y ; extra == '\u202e'".encode(),
    "broken UTF-8": b"y\xff",
}
_KINDS = {
    **dict.fromkeys((b"3", b"4", b"6", b"S", b"Z"), "kind"),
    **dict.fromkeys((b"1", b"2"), "header"),
    **dict.fromkeys((b"x", b"X", b"g", b"L", b"K"), "extended"),
    **dict.fromkeys((b"7", b"V", b"D"), ACCEPTED),
}
"""{typeflag: what becomes of a last member of that type with a PAX record as its content}."""
_SIZES = (b"\xff" * 12, b"-0000000005\0", b"00000000zz5\0", bytes(12), b" " * 12)

_ROWS = (
    Row("nothing hostile", _with, ACCEPTED),
    # Names
    *(Row(f"name {name!r}", _member(name), "name") for name in _BAD_NAMES),
    *(Row(f"directory {name!r}", _member(name), ACCEPTED) for name in ("", "a/")),
    *(Row(f"place {name!r}", _member(name), "reserved") for name in _RESERVED),
    *(
        Row(f"place {name!r}", _member(name), "reserved")
        for name in (".upipx", ".upip-1/y", ".UPIP\u00e9/y")
    ),
    *(Row(f"upip has {name!r}", _upip(name), ACCEPTED, project="upip") for name in _OF_UPIP),
    Row("upip has records", _upip(".upip/y"), "reserved", project="upip"),
    Row(
        "a journal that leads outside",
        _member(".upip./journal.txt", "file 00 ../main.py\n"),
        "name",
    ),
    Row(
        "a version with a newline",
        lambda: _with(entry("x-1.0\nfile 00 boot.py/y.py", b"1\n")),
        "name",
    ),
    Row(
        "a name with a newline in the metadata",
        lambda: _with(files={"PKG-INFO": "Name: x\rfile\nVersion: 1.0\n file 00 boot.py\n"}),
        ACCEPTED,
    ),
    Row("no directory", lambda: _with(entry("y.py", b"1\n")), "kind"),
    Row("broken UTF-8", _member(b"caf\xe9.py"), "utf-8"),
    Row("broken UTF-8 in a directory", lambda: _with(entry(b"x-1.0/\xff/", kind=b"5")), "utf-8"),
    Row("text after the name", _member(b"y.py\0../boot.py"), ACCEPTED),
    *(
        Row(
            name,
            lambda one=one, other=other: _with(*map(_file, filter(None, (one, other)))),
            "conflict",
        )
        for name, one, other in _PAIRS
    ),
    Row("case beyond FAT", lambda: _with(_file("\u00df.py"), _file("ss.py")), ACCEPTED),
    Row("deep directories", _member("d/" * 40 + "y.py"), ACCEPTED),
    Row("a name that ends in a slash", _member("a/"), ACCEPTED),
    Row("no name", _member(""), ACCEPTED),
    # For computers
    *(
        Row(f"for computers: {name}", _member(name, "import setuptools\n"), ACCEPTED)
        for name in ("pyproject.toml", "PyProject.toml", "src/x.py", "SRC/y.py", "src", "setup.py")
    ),
    Row("for computers: src/y.py", _member("src/y.py"), "layout"),
    # Numbers
    Row(
        "2,000 members",
        lambda: _with(*(_file(f"d{n % 50}/m{n}.py") for n in range(2000))),
        ACCEPTED,
        memory=True,
    ),
    Row("500 requirements", _requires(b"Requires-Dist: y\n" * 500), ACCEPTED, memory=True),
    Row("501 requirements", _requires(b"Requires-Dist: y\n" * 501), "requirements", memory=True),
    Row(
        "10,000 requirements",
        _requires(b"".join(b"Requires-Dist: a%d\n" % n for n in range(10_000))),
        "requirements",
        memory=True,
    ),
    Row("501 lines of requires.txt", _list(b"y\n" * 501), "requirements", memory=True),
    Row("10,000 lines of requires.txt", _list(b"y\n" * 10_000), "requirements", memory=True),
    Row(
        "a requirement of 100,000 characters",
        _requires(b"Requires-Dist: " + b"y" * 100_000),
        "requirement",
        memory=True,
    ),
    Row("1,000 directories", _directories(1000), ACCEPTED),
    Row("1,001 directories", _directories(1001), "directories"),
    Row("100,000 directories", _directories(100_000), "too large", "directories", slow=True),
    Row("16 MiB", _zeros((16 << 20) - len(_HEAD) - 512 - 1024), ACCEPTED, memory=True, slow=True),
    Row(
        "512 bytes over 16 MiB",
        _zeros((16 << 20) - len(_HEAD) - 1024),
        "too large",
        memory=True,
        slow=True,
    ),
    Row("300 MB", _zeros(300_000_000), "too large", memory=True, slow=True),
    # Requirements
    *(
        Row(f"requirement with {name}", _requires(b"Requires-Dist: " + text), "requirement")
        for name, text in _TEXTS.items()
    ),
    *(
        Row(f"requires.txt with {name}", _list(text), "requirement")
        for name, text in _TEXTS.items()
    ),
    Row("a requirement on two lines", _requires(b"Requires-Dist: y\n needs z\n"), ACCEPTED),
    Row("quoted text", _requires(b"Requires-Dist: y ; extra == 'a b;,#'\n"), ACCEPTED),
    # gzip
    Row("no bytes", lambda: b"", "not gzip"),
    Row("a zip", lambda: b"PK\3\4" + bytes(600), "not gzip"),
    Row("plain tar", lambda: _HEAD + END, "not gzip"),
    Row("wrong length", _stream(_trailer(0, 1)), "damaged"),
    Row("wrong CRC", _stream(_trailer(1, 0)), "damaged"),
    Row("wrong CRC and length", _stream(_trailer(99, 512)), "damaged"),
    Row("a byte after the member", _stream(lambda data: data + b"\n"), "continues"),
    Row("zeros after the member", _stream(lambda data: data + bytes(512)), "continues"),
    Row("a second member", _stream(lambda data: data + pack(END)), "continues"),
    Row("the same member again", _stream(lambda data: data * 2), "continues"),
    Row("half a second member", _stream(lambda data: data + data[:12]), "continues"),
    Row("a reserved flag", _stream(lambda data: data[:3] + b"\x80" + data[4:]), "damaged"),
    Row("another method", _stream(lambda data: data[:2] + b"\7" + data[3:]), "damaged"),
    Row("FEXTRA without end", _stream(_flags(4, b"\xff\xff" + b"a" * 99)), "truncated"),
    Row("FNAME without end", _stream(_flags(8, b"a" * 5000)), "truncated"),
    Row("FCOMMENT without end", _stream(_flags(16, b"a" * 5000)), "truncated"),
    Row(
        "a block type that is none", _stream(lambda data: data[:10] + b"\7" + data[11:]), "damaged"
    ),
    *(
        Row(f"cut after {size} bytes", _stream(lambda data, size=size: data[:size]), "truncated")
        for size in (1, 2, 9, 10, 11, 100, -9, -8, -7, -4, -1)
    ),
    # tar
    Row("no members", _raw_tar(END), "empty"),
    Row("no tar", _raw_tar(b""), "truncated"),
    Row("text", _raw_tar(b"just text " * 200), "header"),
    Row("one zero block", _raw_tar(_HEAD + bytes(512)), ACCEPTED),
    Row("no zero block", _raw_tar(_HEAD), "truncated"),
    Row("half a header", _raw_tar(_HEAD + _ONE[:256]), "truncated"),
    Row("a header and no content", _raw_tar(_HEAD + _ONE[:512]), "truncated"),
    Row("half of the content", _raw_tar(_HEAD + _ONE[:514]), "truncated"),
    Row("size beyond the end", lambda: _with(entry("x-1.0/y", size=b"00000100000")), "truncated"),
    Row("the largest size", lambda: _with(entry("x-1.0/y", size=b"77777777777")), "truncated"),
    *(
        Row(
            f"size {size!r}", lambda size=size: _with(entry("x-1.0/y", b"1\n", size=size)), "header"
        )
        for size in _SIZES
    ),
    Row("wrong checksum", lambda: DEFECTS["tar-checksum"][1] or b"", "header"),
    Row("checksum of seven digits", lambda: _with(_seven_digits(_ONE)), ACCEPTED),
    *(
        Row(
            f"type {kind!r}",
            lambda kind=kind: _with(entry("x-1.0/y", b"11 path=z\n", kind)),
            reason,
        )
        for kind, reason in _KINDS.items()
    ),
    Row("a link that leads outside", lambda: _with(entry("x-1.0/y", kind=b"2")), "link"),
    Row(
        "a chain of 1,000 long names",
        lambda: _with(*[entry("x-1.0/y", b"z", b"L")] * 1000),
        "extended",
    ),
    Row("a prefix", lambda: _with(entry("y.py", b"1\n", prefix=b"x-1.0")), ACCEPTED),
    Row(
        "a time of GNU tar in the prefix",
        lambda: _with(entry("x-1.0/y", magic=GNU, prefix=b"1")),
        ACCEPTED,
    ),
    Row("data after the end", _raw_tar(_HEAD + END + pad(b"more")), ACCEPTED),
    *(Row(name, make, reason, **more) for name, make, reason, more in ROWS),
)

HOSTILE = {row.name: row for row in _ROWS}
"""{name: row}."""

assert len(HOSTILE) == len(_ROWS)

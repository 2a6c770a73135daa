"""Hostile archives for what reads the archives of other tools: headers, layouts, links.

Each is a row of hostile_archives, as (name, function that makes it, reason, more fields of Row).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.odd_archives import END, GNU, METADATA, archive, entry, pack

Make = Callable[[], bytes]

_HEAD = entry("x-1.0/PKG-INFO", METADATA) + entry("x-1.0/x.py", b"x = 1\n")
_MIB = 1 << 20


def _of(*entries: bytes) -> Make:
    """Return the maker of a device archive with these entries at its end."""
    return lambda: pack(b"".join((_HEAD, *entries, END)))


def record(key: str | bytes, value: str | bytes) -> bytes:
    """Return a record of a PAX header, with its length."""
    rest = b" " + _bytes(key) + b"=" + _bytes(value) + b"\n"
    size = len(rest)
    while len(b"%d" % size) + len(rest) != size:
        size = len(b"%d" % size) + len(rest)
    return b"%d" % size + rest


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _extended(data: bytes, kind: bytes = b"x") -> bytes:
    return entry("x-1.0/PaxHeaders/y.py", data, kind)


_Y = entry("x-1.0/y.py", b"y = 1\n")


def _pax(*records: bytes, kind: bytes = b"x") -> Make:
    """Return the maker of an archive with these records before the member y.py."""
    return _of(_extended(b"".join(records), kind), _Y)


def _long(name: bytes, kind: bytes = b"L") -> bytes:
    return entry("././@LongLink", name + b"\0", kind, magic=GNU)


_NAMES = {
    "leads outside": ("x-1.0/../boot.py", "name"),
    "is above": ("../boot.py", "name"),
    "is absolute": ("/etc/boot.py", "name"),
    "has a newline": ("x-1.0/a\nfile 00 boot.py", "name"),
    "has an escape sequence": ("x-1.0/\x1b[2Ja.py", "name"),
    "has a colon": ("x-1.0/a:b.py", "name"),
    "is of the records": ("x-1.0/.upip/y", "reserved"),
    "is of upip": ("x-1.0/upip.py", "reserved"),
    "is not UTF-8": (b"x-1.0/caf\xe9.py", "utf-8"),
    "is too long": ("x-1.0/" + "d/" * 300 + "y.py", "long name"),
    "is without a directory": ("y.py", "kind"),
}
"""{what a name does: (name, reason)}, for each way to give a member a long name."""

_SIZES = ("-1", "", "1.5", "0x6", "+6", " 6", "6 ", "\u0666", "6" * 5000)
_RECORDS = {
    "that is longer than the header": b"99 comment=a\n",
    "that is too short": b"5 comment=a\n",
    "of length 0": b"0 comment=a\n",
    "of a length below zero": b"-13 comment=a\n",
    "of a huge length": b"999999999999999999 comment=a\n",
    "without a length": b"comment=a\n",
    "without =": b"13 commental\n",
    "without a newline": b"13 comment=ab",
    "without anything": b"13",
    "with zeros behind": record("comment", "a") + bytes(20),
}


_SOURCES = {"x.egg-info/SOURCES.txt": "PKG-INFO\n"}
"""What setuptools adds to each sdist."""


def _sdist(files: dict[str, str | bytes] | None = None, *entries: bytes) -> Make:
    """Return the maker of an ordinary sdist with a package x, and these files and entries."""
    base = {
        "PKG-INFO": METADATA,
        "pyproject.toml": "[build-system]\n",
        "x/__init__.py": "x = 1\n",
    }
    kept = {path: data for path, data in {**base, **(files or {})}.items() if data is not None}
    return lambda: archive(kept, *entries)


def _listed(text: str | bytes, **files: str) -> Make:
    """Return the maker of an sdist with this top_level.txt."""
    return _sdist({**_SOURCES, "x.egg-info/top_level.txt": text, "y.py": "", **files})


_LISTS = {
    "of 1 MB": (b"x\n" * (_MIB // 2), "top level"),
    "of 65 names": ("".join(f"a{n}\n" for n in range(65)), "top level"),
    "with ..": ("x\n..\n", "top level"),
    "that leads outside": ("../x\n", "top level"),
    "with a path": ("x/y\n", "top level"),
    "with an absolute path": ("/x\n", "top level"),
    "with a backslash": ("x\\y\n", "top level"),
    "with a zero": ("x\0y\n", "top level"),
    "with an escape sequence": ("x\x1b[2J\n", "top level"),
    "that is not UTF-8": (b"caf\xe9\n", "top level"),
    "with a missing name": ("x\nmissing\n", "missing"),
    "with missing names alone": ("missing\n", "missing"),
    "with a missing name of a directory for computers": ("docs\n", "missing"),
    "of 64 names, all the same": ("x\n" * 64, ""),
    "without names": ("", "layout"),
    "of blanks": (" \n\t\n", "layout"),
}
_SETUP = "from setuptools import setup\n"
_LAYOUTS: dict[str, tuple[dict[str, Any], str]] = {
    "two packages, none with the name": (
        {"x/__init__.py": None, "a/__init__.py": "", "b/__init__.py": ""},
        "layout",
    ),
    "a package and a module, none with the name": (
        {"x/__init__.py": None, "a/__init__.py": "", "b.py": ""},
        "layout",
    ),
    "two packages with the name": ({"micropython_x/__init__.py": ""}, "layout"),
    "a module and a package of one name": ({"x.py": ""}, "layout"),
    "no module": ({"x/__init__.py": None, "README.md": "text"}, "layout"),
    "modules for computers alone": (
        {"x/__init__.py": None, "setup.py": _SETUP, "tests/__init__.py": "", "docs/conf.py": ""},
        "layout",
    ),
    "files for computers alone": ({"x/__init__.py": None, "src/setup.py": "import x\n"}, "layout"),
    "type information alone": ({"x/__init__.py": None, "src/x/__init__.pyi": ""}, "layout"),
    "a package src": ({"src/__init__.py": "", "src/x.py": ""}, "layout"),
    "a listed module and a package of one name": (
        {**_SOURCES, "x.egg-info/top_level.txt": "x\n", "x.py": ""},
        "layout",
    ),
    "two lists that differ": (
        {
            **_SOURCES,
            "x.egg-info/top_level.txt": "x\n",
            "src/x.egg-info/top_level.txt": "y\n",
            "y.py": "",
        },
        "layout",
    ),
    "C in the package": ({"x/_fast.c": "int x;\n"}, "extensions"),
    "Cython beside the package": ({"_fast.pyx": ""}, "extensions"),
    "Rust in src": ({"src/lib.rs": ""}, "extensions"),
    "an extension module": ({"x/_fast.cpython-313-x86_64-linux-gnu.so": b"\x7fELF"}, "extensions"),
    "a package with the name of upip": (
        {**_SOURCES, "upip/__init__.py": "", "x.egg-info/top_level.txt": "x\nupip\n"},
        "reserved",
    ),
    "a package that hides records": (
        {"src/.upip/y.py": "", "x/__init__.py": None},
        "reserved",
    ),
    "upip in src": ({"src/upip.py": "", "x/__init__.py": None}, "reserved"),
    "a short name of FAT in src": ({"src/a~1.py": "", "x/__init__.py": None}, "name"),
    "a file that is a directory too": (
        {"src/x.py": "", "src/x.py/y.py": "", "x/__init__.py": None},
        "conflict",
    ),
    "records beside the package": ({".upip/y.txt": ""}, ""),
    "C in the tests": ({"tests/fast.c": ""}, ""),
    "names that FAT takes for one": ({"x/a.py": "", "x/A.py": ""}, "conflict"),
    "a file of the code that FAT refuses": ({"x/a:b.py": ""}, "name"),
}
_DECIDING = ("PKG-INFO", "pyproject.toml", "setup.py", "x.egg-info/top_level.txt")

Rows = tuple[tuple[str, Make, str, dict[str, Any]], ...]


def _row(name: str, make: Make, reason: str, **more: Any) -> tuple[str, Make, str, dict[str, Any]]:
    return name, make, reason, more


ROWS: Rows = (
    # Names in extended headers
    *(
        _row(f"a PAX name that {what}", _pax(record("path", name)), reason, **more)
        for what, (name, reason, *_) in _NAMES.items()
        for more in [{"board_reason": "extended"} if reason == "long name" else {}]
    ),
    *(
        _row(f"a GNU name that {what}", _of(_long(_bytes(name)), _Y), reason)
        for what, (name, reason) in _NAMES.items()
    ),
    _row("a PAX name of nothing", _pax(record("path", "")), "extended"),
    _row("a PAX name with a zero", _pax(record("path", "x-1.0/y.py\0../z.py")), "name"),
    _row("a GNU name of nothing", _of(_long(b""), _Y), "kind"),
    _row(
        "a PAX name and a GNU name",
        _of(_extended(record("path", "x-1.0/z.py")), _long(b"x-1.0/z.py"), _Y),
        "extended",
    ),
    _row(
        "two PAX names",
        _pax(record("path", "x-1.0/a.py"), record("path", "x-1.0/b.py")),
        "extended",
    ),
    _row(
        "two PAX headers with names",
        _of(*[_extended(record("path", "x-1.0/a.py"))] * 2, _Y),
        "extended",
    ),
    _row("two GNU names", _of(_long(b"x-1.0/a.py"), _long(b"x-1.0/b.py"), _Y), "extended"),
    _row("a GNU name of 1 MB", _of(_long(b"x-1.0/" + b"y" * _MIB), _Y), "long header"),
    _row(
        "a PAX name of 16,000 bytes",
        _pax(record("path", "x-1.0/" + "y" * 15_900)),
        "long name",
        board_reason="extended",
    ),
    _row(
        "a PAX name twice in the archive",
        _of(_extended(record("path", "x-1.0/x.py")), _Y),
        "conflict",
    ),
    # Sizes
    *(
        _row(f"a PAX size of {text[:9]!r}", _pax(record("size", text)), "extended")
        for text in _SIZES
    ),
    _row("two PAX sizes", _pax(record("size", "6"), record("size", "6")), "extended"),
    _row("a PAX size that is too large", _pax(record("size", "100000")), "truncated"),
    _row("a PAX size of 16 MiB", _pax(record("size", "16777216")), "truncated"),
    _row(
        "a PAX size of 8 GiB",
        _pax(record("size", "8589934592")),
        "extended",
    ),
    _row("a PAX size that is too small", _pax(record("size", "0")), "header"),
    # Records
    *(_row(f"a PAX record {what}", _pax(data), "extended") for what, data in _RECORDS.items()),
    _row("a PAX record of 1 MB", _pax(record("comment", "a" * _MIB)), "long header"),
    _row(
        "a global PAX record of 1 MB", _pax(record("comment", "a" * _MIB), kind=b"g"), "long header"
    ),
    _row("a PAX header of 16 KiB", _pax(record("comment", "a" * 16_369)), ""),
    _row("a PAX header of a byte more", _pax(record("comment", "a" * 16_370)), "long header"),
    _row("1,000 PAX records", _pax(*[record("mtime", "1.5")] * 1000), ""),
    _row("a sparse file of PAX", _pax(record("GNU.sparse.major", "1")), "extended"),
    _row("a sparse file of an old PAX", _pax(record("GNU.sparse.size", "6")), "extended"),
    _row("a global PAX name", _pax(record("path", "x-1.0/z.py"), kind=b"g"), "extended"),
    _row("a global PAX size", _pax(record("size", "6"), kind=b"g"), "extended"),
    _row("a global PAX comment", _pax(record("comment", "a" * 40), kind=b"g"), ""),
    # Sequences
    _row("a PAX header at the end", _of(_extended(record("mtime", "1.5"))), "extended"),
    _row(
        "a PAX header and no data",
        lambda: pack(_HEAD + _extended(record("mtime", "1"))),
        "truncated",
    ),
    _row("half a PAX header", lambda: pack(_HEAD + _extended(b"9 ", b"x")[:512]), "truncated"),
    _row("a GNU name at the end", _of(_long(b"x-1.0/y.py")), "extended"),
    _row("eight PAX headers", _of(*[_extended(record("mtime", "1.5"))] * 8, _Y), ""),
    _row("nine PAX headers", _of(*[_extended(record("mtime", "1.5"))] * 9, _Y), "long sequence"),
    _row(
        "1,000 PAX headers", _of(*[_extended(record("mtime", "1.5"))] * 1000, _Y), "long sequence"
    ),
    _row("a GNU name of a link", _of(_long(b"../boot.py", b"K"), _Y), ""),
    _row("a volume label", _of(entry("backup", kind=b"V"), _Y), ""),
    # Layouts of sdists
    *(
        _row(f"a top_level.txt {what}", _listed(text), reason)
        for what, (text, reason) in _LISTS.items()
    ),
    *(_row(f"sdist: {what}", _sdist(files), reason) for what, (files, reason) in _LAYOUTS.items()),
    _row(
        "an sdist with a bad path in docs",
        _sdist(None, entry("x-1.0/docs/../../boot.py", b"")),
        "name",
    ),
    _row(
        "an sdist with a bad path in the metadata",
        _sdist(None, entry("x-1.0/x.egg-info/../../boot.py", b"")),
        "name",
    ),
    _row(
        "an sdist with an escape sequence in docs",
        _sdist(None, entry("x-1.0/docs/\x1b[2J", b"")),
        "name",
    ),
    # Links
    *(
        _row(f"{name} is a link", _sdist({name: None}, entry(f"x-1.0/{name}", kind=kind)), "link")
        for name in _DECIDING
        for kind in (b"2",)
    ),
    _row("a link in the package", _sdist(None, entry("x-1.0/x/y.py", kind=b"2")), "link"),
    _row("a hard link in the package", _sdist(None, entry("x-1.0/x/y.py", kind=b"1")), "link"),
    _row(
        "a link with the name of the package",
        _sdist(None, entry("x-1.0/x.py", kind=b"2")),
        "link",
    ),
    _row(
        "a link for the package",
        _sdist({"x.egg-info/top_level.txt": "x\ny\n"}, entry("x-1.0/y.py", kind=b"2")),
        "link",
    ),
    _row("a link in docs", _sdist(None, entry("x-1.0/docs/y.py", kind=b"2")), ""),
    _row("a link in a device archive", _of(entry("x-1.0/y.py", kind=b"2")), "link"),
    _row("a hard link in a device archive", _of(entry("x-1.0/y.py", kind=b"1")), "link"),
    _row("a linked README", _of(entry("x-1.0/README.md", kind=b"2")), ""),
    _row("a linked license", _of(entry("x-1.0/LICENSE", kind=b"2")), ""),
    _row(
        "a link with a bad name in a device archive",
        _of(entry("x-1.0/docs/../../y", kind=b"2")),
        "name",
    ),
)
"""(name, maker, reason, more fields of Row)."""

"""Headers of every usual format are read, and damaged or hostile ones refused."""

import io
import tarfile

import pytest

from sdist_upip.archive.tar import END
from sdist_upip.check.tar_members import DIRECTORY, FILE, LABEL, LINK, read_tar_members
from sdist_upip.errors import ArchiveError, LimitError
from support.archives import changed_header, header, member

MODULE = member("x-1/x.py", b"x = 1\n")
LONG = "x-1/" + "n" * 300 + ".py"


def read(*blocks):
    return list(read_tar_members(b"".join((*blocks, END))))


def names(*blocks):
    return [(found.name, found.kind, found.content) for found in read(*blocks)]


def record(key, value):
    """Return a record of a PAX header."""
    body = f" {key}={value}\n".encode()
    size = len(body) + 1
    while len(str(size)) + len(body) != size:
        size += 1
    return str(size).encode() + body


def pax(*records, kind=b"x"):
    data = b"".join(one if isinstance(one, bytes) else record(*one) for one in records)
    return member("x-1/PaxHeaders/x", data, kind)


def fields(name=b"x-1/y.py", **changes):
    return changed_header(name, **changes)


def made_by_tarfile(tar_format, name=LONG):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as tar:
        for path, data in (("x-1", None), (name, b"good")):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mtime = len(data or b""), 1.5
            entry.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            tar.addfile(entry, io.BytesIO(data or b""))
    return buffer.getvalue()


@pytest.mark.parametrize("byte", [b"\0", b"a", b"\xff"])
def test_the_checksum_adds_every_byte_of_a_header(byte):
    """Fields that nothing reads may have any bytes, so the sum has up to 17 bits."""
    block = fields(at157=byte * 100, at265=byte * 80, at346=byte * 166)
    assert read(block)[0].name == "x-1/y.py"
    for position in (0, 157, 255, 256, 511):
        changed = bytearray(block)
        changed[position] ^= 1
        with pytest.raises(ArchiveError, match=r"header of .* is invalid"):
            read(bytes(changed))


@pytest.mark.parametrize("tar_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_of_tarfile(tar_format):
    directory, found = read_tar_members(made_by_tarfile(tar_format))
    assert (directory.name, directory.kind) == ("x-1/", DIRECTORY)
    assert (found.name, found.path, found.kind, found.content, found.is_plain) == (
        LONG, LONG[4:], FILE, b"good", False
    )  # fmt: skip


def test_a_prefix_of_ustar():
    name = f"x-1/{'d' * 120}/x.py"
    tar = made_by_tarfile(tarfile.USTAR_FORMAT, name)
    assert [(found.name, found.is_plain) for found in read_tar_members(tar)] == [
        ("x-1/", True),
        (name, False),
    ]
    gnu = fields(at257=b"ustar  \0", at345=b"123456")
    assert [(found.name, found.is_plain) for found in read(gnu)] == [("x-1/y.py", False)]


PLAIN = {
    "file": (MODULE, ("x-1/x.py", FILE, b"x = 1\n")),
    "NUL": (fields(at156=b"\0"), ("x-1/y.py", FILE, b"")),
    "directory": (member("x-1/", kind=b"5"), ("x-1/", DIRECTORY, b"")),
    "directory outside": (member("x-1/../../y", kind=b"5"), ("x-1/../../y", DIRECTORY, b"")),
    **{
        f"size {field!r}": (
            header(b"x-1/y", size_field=field) + b"abc".ljust(512, b"\0"),
            ("x-1/y", FILE, b"abc"),
        )
        for field in (b"          3 ", b"00000000003 ", b"00000000003\0", b"         3  ")
    },
}
OTHERS = {
    "contiguous": (member("x-1/y", b"1", b"7"), ("x-1/y", FILE, b"1")),
    "old magic": (fields(at156=b"\0", at257=bytes(8), at345=b"a"), ("x-1/y.py", FILE, b"")),
    "directory of GNU": (member("x-1/y", b"a\0", b"D"), ("x-1/y", DIRECTORY, b"a\0")),
    "slash at the end": (member("x-1/y/", b""), ("x-1/y/", DIRECTORY, b"")),
    "content of a link": (header(b"x-1/y", 512, b"1"), ("x-1/y", LINK, b"")),
    **{
        f"no size {field!r}": (header(b"x-1/y", size_field=field), ("x-1/y", FILE, b""))
        for field in (bytes(12), b" " * 12, b"0\0" + b"7" * 10)
    },
    "dot": (member("./x-1/y", b"1"), ("x-1/y", FILE, b"1")),
    "only a dot": (member("./", kind=b"5"), ("", DIRECTORY, b"")),
    "hard link": (member("x-1/y", kind=b"1"), ("x-1/y", LINK, b"")),
    "symbolic link": (member("x-1/y", kind=b"2"), ("x-1/y", LINK, b"")),
    "label": (member("../\x01", kind=b"V"), ("../\x01", LABEL, b"")),
    "time": (pax(("mtime", "1.5")) + MODULE, ("x-1/x.py", FILE, b"x = 1\n")),
    "of Solaris": (pax(("path", "x-1/z"), kind=b"X") + MODULE, ("x-1/z", FILE, b"x = 1\n")),
    "global": (pax(("comment", "1"), kind=b"g") + MODULE, ("x-1/x.py", FILE, b"x = 1\n")),
    "no records": (pax() + MODULE, ("x-1/x.py", FILE, b"x = 1\n")),
    "path": (pax(("path", "x-1/é/z"), ("uid", "9")) + MODULE, ("x-1/é/z", FILE, b"x = 1\n")),
    "size": (pax(("size", "3")) + member("x-1/y", b"abcdef"), ("x-1/y", FILE, b"abc")),
    "size of a link": (pax(("size", "0")) + member("x-1/y", kind=b"2"), ("x-1/y", LINK, b"")),
    "path of a directory": (pax(("path", "x-1/z/")) + MODULE, ("x-1/z/", DIRECTORY, b"x = 1\n")),
    "equals": (pax(("comment", "a=b=c")) + MODULE, ("x-1/x.py", FILE, b"x = 1\n")),
    "long name": (member("L", b"x-1/z\0junk", b"L") + MODULE, ("x-1/z", FILE, b"x = 1\n")),
    "long link": (member("K", b"/etc", b"K") + fields(at156=b"2"), ("x-1/y.py", LINK, b"")),
    "both": (
        pax(("size", "1")) + member("L", b"x-1/z", b"L") + member("y", b"abc"),
        ("x-1/z", FILE, b"a"),
    ),
    "8 in a row": (pax() * 8 + MODULE, ("x-1/x.py", FILE, b"x = 1\n")),
    "16 KiB": (
        member("x", b"16384 comment=" + b"a" * 16369 + b"\n", b"x") + MODULE,
        ("x-1/x.py", FILE, b"x = 1\n"),
    ),
    "512 bytes": (
        pax(("path", "x-1/" + "d/" * 254)) + MODULE,
        ("x-1/" + "d/" * 254, DIRECTORY, b"x = 1\n"),
    ),
    "base-256": (
        header(b"x-1/y", size_field=b"\x80" + bytes(10) + b"\3") + b"abc".ljust(512, b"\0"),
        ("x-1/y", FILE, b"abc"),
    ),
    **{
        f"size {field!r}": (
            header(b"x-1/y", size_field=field) + b"abc".ljust(512, b"\0"),
            ("x-1/y", FILE, b"abc"),
        )
        for field in (b"3" + bytes(11), b"0003" + bytes(8), b"  3 " + bytes(8), b"3 \0 " + bytes(8))
    },
}


@pytest.mark.parametrize("name", PLAIN | OTHERS)
def test_members(name):
    blocks, expected = (PLAIN | OTHERS)[name]
    assert names(blocks, MODULE)[0] == expected
    assert names(blocks, MODULE)[-1] == ("x-1/x.py", FILE, b"x = 1\n")
    assert read(blocks)[0].is_plain is (name in PLAIN)
    assert read(blocks, MODULE)[-1].is_plain


# fmt: off
REFUSED = {
    **{f"type {kind!r}": (member("x-1/docs/y", kind=kind), "is not a regular file: its type is")
       for kind in (b"3", b"4", b"6", b"S", b"M", b"N", b"Z", b"9")},
    "two paths": (pax(("path", "x-1/a"), ("path", "x-1/b")), "has two names"),
    "two headers": (pax(("path", "x-1/a")) * 2, "has two names"),
    "path and long name": (pax(("path", "x-1/a")) + member("L", b"x-1/a", b"L"), "two names"),
    "two long names": (member("L", b"x-1/a", b"L") * 2, "has two names"),
    "two sizes": (pax(("size", "6"), ("size", "6")), "The size b'6' is invalid"),
    **{f"size {text!r}": (pax(("size", text)), "The size .* is invalid")
       for text in ("", "-1", "+6", " 6", "6 ", "6.0", "0x6", "6_0", "٦", "1" * 10)},
    "size beyond": (pax(("size", "999999999")), "The tar is truncated after"),
    "size too small": (pax(("size", "0")), "The tar header of .* is invalid"),
    "global path": (pax(("path", "x-1/a"), kind=b"g"), "A global header states the path of"),
    "global size": (pax(("size", "6"), kind=b"g"), "A global header states the size of"),
    "sparse": (pax(("GNU.sparse.major", "1")), "has a sparse file"),
    "sparse of all": (pax(("GNU.sparse.map", "1"), kind=b"g"), "has a sparse file"),
    **{f"record {text!r}": (pax(text), "A PAX header is damaged at byte")
       for text in (b"8 a=bcde\n", b"7 a=bcd\n", b"99 a=b\n", b"6 abc\n", b"7 a=bc\0", b"a=b\n",
                    b"0 a=b\n", b"-6 a=b\n", b" 6 a=b\n", b"6a=bc\n", b"6 a=b\n\0\0", b"\n", b"6 ",
                    b"1000000000006 a=b\n")},
    "second record": (pax(("a", "b"), b"9 a=b\n"), "A PAX header is damaged at byte 6"),
    "16 KiB and one": (member("x", b"16385 comment=" + b"a" * 16370 + b"\n", b"x"),
                       r"An extended header has 16,385 bytes\. The limit is 16,384"),
    "a long long name": (member("L", b"a" * 16385, b"L"), "An extended header has 16,385 bytes"),
    "a long long link": (member("K", b"a" * 16385, b"K"), "An extended header has 16,385 bytes"),
    "9 in a row": (pax() * 9, "More than 8 extended headers follow one another"),
    "513 bytes": (pax(("path", "x-1/" + "d" * 509)), "A member name has more than 512 bytes"),
    "path outside": (pax(("path", "../x")), r"'\.\./x' has a '\.\.' segment"),
    "path in the middle": (pax(("path", "x-1/../../x")), r"has a '\.\.' segment"),
    "absolute path": (pax(("path", "/etc/x")), "is absolute"),
    "absolute path behind a dot": (pax(("path", ".//etc/x")), "is absolute"),
    "control": (pax(("path", "x-1/a\nb")), "contains a control character"),
    "NUL": (pax(("path", "x-1/a\0b")), "contains a control character"),
    "C1": (pax(("path", "x-1/a\x85b")), "contains a control character"),
    "no UTF-8": (member("L", b"x-1/\xff", b"L"), "is not UTF-8"),
    "no path": (pax(("path", "")), "A PAX header states an empty name"),
    "a long key": (pax(("a" * 101, "")), "A PAX header is damaged at byte 0"),
    "long digits": (pax(b"000014 path=x\n"), "A PAX header is damaged at byte 0"),
    "no directory": (pax(("path", "x.py")), "'x.py' in the tar is not in a directory"),
    "link without directory": (member("y", kind=b"2"), "'y' in the tar is not in a directory"),
    "link outside": (member("x-1/../y", kind=b"2"), r"has a '\.\.' segment"),
    "checksum": (header(b"x-1/y")[:148] + b"000001\0 " + header(b"x-1/y")[156:], "b'x-1/y' is inv"),
    **{f"number {field!r}": (header(b"x-1/y", size_field=field), "header of b'x-1/y' is invalid")
       for field in (b"-0000000000\0", b"0o000000000\0", b"0_000000000\0", b"00000000008\0",
                     b"\xff" * 12, b"\x81" + bytes(11), b"0 0        \0")},
}
# fmt: on


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    blocks, message = REFUSED[name]
    with pytest.raises(ArchiveError, match=message):
        read(blocks, MODULE)


def test_extended_headers_with_nothing_after_them():
    for blocks in (pax(), member("L", b"x-1/a", b"L"), member("K", b"a", b"K"), pax(kind=b"g")):
        with pytest.raises(ArchiveError, match=r"^The tar ends after an extended header\."):
            read(MODULE, blocks)


def test_limits():
    directories = [member(f"x-1/{n}/", kind=b"5") for n in range(1000)]
    assert len(read(*directories)) == 1000
    with pytest.raises(LimitError, match=r"more than 1,000 directories"):
        read(*directories, member("x-1/d", kind=b"D"))


@pytest.mark.parametrize(
    ("tar", "message"),
    [
        (b"", "is truncated after 0 bytes"),
        (END, "The tar is empty"),
        (MODULE, "is truncated after 1024 bytes"),
        (MODULE[:700], "is truncated after 700 bytes"),
        (MODULE + bytes(100), "is truncated after 1124 bytes"),
    ],
)
def test_the_end(tar, message):
    with pytest.raises(ArchiveError, match=message):
        list(read_tar_members(tar))
    assert len(list(read_tar_members(MODULE + bytes(512) + b"junk"))) == 1

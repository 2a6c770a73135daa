import pytest

from sdist_upip.check.tar_entry import (
    GNU_KINDS,
    LINKS,
    PAX_KINDS,
    SPECIAL,
    Entry,
    decode_name,
    full_name,
    make_entry,
    read_octal,
)
from support.odd_archives import GNU, entry


def make(name="x-1.0/x.py", kind=b"0"):
    return Entry(offset=0, end=512, device_name=name, name=name, kind=kind, data=b"")


@pytest.mark.parametrize(
    ("kind", "name", "plain", "directory", "words"),
    [
        (b"0", "x/f", True, False, "file"),
        (b"\0", "x/f", True, False, "file"),
        (b"0", "x/f/", False, True, "folder"),
        (b"\0", "x/", False, True, "folder"),
        (b"5", "x/f", False, True, "folder"),
        (b"5", "x/f/", False, True, "folder"),
        (b"1", "x/f", False, False, "hard link"),
        (b"2", "x/f/", False, False, "symbolic link"),
        (b"3", "x/f", False, False, "character device"),
        (b"4", "x/f", False, False, "block device"),
        (b"6", "x/f", False, False, "FIFO"),
        (b"7", "x/f", False, False, "type 7"),
        (b"g", "x/f", False, False, "PAX header"),
        (b"x", "x/f", False, False, "PAX header"),
        (b"X", "x/f", False, False, "PAX header"),
        (b"D", "x/f", False, False, "GNU list of a directory"),
        (b"K", "x/f", False, False, "GNU long link target"),
        (b"L", "x/f", False, False, "GNU long name"),
        (b"M", "x/f", False, False, "GNU part of a larger file"),
        (b"N", "x/f", False, False, "GNU long name of old"),
        (b"S", "x/f", False, False, "GNU sparse file"),
        (b"V", "x/f", False, False, "GNU volume label"),
        (b"\xe9", "x/f", False, False, "type \udce9"),
    ],
)
def test_kinds(kind, name, plain, directory, words):
    found = make(name, kind)
    assert (found.plain, found.is_directory, found.kind_name) == (plain, directory, words)


@pytest.mark.parametrize(
    "kind", [b"0", b"\0", b"5", b"7", *LINKS, *SPECIAL, *GNU_KINDS, *PAX_KINDS]
)
def test_headers_about_the_next_one(kind):
    assert make(kind=kind).is_about_the_next == (kind in (b"g", b"x", b"X", b"K", b"L"))


@pytest.mark.parametrize(
    ("field", "number"),
    [
        (b"00000000017\0", 15),
        (b"0000644 ", 0o644),
        (b"   17 \0\0", 15),
        (b"17", 15),
        (b"", 0),
        (b"\0" * 12, 0),
        (b" " * 12, 0),
        (b"777777777777", 8**12 - 1),
        (b"00000000018\0", None),
        (b"-0000000017\0", None),
        (b"0x000000017\0", None),
        (b"0o000000017\0", None),
        (b"1_7", None),
        (b"\x80" + bytes(10) + b"\x03", None),
        (b"17\0 17", None),
        (b"\0017", None),
        (b"17\n", None),
    ],
)
def test_octal_fields(field, number):
    assert read_octal(field) == number


@pytest.mark.parametrize(
    ("name", "prefix", "magic", "expected"),
    [
        ("x.py", b"", b"ustar\x0000", b"x.py"),
        ("x.py", b"a/b", b"ustar\x0000", b"a/b/x.py"),
        ("x.py", b"a/b", GNU, b"x.py"),
        ("x.py", b"a/b", b"", b"x.py"),
        ("n" * 100, b"p" * 155, b"ustar\x0000", b"p" * 155 + b"/" + b"n" * 100),
        (b"x.py\0junk", b"a\0junk", b"ustar\x0000", b"a/x.py"),
        ("", b"", b"ustar\x0000", b""),
    ],
)
def test_the_prefix_counts_in_ustar_only(name, prefix, magic, expected):
    assert full_name(entry(name, prefix=prefix, magic=magic)[:512]) == expected


def test_invalid_utf_8_survives_in_a_name():
    assert decode_name(b"caf\xe9") == "caf\udce9"
    assert decode_name("café".encode()) == "café"
    assert decode_name(b"caf\xe9").encode("utf-8", "surrogateescape") == b"caf\xe9"


def test_an_entry_has_its_content_and_both_names():
    before, header = entry("x-1.0/a", b"a" * 600), entry("f.py", b"abc", prefix=b"x-1.0")
    data = before + header
    found = make_entry(header[:512], data, len(before), 3, None)
    assert found == Entry(
        offset=1536,
        end=1536 + 512 + 3,
        device_name="f.py",
        name="x-1.0/f.py",
        kind=b"0",
        data=b"abc",
    )


def test_an_entry_at_the_end_of_a_cut_tar_has_the_content_that_is_there():
    data = entry("f.py", b"abcdef")[: 512 + 4]
    found = make_entry(data[:512], data, 0, 6, None)
    assert (found.data, found.end) == (b"abcd", 518)


def test_a_name_from_another_header_replaces_the_own_one_and_is_cut():
    header = entry("cut", prefix=b"p", kind=b"2")[:512]
    found = make_entry(header, header, 0, 0, b"x-1.0/long")
    assert (found.name, found.device_name, found.kind) == ("x-1.0/long", "cut", b"2")
    assert make_entry(header, header, 0, 0, b"").name == ""
    assert make_entry(header, header, 0, 0, b"n" * 4097).name == "n" * 4096

"""Images of anybody: those of other tools are read, and damaged or hostile ones are refused."""

import random

import pytest

from sdist_upip.errors import ArchiveError, LimitError, SdistUpipError
from sdist_upip.limits import (
    IMAGE_DEPTH_LIMIT,
    IMAGE_LIMIT,
    IMAGE_PATH_LIMIT,
    IMAGE_RECORD_LIMIT,
    METADATA_LIMIT,
)
from sdist_upip.romfs.reader import ImageFile, read_image
from sdist_upip.romfs.records import (
    COMMENT,
    DATA,
    DIRECTORY,
    FILE,
    MAGIC,
    PACKAGES,
    POINTER,
    encode_number,
)
from sdist_upip.romfs.writer import write_image

UNKNOWN = 77
UNUSED = 0


def record(kind, *payload, width=1):
    """Return a record."""
    content = b"".join(payload)
    return encode_number(kind, width) + encode_number(len(content), width) + content


def name(text):
    """Return the start of the payload of a directory or file."""
    return encode_number(len(text)) + text


def image(*records):
    """Return an image."""
    content = b"".join(records)
    return MAGIC + encode_number(len(content)) + content


def file(text=b"a", content=b"x"):
    """Return the record of a file."""
    return record(FILE, name(text), record(DATA, content))


def pointer(size, offset):
    """Return the record of a pointer to data."""
    return record(POINTER, encode_number(size), encode_number(offset))


def nest(depth, content=b""):
    """Return directories in each other."""
    for _ in range(depth):
        content = record(DIRECTORY, name(b"d"), content)
    return content


def read_files(data):
    """Return (path, content) of each file of an image."""
    return [
        (file.path, data[file.offset : file.offset + file.size]) for file in read_image(data).files
    ]


@pytest.mark.parametrize(
    ("data", "files"),
    [
        pytest.param(image(), [], id="nothing"),
        pytest.param(image(file()), [("a", b"x")], id="a file"),
        pytest.param(image(file(content=b"")), [("a", b"")], id="an empty file"),
        pytest.param(image(record(DIRECTORY, name(b"d"))), [], id="an empty directory"),
        pytest.param(image(nest(2, file())), [("d/d/a", b"x")], id="directories"),
        pytest.param(image(nest(IMAGE_DEPTH_LIMIT, file())), None, id="the deepest"),
        pytest.param(
            image(record(DATA, b"data"), record(FILE, name(b"a"), pointer(3, 3))),
            [("a", b"ata")],
            id="a pointer",
        ),
        pytest.param(
            image(record(DATA, b"data"), record(FILE, name(b"a"), pointer(0, 0))),
            [("a", b"")],
            id="a pointer to nothing",
        ),
        pytest.param(
            image(record(FILE, name(b"a"), record(UNKNOWN, b"?"), record(DATA, b"x"))),
            [("a", b"x")],
            id="an unknown record in a file",
        ),
        pytest.param(
            image(record(FILE, name(b"a"), record(DATA, b"x"), record(DATA, b"y"))),
            [("a", b"x")],
            id="the first data of a file, as on a board",
        ),
        pytest.param(
            image(record(UNKNOWN, b"?"), record(COMMENT, b"!"), file()), [("a", b"x")], id="unknown"
        ),
        pytest.param(
            image(record(FILE, name(b"a"), record(DATA, b"x", width=9), width=9)),
            [("a", b"x")],
            id="numbers with bytes before them",
        ),
        pytest.param(image(file("é°".encode())), [("é°", b"x")], id="UTF-8"),
        pytest.param(image(file(b"\xff")), [("\\xff", b"x")], id="not UTF-8"),
        pytest.param(image(file(), file()), [("a", b"x")] * 2, id="twice"),
        pytest.param(image(file()) + b"\xff" * 9, [("a", b"x")], id="a copy of a partition"),
    ],
)
def test_valid_images(data, files):
    found = read_files(data)
    assert files is None or found == files
    assert read_image(data).size == len(data.rstrip(b"\xff"))


def test_packages_are_listed_in_a_comment():
    comment = PACKAGES + b"my-app 1.0\nlogging 0.6\n\nFoo 1\n../x 1\n\xff 1\na\x1b 1\n"
    data = write_image({"lib/a.py": b""}, comment)
    assert read_image(data).packages == (("my-app", "1.0"), ("logging", "0.6"))


@pytest.mark.parametrize(
    "records",
    [
        pytest.param(record(COMMENT, b"other packages\na 1\n"), id="of another tool"),
        pytest.param(nest(1, record(COMMENT, PACKAGES, b"a 1\n")), id="of a directory"),
        pytest.param(
            record(COMMENT, PACKAGES, b"\n" * METADATA_LIMIT, b"a 1\n"), id="beyond the limit"
        ),
    ],
)
def test_other_comments_list_nothing(records):
    assert read_image(image(records)).packages == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "is not an image of ROMFS", id="empty"),
        pytest.param(b"\x1f\x8b\x08", "is not an image of ROMFS", id="gzip"),
        pytest.param(MAGIC, "a number has no end", id="only the kind"),
        pytest.param(MAGIC + b"\x80" * 1000, "a number has no end", id="an endless number"),
        pytest.param(MAGIC + b"\x80" * IMAGE_LIMIT, "a number has no end", id="a slow number"),
        pytest.param(MAGIC + b"\xff" * 9, "a number has no end", id="a huge number"),
        pytest.param(image(file())[:-1], "truncated: expected 11 bytes, got 10", id="truncated"),
        pytest.param(image(record(UNUSED)), "the kind 0", id="an unused record"),
        pytest.param(image(b"\x05"), "at byte 5: a number has no end", id="a kind alone"),
        pytest.param(image(b"\x05") + b"\x05", "outside of its record", id="a number beyond"),
        pytest.param(image(b"\x05\x7f"), "ends outside of its directory", id="a file beyond"),
        pytest.param(
            image(nest(1, b"\x05\x03\x01a"), file()), "outside of its directory", id="a neighbor"
        ),
        pytest.param(
            image(record(FILE, b"\x09ab"), file(b"long name")), "a name ends outside", id="a name"
        ),
        pytest.param(image(record(FILE), file()), "outside of its record", id="no name"),
        pytest.param(image(record(FILE, name(b"a"))), "a file has no data", id="no data"),
        pytest.param(image(record(FILE, name(b"a"), b"\x02\x05")), "ends outside", id="long data"),
        pytest.param(
            image(record(FILE, name(b"a"), pointer(1, 9))), "a pointer leads", id="an offset"
        ),
        pytest.param(
            image(record(FILE, name(b"a"), pointer(1 << 31, 0))), "a pointer leads", id="a size"
        ),
        pytest.param(
            image(record(FILE, name(b"a"), pointer(1, 8)), b"") + b"after",
            "a pointer leads",
            id="a pointer to what follows the image",
        ),
        pytest.param(
            image(record(FILE, name(b"a"), record(POINTER, b"\x01")), file()),
            "outside of its record",
            id="half a pointer",
        ),
        *(
            pytest.param(image(file(text)), "is not a name", id=f"the name {text!r}")
            for text in (b"", b".", b"..", b"a/b", b"/", b"a\0b")
        ),
        pytest.param(
            image(file(b"x" * (IMAGE_PATH_LIMIT + 1))), "more than 1024 bytes", id="a long name"
        ),
        pytest.param(
            image(record(DIRECTORY, name(b"x" * IMAGE_PATH_LIMIT), file())),
            "more than 1024 bytes",
            id="a long path",
        ),
    ],
)
def test_damaged_images_are_refused(data, message):
    with pytest.raises(ArchiveError, match=message):
        read_image(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(image(nest(IMAGE_DEPTH_LIMIT + 1, file())), id="depth"),
        pytest.param(image(file() * (IMAGE_RECORD_LIMIT // 2 + 1)), id="records"),
        pytest.param(image(b"\x01\x00" * (IMAGE_RECORD_LIMIT + 1)), id="empty comments"),
        pytest.param(MAGIC + encode_number(IMAGE_LIMIT) + b"\x01\x00", id="size"),
    ],
)
def test_images_beyond_the_limits_are_refused(data):
    with pytest.raises(LimitError):
        read_image(data)


def test_any_bytes_are_read_or_refused():
    chance = random.Random(17)
    valid = image(nest(3, file()), record(FILE, name(b"p"), pointer(3, 3)), record(COMMENT, b"c"))
    refused = 0
    for _ in range(3000):
        data = bytearray(valid)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 4, 5, 0x80, 0xFF, 0x7F))
        try:
            found = read_image(bytes(data))
        except SdistUpipError:
            refused += 1
        else:
            for entry in found.files:
                assert isinstance(entry, ImageFile)
                assert 0 <= entry.offset <= entry.offset + entry.size <= found.size <= len(data)
    assert 0 < refused < 3000

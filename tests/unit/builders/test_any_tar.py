"""Any `.tar.gz` is read within limits, and whatever is wrong with it is an ArchiveError."""

import gzip
import io
import tarfile
import tracemalloc

import pytest

from sdist_upip.builders.any_tar import LinkTargets, decompress, open_tar, read_entry
from sdist_upip.errors import ArchiveError, LimitError
from support.odd_archives import END, entry

LIMIT = 1 << 20


def test_all_members_are_decoded():
    assert decompress(gzip.compress(b"a") + gzip.compress(b"b"), LIMIT) == b"ab"


@pytest.mark.parametrize("data", [gzip.compress(bytes(LIMIT + 1)), bytes(LIMIT + 1)])
def test_no_more_than_the_limit_is_held(data):
    with pytest.raises(LimitError, match=r"more than 1,048,576 bytes\. Split the package"):
        decompress(data, LIMIT)
    assert decompress(gzip.compress(bytes(LIMIT)), LIMIT) == bytes(LIMIT)


def test_a_bomb_is_not_held():
    data = gzip.compress(bytes(200 * LIMIT))
    tracemalloc.start()
    try:
        with pytest.raises(LimitError):
            decompress(data, LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 5 * LIMIT
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("cut", [1, 9, -12, -1])
def test_what_is_not_intact_is_refused(cut):
    data = gzip.compress(b"text")
    for broken in (data[:cut], data[:cut] + b"?" + data[cut:]):
        with pytest.raises(ArchiveError, match="not an intact gzip file"):
            decompress(broken, LIMIT)


def read_all(tar):
    with open_tar(tar) as opened:
        return [read_entry(opened, entry) for entry in opened]


def sparse(size):
    """Return a tar with a GNU sparse file of `size` bytes, all but the first of them a hole."""
    block = bytearray(entry("x-1/x", b"a", b"S", magic=b"ustar  \0"))
    block[386:410] = b"%011o\0%011o\0" % (0, 1)
    block[483:495] = b"%011o\0" % size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    return bytes(block) + END


@pytest.mark.parametrize(
    ("tar", "message"),
    [
        (sparse(8**11 - 1), "'x-1/x' is a link or a special file"),
        (entry("x-1/x", kind=b"2") + END, "'x-1/x' is a link or a special file"),
        (entry("x-1/x", size=b"00000005000") + END, "is truncated|cannot be read"),
        (entry("x-1/x", b"y", b"L") * 1000 + END, "too many extended headers"),
        (b"text" * 200, "cannot be read"),
    ],
    ids=["sparse", "link", "cut", "chain of headers", "no tar"],
)
def test_entries_that_are_refused(tar, message):
    with pytest.raises(ArchiveError, match=message):
        read_all(tar)


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


FILE = tarfile.TarInfo("x-1/a/file")


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ([link("x-1/b", "a/file")], True),
        ([link("x-1/c/b", "../a/file")], True),
        ([link("x-1/b", "x-1/a/file", tarfile.LNKTYPE)], True),
        ([link("x-1/b", "c"), link("x-1/c", "a/file")], True),
        ([link("x-1/b", "b")], False),
        ([link("x-1/b", "gone")], False),
        ([link("x-1/b", "../../a/file")], False),
        ([link(f"x-1/{n}", str(n + 1)) for n in range(100)], False),
    ],
)
def test_links(links, found):
    targets = LinkTargets([FILE, *links])
    if found:
        assert targets.follow(links[0]) is FILE
    else:
        with pytest.raises(ArchiveError, match="was not found in the archive"):
            targets.follow(links[0])


def test_many_links_are_found_in_linear_time():
    count = 50_000
    entries = [FILE, *(link(f"x-1/{n}", "a/file") for n in range(count))]
    targets = LinkTargets(entries)
    assert all(targets.follow(entry) is FILE for entry in entries)


def test_a_tar_of_tarfile_is_read():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo("x-1/x")
        info.size = 3
        tar.addfile(info, io.BytesIO(b"abc"))
    assert read_all(buffer.getvalue()) == [b"abc"]

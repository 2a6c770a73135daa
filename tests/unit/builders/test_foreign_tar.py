"""The files of a `.tar.gz` of another tool: all of them, or an error."""

import gzip
import tarfile

import pytest

from sdist_upip.builders.foreign_tar import read_files
from sdist_upip.errors import ArchiveError, LimitError, StreamError, TruncatedError
from sdist_upip.limits import MEMBER_LIMIT
from support.bombs import ARCHIVES
from support.odd_archives import END, entry


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info.tobuf(tarfile.GNU_FORMAT)


def pack(*entries):
    return gzip.compress(b"".join(entries), mtime=0)


def read(data, *, follow=True):
    return [(info.name, content) for info, content in read_files(data, follow=follow)]


A = entry("x-1/a", "text")
PAX = entry("PaxHeaders/x", b"16 path=x-1/new\n", b"x")


def test_regular_files_links_and_extended_headers_are_read():
    data = pack(
        entry("x-1/", kind=b"5"),
        A,
        PAX + entry("x-1/old", "new"),
        entry("x/././@LongLink", b"x-1/long\0", b"L") + entry("x-1/short", "long"),
        link("x-1/b", "a"),
        link("x-1/c", "x-1/a", tarfile.LNKTYPE),
        link("x-1/d", "", tarfile.FIFOTYPE),
        END,
    )
    plain = [("x-1/a", b"text"), ("x-1/new", b"new"), ("x-1/long", b"long")]
    links = [("x-1/b", b"text"), ("x-1/c", b"text")]
    assert read(data) == [*plain, *links, ("x-1/d", None)]
    unread = [(name, None) for name, _ in links]
    assert read(data, follow=False) == [*plain, *unread, ("x-1/d", None)]


def test_a_tar_may_end_with_or_without_zeros():
    assert read(pack(A, END)) == read(pack(A)) == read(pack(A, END, bytes(10240)))


def damage(header, position):
    return header[:position] + b"?" + header[position + 1 :]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (pack(A, damage(A, 0), A, END), StreamError),
        (pack(A, damage(A, 150), A, END), StreamError),
        (pack(A, A[:300]), StreamError),
        (pack(A, A[:514]), ArchiveError),
        (pack(damage(A, 0)), ArchiveError),
        (pack(A, link("x-1/b", "missing"), END), ArchiveError),
        (pack(A, link("x-1/b", "b"), END), ArchiveError),
        (pack(A, END)[:-4], TruncatedError),
        (pack(A, END)[:-8] + bytes(8), StreamError),
        (pack(A, END) + b"x", StreamError),
    ],
)
def test_a_damaged_file_is_an_error_and_never_a_part_of_it(data, error):
    with pytest.raises(error):
        read(data)


def test_the_number_of_members_is_limited():
    entries = [entry(f"x-1/{number}") for number in range(MEMBER_LIMIT + 1)]
    assert len(read(pack(*entries[1:], END))) == MEMBER_LIMIT
    with pytest.raises(LimitError, match="more than 10,000 members"):
        read(pack(*entries, END))


@pytest.mark.parametrize(
    "kind", ["a sparse file", "extended headers", "keys of a shared PAX header", "gzip members"]
)
def test_what_grows_is_limited(kind):
    with pytest.raises(LimitError):
        read(ARCHIVES[kind]())

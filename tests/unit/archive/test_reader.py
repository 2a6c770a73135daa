"""Archives are read strictly."""

import gzip
import tracemalloc

import pytest

from sdist_upip import ArchiveError, Member
from sdist_upip.archive.reader import GZIP_HEADER, read_archive, unpack
from sdist_upip.archive.tar import write_tar
from sdist_upip.archive.writer import gzip_wrap
from support.plain_archives import deflate, write


def corrupt(data, offset):
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]


def test_other_and_damaged_archives_are_refused(tmp_path):
    data = write(tmp_path).path.read_bytes()
    two_roots = write_tar("a-1", [Member("x", b"")])[:512] + (write_tar("b-1", [Member("x", b"")]))
    misspelled = write_tar("A-1.0", [Member("x", b"")])
    for broken, reason in (
        (b"", "gzip header"),
        (gzip.compress(b"x", mtime=1), "gzip header"),
        (data[:-9], "truncated"),
        (data[:-8], "CRC or length"),
        (corrupt(data, len(data) - 1), "CRC or length"),
        (data + b"x", "CRC or length"),
        (data[:10] + b"\xff" * 20, "deflate data is damaged"),
        (gzip_wrap(deflate(b"x"), b"x"), "without two zero blocks"),
        (gzip_wrap(deflate(two_roots), two_roots), "one top-level directory, got 2"),
        (
            gzip_wrap(deflate(misspelled), misspelled),
            "Expected the top-level directory 'a-1.0', got 'A-1.0'",
        ),
    ):
        with pytest.raises(ArchiveError, match=reason):
            unpack(broken)
    (tmp_path / "other.tar.gz").write_bytes(gzip.compress(b"x"))
    with pytest.raises(ArchiveError, match=r"other\.tar\.gz is not an archive of sdist-upip"):
        read_archive(tmp_path / "other.tar.gz")
    with pytest.raises(ArchiveError, match="Cannot read"):
        read_archive(tmp_path / "gone.tar.gz")


def test_no_more_than_the_limit_is_decoded(tmp_path):
    bomb = bytes(100 << 20)
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(gzip_wrap(deflate(bomb), bomb))
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match="decodes to more than 16,777,216 bytes"):
            read_archive(path)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    with pytest.raises(ArchiveError, match="has more than 16,777,216 bytes"):
        unpack(GZIP_HEADER + bytes(16 << 20))


def test_names_that_no_release_has_are_refused():
    tar = write_tar("a-1.0", [Member("abc", b"")]).replace(b"a-1.0/abc", b"a-1.0/a:c")
    tar = tar[:148] + b"%06o\0 " % (sum(tar[:512]) - sum(tar[148:156]) + 256) + tar[156:]
    with pytest.raises(ArchiveError, match=r"the segment 'a:c', which contains ':'"):
        unpack(gzip_wrap(deflate(tar), tar))

"""Archives are read back before they appear, and read strictly."""

import gzip
import struct
import zlib

import pytest

from conftest import read_members, read_tree
from sdist_upip import ArchiveError, Member, Release
from sdist_upip.archive import packing
from sdist_upip.archive.reader import read_archive, unpack
from sdist_upip.archive.tar import write_tar
from sdist_upip.archive.writer import gzip_wrap, read_epoch, write_archive

RELEASE = Release(
    "My-App",
    "1.0",
    (
        Member("my_app/__init__.py", b"import sys\n" * 100),
        Member("my_app.egg-info/requires.txt", b"y\n"),
        Member("PKG-INFO", b"Metadata-Version: 2.1\nName: My-App\nVersion: 1.0\n"),
        Member("a.py", b""),
    ),
)


def deflate(data):
    return zlib.compress(data)[2:-4]


def write(directory, **options):
    return write_archive(RELEASE, directory, **{"window": 4096, "compression": "fast", **options})


def test_order_name_and_header(tmp_path):
    archive = write(tmp_path)
    assert archive.path == tmp_path / "my_app-1.0.tar.gz"
    assert list(read_members(archive.path)) == [
        "PKG-INFO",
        "my_app.egg-info/requires.txt",
        "a.py",
        "my_app/__init__.py",
    ]
    data = archive.path.read_bytes()
    assert data[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    assert archive.size == len(data)
    assert archive.tar_size == len(gzip.decompress(data)) == struct.unpack("<I", data[-4:])[0]
    assert read_archive(archive.path) == archive.release


@pytest.mark.parametrize("window", [512, 1024, 4096, 32768])
def test_a_decoder_with_that_window_reads_it(window, tmp_path):
    block = bytes(range(256)) * 8
    release = RELEASE.with_members((*RELEASE, Member("b.bin", block), Member("c.bin", block * 20)))
    archive = write_archive(release, tmp_path, window=window, compression="fast")
    decoder = zlib.decompressobj(16 + window.bit_length() - 1)
    data, parts = archive.path.read_bytes(), []
    # Small pieces of output, so that the decoder's window is all that it can look back to.
    while not decoder.eof:
        parts.append(decoder.decompress(data, 100))
        data = decoder.unconsumed_tail
    assert gzip.decompress(archive.path.read_bytes()) == b"".join(parts)


def test_an_archive_that_reads_back_differently_never_appears(tmp_path, monkeypatch):
    (tmp_path / "my_app-1.0.tar.gz").write_text("old")

    def broken(tar, window, compression, progress):
        return deflate(tar.replace(b"import", b"export"))

    monkeypatch.setattr(packing, "compress", broken)
    with pytest.raises(ArchiveError, match="CRC or length"):
        write(tmp_path)
    assert read_tree(tmp_path) == {"my_app-1.0.tar.gz": b"old"}


def test_the_tar_is_compared_member_by_member(tmp_path, monkeypatch):
    original = packing.write_tar

    def lossy(root, members, mtime):
        return original(root, members[:-1], mtime)

    monkeypatch.setattr(packing, "write_tar", lossy)
    with pytest.raises(ArchiveError, match="reads back differently"):
        write(tmp_path)
    assert read_tree(tmp_path) == {}


def corrupt(data, offset):
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]


def test_foreign_and_broken_archives_are_refused(tmp_path):
    data = write(tmp_path).path.read_bytes()
    two_roots = write_tar("a-1", [Member("x", b"")])[:512] + (write_tar("b-1", [Member("x", b"")]))
    misspelled = write_tar("A-1.0", [Member("x", b"")])
    for broken, reason in (
        (b"", "gzip header"),
        (gzip.compress(b"x", mtime=1), "gzip header"),
        (data[:-9], "cut short"),
        (data[:-8], "CRC or length"),
        (corrupt(data, len(data) - 1), "CRC or length"),
        (data + b"x", "CRC or length"),
        (data[:10] + b"\xff" * 20, "deflate data is broken"),
        (gzip_wrap(deflate(b"x"), b"x"), "without its two zero blocks"),
        (gzip_wrap(deflate(two_roots), two_roots), "2 top-level directories"),
        (gzip_wrap(deflate(misspelled), misspelled), "not spelled 'a-1.0'"),
    ):
        with pytest.raises(ArchiveError, match=reason):
            unpack(broken)
    (tmp_path / "foreign.tar.gz").write_bytes(gzip.compress(b"x"))
    with pytest.raises(ArchiveError, match=r"foreign\.tar\.gz is no archive of sdist-upip"):
        read_archive(tmp_path / "foreign.tar.gz")
    with pytest.raises(ArchiveError, match="cannot read"):
        read_archive(tmp_path / "gone.tar.gz")


def test_the_epoch_is_the_time_of_every_member(tmp_path):
    import tarfile

    archive = write(tmp_path, mtime=read_epoch({"SOURCE_DATE_EPOCH": "1700000000"}))
    with tarfile.open(archive.path) as tar:
        assert {member.mtime for member in tar.getmembers()} == {1_700_000_000}
    assert archive.path.read_bytes()[4:8] == bytes(4)
    assert read_epoch({}) == read_epoch({"SOURCE_DATE_EPOCH": ""}) == 0

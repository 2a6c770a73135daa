"""Archives are written whole, with a fixed header."""

import gzip
import random
import struct
import zlib

import pytest

from sdist_upip import ArchiveError, Member
from sdist_upip.archive.reader import read_archive
from sdist_upip.archive.writer import read_epoch, write_archive
from support.plain_archives import RELEASE, write
from support.trees import read_members


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


def test_the_epoch_is_the_time_of_every_member(tmp_path):
    import tarfile

    archive = write(tmp_path, mtime=read_epoch({"SOURCE_DATE_EPOCH": "1700000000"}))
    with tarfile.open(archive.path) as tar:
        assert {member.mtime for member in tar.getmembers()} == {1_700_000_000}
    assert archive.path.read_bytes()[4:8] == bytes(4)
    assert read_epoch({}) == read_epoch({"SOURCE_DATE_EPOCH": ""}) == 0


def test_an_archive_that_compressing_makes_too_large_is_not_written(tmp_path):
    noise = random.Random(1).randbytes((16 << 20) - 2048)
    with pytest.raises(ArchiveError, match=r"Installers read at most 16,777,216 bytes\. Split the"):
        write_archive(
            RELEASE.with_members([Member("x", noise)]), tmp_path, window=4096, compression="fast"
        )
    assert list(tmp_path.iterdir()) == []

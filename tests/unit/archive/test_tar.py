import io
import tarfile

import pytest

from sdist_upip import ArchiveError, Member
from sdist_upip.archive.tar import read_tar, write_tar

MEMBERS = (
    Member("PKG-INFO", b"Metadata-Version: 2.1\n"),
    Member("pkg/empty.py", b""),
    Member("pkg/block.bin", bytes(512)),
    Member("pkg/caf\u00e9.py", b"x" * 513, 0o755),
)


def test_round_trip():
    data = write_tar("x-1", MEMBERS, 1_700_000_000)
    assert read_tar(data) == [("x-1", member) for member in MEMBERS]


def test_tarfile_reads_the_same_plain_ustar():
    data = write_tar("x-1", MEMBERS, 1_700_000_000)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        infos = tar.getmembers()
        assert [info.name for info in infos] == [f"x-1/{member.path}" for member in MEMBERS]
        assert all(info.isreg() and info.mtime == 1_700_000_000 for info in infos)
        assert {(info.uid, info.gid, info.uname, info.gname) for info in infos} == {(0, 0, "", "")}
        assert [info.mode for info in infos] == [0o644, 0o644, 0o644, 0o755]
        assert all(not info.pax_headers for info in infos)
        assert [tar.extractfile(info).read() for info in infos] == [m.data for m in MEMBERS]


def test_it_ends_after_two_zero_blocks():
    data = write_tar("x-1", MEMBERS[:1])
    assert len(data) == 512 * 4
    assert data[1024:] == bytes(1024)


def test_writing_refuses_what_the_header_cannot_hold():
    with pytest.raises(ArchiveError, match="takes 101 bytes"):
        write_tar("x" * 95, [Member("ab.py", b"")])
    with pytest.raises(ArchiveError, match="Modification time"):
        write_tar("x", [Member("a.py", b"")], -1)


@pytest.mark.parametrize("offset", [0, 100, 110, 124, 140, 150, 156, 157, 257, 265, 329, 345, 511])
def test_reading_refuses_a_header_that_we_would_not_write(offset):
    data = bytearray(write_tar("x-1", MEMBERS[:1]))
    data[offset] ^= 0x40
    with pytest.raises(ArchiveError):
        read_tar(bytes(data))


@pytest.mark.parametrize("cut", [100, 512, 520, 1024, 1536, 2047])
def test_reading_refuses_a_cut_archive(cut):
    with pytest.raises(ArchiveError):
        read_tar(write_tar("x-1", MEMBERS[:1])[:cut])


def test_reading_refuses_trailing_data_and_bad_padding():
    data = write_tar("x-1", MEMBERS[:1])
    with pytest.raises(ArchiveError, match="does not end"):
        read_tar(data + bytes(512))
    broken = bytearray(data)
    broken[1023] = 1
    with pytest.raises(ArchiveError, match="padded"):
        read_tar(bytes(broken))

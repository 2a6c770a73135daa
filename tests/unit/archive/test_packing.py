"""Archives are read back before they appear."""

import random

import pytest

from sdist_upip import ArchiveError, Member
from sdist_upip.archive import packing
from sdist_upip.archive.packing import pack
from support.archives import pairs
from support.plain_archives import deflate, write
from support.samples import NOISE
from support.trees import read_tree


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


def test_packing_uses_the_order_only_if_it_is_smaller():
    small = pack("x-1", pairs(10), window=4096, compression="best")
    named = pack("x-1", pairs(10), window=4096, compression="fast")
    assert [m.path for m in named.members] == sorted(m.path for m in named.members)
    assert len(small.stream) < 0.6 * len(named.stream)
    unlike = [Member(f"{n}.bin", NOISE[2000 * n : 2000 * n + 2000]) for n in (3, 1, 2)]
    packed = pack("x-1", unlike, window=4096, compression="best")
    assert [m.path for m in packed.members] == ["1.bin", "2.bin", "3.bin"]


def test_the_order_does_not_depend_on_the_order_before():
    members = pairs(6)
    shuffled = random.Random(1).sample(members, len(members))
    one = pack("x-1", members, window=4096, compression="best")
    assert pack("x-1", shuffled, window=4096, compression="best") == one


def test_what_installers_read_stays_first():
    first = [Member("PKG-INFO", b"Name: x\n"), Member("x.egg-info/requires.txt", b"y\n")]
    for count in (0, 1, 6):
        packed = pack("x-1", [*pairs(count), *first[::-1]], window=4096, compression="best")
        assert packed.members[:2] == tuple(first)

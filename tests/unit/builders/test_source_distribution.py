"""Source distributions, distinguished from device archives and unpacked."""

import gzip
import io
import re
import tarfile

import pytest

from sdist_upip.builders.source_distribution import is_source_distribution, unpack_sdist
from sdist_upip.errors import ArchiveError
from support.trees import read_tree


def write_tar(path, *entries):
    with tarfile.open(path, "w:gz") as tar:
        for name, kind in entries:
            info = tarfile.TarInfo(name)
            if kind is not None:
                info.type, info.linkname = tarfile.SYMTYPE, kind
            tar.addfile(info, io.BytesIO())
    return path


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([("x-1/setup.py", None), ("x-1/x.py", None)], True),
        ([("x-1/pyproject.toml", None), ("x-1/PKG-INFO", None)], True),
        ([("x-1/pyproject.toml", None), ("x-1/x.egg-info/SOURCES.txt", None)], True),
        ([("x-1/pyproject.toml", None), ("x-1/x.egg-info/PKG-INFO", None)], False),
        ([("x-1/PKG-INFO", None), ("x-1/x.py", None)], False),
        ([("x-1/x/setup.py", None)], False),
    ],
)
def test_source_distributions_differ_from_legacy_archives(entries, expected, tmp_path):
    assert is_source_distribution(write_tar(tmp_path / "x-1.tar.gz", *entries)) is expected


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([("x-1/a", None), ("y-1/a", None)], "expected one top-level directory, got 2"),
        ([("x-1/../../a", None)], "has a '.' or '..' segment"),
        ([("/x-1/a", None)], "is absolute"),
        ([("a", None)], "is not in a top-level directory"),
        ([("x-1/a", "../../../etc/passwd")], "is not a file of the archive"),
    ],
)
def test_a_source_archive_that_leads_elsewhere_is_refused(entries, message, tmp_path):
    path = write_tar(tmp_path / "x.tar.gz", *entries)
    with pytest.raises(ArchiveError, match=re.escape(message)):
        unpack_sdist(path, tmp_path / "deep/er")
    assert {name for name in read_tree(tmp_path) if not name.startswith("deep")} == {path.name}


@pytest.mark.parametrize("data", [b"", b"no gzip", b"\x1f\x8b\x08\x00"])
def test_a_file_that_is_not_an_archive_is_refused(data, tmp_path):
    path = tmp_path / "x.tar.gz"
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match=r"not a gzip file|is truncated"):
        is_source_distribution(path)


def link(name, target):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


def test_a_link_is_unpacked_as_its_file(tmp_path):
    path = tmp_path / "x-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("x-1/a/file")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"text"))
        tar.addfile(link("x-1/b", "a/file"))
    assert read_tree(unpack_sdist(path, tmp_path / "out")) == {"a/file": b"text", "b": b"text"}


def test_links_do_not_multiply_a_file_beyond_the_limit(tmp_path):
    path = tmp_path / "x-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("x-1/file")
        info.size = 1 << 20
        tar.addfile(info, io.BytesIO(bytes(1 << 20)))
        for number in range(100):
            tar.addfile(link(f"x-1/{number}", "file"))
    with pytest.raises(ArchiveError, match="The files have more than 67,108,864 bytes"):
        unpack_sdist(path, tmp_path / "out")


def test_a_bomb_is_refused(tmp_path):
    path = tmp_path / "x-1.tar.gz"
    path.write_bytes(gzip.compress(bytes(100 << 20)))
    with pytest.raises(ArchiveError, match="decodes to more than 67,108,864 bytes"):
        is_source_distribution(path)


def test_a_file_that_is_also_a_directory_is_refused(tmp_path):
    path = write_tar(tmp_path / "x.tar.gz", ("x-1/a", None), ("x-1/a/b", None))
    with pytest.raises(ArchiveError, match="member 'x-1/a/b' cannot be unpacked: "):
        unpack_sdist(path, tmp_path / "out")

"""Files of our own are read, and nothing else is opened."""

import os

import pytest

from sdist_upip.files.plain import is_plain, read_plain
from sdist_upip.limits import SIZE_LIMIT


def test_a_regular_file_is_read(tmp_path):
    (tmp_path / "x").write_bytes(b"1")
    assert is_plain(tmp_path / "x")
    assert read_plain(tmp_path / "x") == b"1"
    os.truncate(tmp_path / "x", SIZE_LIMIT)
    assert len(read_plain(tmp_path / "x")) == SIZE_LIMIT


@pytest.mark.parametrize(
    "make",
    [
        os.mkfifo,
        os.mkdir,
        lambda path: path.symlink_to("file"),
        lambda path: path.symlink_to("gone"),
        lambda path: path.symlink_to("/dev/zero"),
    ],
)
def test_other_kinds_are_not_opened(tmp_path, make):
    (tmp_path / "file").write_bytes(b"1")
    make(tmp_path / "x")
    assert not is_plain(tmp_path / "x")
    with pytest.raises(ValueError, match="it is not a regular file"):
        read_plain(tmp_path / "x")


def test_a_huge_file_is_not_read(tmp_path):
    (tmp_path / "x").touch()
    os.truncate(tmp_path / "x", SIZE_LIMIT + 1)
    with pytest.raises(ValueError, match="it has more than 16,777,216 bytes"):
        read_plain(tmp_path / "x")


@pytest.mark.parametrize("read", [is_plain, read_plain])
def test_a_missing_file_is_an_error_of_the_system(tmp_path, read):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "x")

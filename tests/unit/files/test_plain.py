"""Files of our own are read, and nothing else is opened."""

import errno
import os

import pytest

from sdist_upip.files.plain import is_plain, is_possible, read_plain
from sdist_upip.limits import TEXT_LIMIT
from support.trees import write_tree


def test_a_regular_file_is_read(tmp_path):
    (tmp_path / "x").write_bytes(b"1")
    assert is_plain(tmp_path / "x")
    assert read_plain(tmp_path / "x") == b"1"
    os.truncate(tmp_path / "x", TEXT_LIMIT)
    assert len(read_plain(tmp_path / "x")) == TEXT_LIMIT


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
    os.truncate(tmp_path / "x", TEXT_LIMIT + 1)
    with pytest.raises(ValueError, match="it has more than 16,777,216 bytes"):
        read_plain(tmp_path / "x")


def test_data_that_the_medium_has_lost(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"1")

    def fail(path, flags):
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(os, "open", fail)
    code = errno.EIO
    with pytest.raises(ValueError, match="its data cannot be read"):
        read_plain(tmp_path / "x")
    code = errno.EACCES
    with pytest.raises(PermissionError):
        read_plain(tmp_path / "x")


def test_names_that_a_file_system_cannot_have(tmp_path):
    write_tree(tmp_path, {"file": ""})
    for path in ("file", "gone", "gone/x", "file/x", "x" * 255):
        assert is_possible(tmp_path / path)
    for path in ("x" * 256, "x" * 256 + "/y", "file/" + "x" * 5000):
        assert not is_possible(tmp_path / path)


@pytest.mark.parametrize("read", [is_plain, read_plain])
def test_a_missing_file_is_an_error_of_the_system(tmp_path, read):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "x")

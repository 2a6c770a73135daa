"""Regular files only, and a limit."""

import os
import stat
import threading
import tracemalloc
from pathlib import Path

import pytest

from sdist_upip.files.regular import open_regular, read_regular, read_start, refuse_irregular

LINUX = pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")


def make_fifo(path):
    os.mkfifo(path)
    return path


def make_socket(path):
    os.mknod(path, 0o600 | stat.S_IFSOCK)
    return path


def make_link(target):
    def make(path):
        path.symlink_to(target)
        return path

    return make


def make_directory(path):
    path.mkdir()
    return path


KINDS = [
    (make_fifo, "Not a regular file"),
    (make_socket, "Not a regular file"),
    (make_directory, "Is a directory"),
    pytest.param(lambda path: Path("/dev/zero"), "Not a regular file", marks=LINUX),
    pytest.param(make_link("/dev/zero"), "Not a regular file", marks=LINUX),
]


@pytest.mark.parametrize(("make", "reason"), KINDS)
def test_other_kinds_of_files_are_not_opened(tmp_path, make, reason):
    path = make(tmp_path / "x")
    for read in (open_regular, refuse_irregular, lambda path: read_regular(path, 10)):
        with pytest.raises(OSError, match=reason) as caught:
            read(path)
        assert caught.value.filename == str(path)
        assert caught.value.strerror == reason


def test_a_file_and_a_link_to_it_are_read(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    (tmp_path / "link").symlink_to("x")
    for name in ("x", "link"):
        assert read_regular(tmp_path / name, 10) == b"0123456789"
        refuse_irregular(tmp_path / name)
        with open_regular(tmp_path / name) as file:
            assert file.read(3) == b"012"
    with pytest.raises(OSError, match="The file has more than 9 bytes"):
        read_regular(path, 9)


def test_a_missing_file_may_be_written(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    for path in (tmp_path / "missing", tmp_path / "x/below"):
        refuse_irregular(path)
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            read_regular(path, 10)


def test_a_fifo_that_comes_between_look_and_opening_does_not_block(tmp_path, monkeypatch):
    path = make_fifo(tmp_path / "x")
    (tmp_path / "y").write_bytes(b"")
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda one: real(tmp_path / "y" if one == path else one))
    found = []

    def read():
        try:
            read_regular(path, 10)
        except OSError as error:
            found.append(error.strerror)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(10)
    assert found == ["Not a regular file"]


def test_a_small_file_takes_little_memory(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    tracemalloc.start()
    try:
        assert read_regular(path, 1 << 30) == b"0123456789"
        assert read_start(path, 4) == b"0123"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
def test_a_file_that_does_not_state_its_size_is_read():
    path = Path("/proc/self/status")
    assert path.stat().st_size == 0
    assert read_regular(path, 1 << 20).endswith(b"\n")
    with pytest.raises(OSError, match="more than 9 bytes"):
        read_regular(path, 9)

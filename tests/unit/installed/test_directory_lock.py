"""One process at a time in a directory, whoever runs it, and nothing of the lock in it."""

import errno
import os
import re
import resource
import sys
from pathlib import Path

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.installed import directory_lock as module
from sdist_upip.installed.directory_lock import lock_directory
from support.trees import read_tree, write_tree


def is_locked(path):
    try:
        with lock_directory(path):
            return False
    except OutputError as error:
        message = r"The directory .*/(lib|link) is locked by another sdist-upip process\. Try again"
        assert re.match(message, str(error))
        return True


@pytest.fixture(params=["itself", "by file"])
def way(request, monkeypatch):
    """How directories are locked: as on this system, or as on Windows."""
    if request.param == "by file":
        monkeypatch.setattr(module, "_lock_itself", module._lock_by_file)


def test_a_directory_is_locked_whatever_path_leads_to_it(tmp_path, way):
    lib, other = tmp_path / "lib", tmp_path / "other"
    lib.mkdir()
    (tmp_path / "link").symlink_to("lib")
    with lock_directory(lib):
        assert is_locked(lib)
        assert is_locked(tmp_path / "link")
        assert is_locked(tmp_path / "lib/../lib/.")
        assert not is_locked(other)
        assert not is_locked(tmp_path)
    assert not is_locked(lib)
    assert read_tree(tmp_path) == {"lib": b"", "link": b""}


def test_the_lock_is_not_that_of_a_home(tmp_path, monkeypatch):
    for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path / "1"))
    with lock_directory(tmp_path / "lib"):
        for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):
            monkeypatch.setenv(name, str(tmp_path / "2"))
        assert is_locked(tmp_path / "lib")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_directory_is_created_and_removed_if_nothing_is_written(tmp_path, way):
    with lock_directory(tmp_path / "a/lib"):
        assert (tmp_path / "a/lib").is_dir()
        assert is_locked(tmp_path / "a/lib")
        assert not is_locked(tmp_path / "a/other")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyboardInterrupt), lock_directory(tmp_path / "a/b"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with lock_directory(tmp_path / "a/b"):
        write_tree(tmp_path, {"a/b/c": "1"})
    assert read_tree(tmp_path) == {"a/b/c": b"1"}


def test_nothing_is_written_to_the_directory(tmp_path):
    """So a directory that cannot be written, or a full disk, does not matter."""
    tmp_path.chmod(0o555)
    before = tmp_path.stat()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with lock_directory(tmp_path):
            assert list(tmp_path.iterdir()) == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert tmp_path.stat().st_mtime_ns == before.st_mtime_ns


def test_a_directory_that_another_process_removes_is_created_again(tmp_path, monkeypatch):
    """The other process locked it first, made it, and removed it: the lock of it is worthless."""
    lib = tmp_path / "lib"
    real = module.fcntl.flock
    seen = []

    def flock(descriptor, operation):
        real(descriptor, operation)
        seen.append(os.fstat(descriptor).st_ino)
        if len(seen) < 4:
            lib.rmdir()
        if len(seen) == 2:
            lib.mkdir()

    monkeypatch.setattr(module.fcntl, "flock", flock)
    with lock_directory(lib):
        assert len(seen) == 4
        assert lib.stat().st_ino == seen[-1]
    assert not lib.exists()


def test_a_directory_that_is_always_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    with (
        pytest.raises(OutputError, match=r"another process removes it\. Choose another"),
        lock_directory(tmp_path / "lib"),
    ):
        pytest.fail("there is no directory")


def test_a_file_that_a_killed_process_left_on_windows_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_lock_itself", module._lock_by_file)
    (tmp_path / ".sdist-upip.lock").touch()
    with lock_directory(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [".sdist-upip.lock"]
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_windows_locks_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_lock_itself", module._lock_by_file)
    monkeypatch.setitem(sys.modules, "filelock", None)
    with lock_directory(tmp_path / "a/lib"):
        assert list((tmp_path / "a/lib").iterdir()) == []
        assert not is_locked(tmp_path / "a/lib")
    with pytest.raises(KeyboardInterrupt), lock_directory(tmp_path / "a/lib"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["file", "file/lib", "dangling", "dangling/lib"])
def test_what_is_not_a_directory(tmp_path, path):
    (tmp_path / "file").write_text("1")
    (tmp_path / "dangling").symlink_to("gone")
    before = read_tree(tmp_path)
    with pytest.raises(OutputError) as caught, lock_directory(tmp_path / path):
        pytest.fail("there is no directory")
    assert str(caught.value) == (
        f"{tmp_path / path} is not a directory. Pass a directory with --path."
    )
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
        (OSError(errno.EOPNOTSUPP, "Operation not supported"), "Operation not supported"),
        (OSError(errno.ENOLCK, "No locks available"), "No locks available"),
        (OSError("no reason of the system"), "no reason of the system"),
    ],
)
def test_a_file_system_without_locks(tmp_path, monkeypatch, error, reason):
    def flock(descriptor, operation):
        raise error

    monkeypatch.setattr(module.fcntl, "flock", flock)
    with pytest.raises(OutputError) as caught, lock_directory(tmp_path):
        pytest.fail("nothing is locked")
    assert str(caught.value) == (
        f"The directory {tmp_path} cannot be locked: {reason}. Check its permissions, or use a "
        "directory on another file system."
    )


def test_a_directory_that_cannot_be_created(tmp_path, monkeypatch):
    real = Path.mkdir

    def mkdir(path, *arguments, **options):
        if path.name == "b":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        real(path, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(OutputError) as caught, lock_directory(tmp_path / "a/b"):
        pytest.fail("there is no directory")
    assert str(caught.value) == (
        f"Cannot create {tmp_path}/a/b: Permission denied. Check permissions, ownership and free "
        "disk space."
    )
    assert list(tmp_path.iterdir()) == []

"""One process at a time in a directory, and no file of the lock in it."""

import tempfile
from pathlib import Path

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.installed.directory_lock import lock_directory
from sdist_upip.installed.package_directory import PackageDirectory
from support.trees import read_tree


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The directory of the locks."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/sdist-upip/locks"


def test_a_directory_is_locked_whatever_path_leads_to_it(tmp_path, cache):
    lib, other = tmp_path / "x/lib", tmp_path / "x/other"
    lib.mkdir(parents=True)
    (tmp_path / "x/link").symlink_to("lib")
    with lock_directory(lib):
        for path in (lib, tmp_path / "x/link", tmp_path / "x/other/../lib"):
            with pytest.raises(OutputError) as caught:
                lock_directory(path)
            assert str(caught.value) == (
                f"The directory {path} is locked by another sdist-upip process. Try again later."
            )
        lock_directory(other).release()
        lock_directory(lib.parent).release()
    assert read_tree(tmp_path / "x") == {"lib": b"", "link": b""}
    lock_directory(lib).release()


def test_a_directory_need_not_exist(tmp_path, cache):
    lock = lock_directory(tmp_path / "not/there")
    assert lock.is_locked
    assert not (tmp_path / "not").exists()
    with pytest.raises(OutputError, match="is locked by another"):
        lock_directory(tmp_path / "not/there")
    lock.release()
    assert not (tmp_path / "not").exists()


def test_each_directory_has_a_lock_of_its_own_in_the_cache(tmp_path, cache):
    with lock_directory(tmp_path / "a"), lock_directory(tmp_path / "b"):
        names = {path.name for path in cache.iterdir()}
    assert len(names) == 2
    assert all(len(name) == len("sdist-upip-.lock") + 64 for name in names)


def test_without_a_cache_the_lock_is_elsewhere(tmp_path, monkeypatch):
    lib = tmp_path / "lib"
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with PackageDirectory(lib):
        assert len(list((tmp_path / "temporary").iterdir())) == 1
        with pytest.raises(OutputError, match="is locked by another"):
            lock_directory(lib)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(OutputError, match=r"cannot be locked \(.*file: "):
        PackageDirectory(lib).__enter__()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (OSError("no reason of the system"), "no reason of the system"),
        (NotImplementedError("no locks here"), "no locks here"),
    ],
)
def test_a_file_system_without_locks(tmp_path, cache, monkeypatch, error, reason):
    tried = []

    class Lock:
        def __init__(self, path):
            tried.append(Path(path).parent)

        def acquire(self, timeout):
            raise error

    monkeypatch.setattr("sdist_upip.installed.directory_lock.FileLock", Lock)
    with pytest.raises(OutputError) as caught:
        lock_directory(tmp_path / "lib")
    temporary = Path(tempfile.gettempdir())
    assert tried == [cache, temporary]
    assert str(caught.value) == (
        f"The directory {tmp_path}/lib cannot be locked ({temporary}: {reason}). "
        "Make that path writable."
    )

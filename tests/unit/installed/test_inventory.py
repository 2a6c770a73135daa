"""The installed packages, read once while the directory is locked."""

import os
import sys
from pathlib import Path

import pytest

from sdist_upip.installed.device_archive import DeviceArchive
from sdist_upip.installed.inventory import Inventory
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.installed.record_store import RecordStore
from support.package_installs import evaluate, install_here, package
from support.trees import write_tree

opened = []
"""The files that are opened while `watch` is in use."""


def note(event, arguments):
    if event == "open" and opened:
        opened.append(os.fspath(arguments[0]) if not isinstance(arguments[0], int) else "")


sys.addaudithook(note)


@pytest.fixture
def watch(lib):
    """Return a function that returns the files below lib that were opened so far, sorted."""
    opened[:] = [""]
    yield lambda: sorted(path[len(f"{lib}/") :] for path in opened if path.startswith(f"{lib}/"))
    opened.clear()


@pytest.fixture
def lib(tmp_path):
    lib = tmp_path / "lib"
    install_here(
        lib,
        package("a", files={"a/x.py": "1", "a/y.py": "'pkg_resources'"}, requires=["b"]),
        package("b", files={"b.py": "1", "b.txt": "1"}),
    )
    return lib


FILES = ["a/x.py", "a/y.py", "b.py", "b.txt"]
RECORDS = [".upip/a", ".upip/b"]


def test_each_record_is_read_and_each_file_hashed_once(lib, watch):
    with PackageDirectory(lib) as directory:
        for _ in range(3):
            assert directory.damaged() == {}
            assert [directory.get_unmodified(name).name for name in directory.names()] == ["a", "b"]
            assert directory.find_dependents(["b"]) == [(directory.get("a"), "b")]
        directory.stage("c", "1", DeviceArchive((("c.py", b"1"),), ()))
        assert directory.add_pkg_resources() is None
        directory.check(evaluate)
    twice = ["a/y.py"]  # parsed, because it mentions pkg_resources
    assert [path for path in watch() if ".upip/c." not in path] == sorted(RECORDS + FILES + twice)


def test_no_file_is_hashed_for_an_unrelated_installation(lib, watch):
    with PackageDirectory(lib) as directory:
        directory.stage("c", "1", DeviceArchive((("c.py", b"1"),), ()))
        directory.check(evaluate)
        directory.commit()
    assert not set(watch()) & set(FILES)


def test_what_changed_is_read_again(lib):
    with PackageDirectory(lib) as directory:
        assert directory.get_unmodified("b").version == "1"
        directory.stage("b", "2", DeviceArchive((("b.py", b"2"),), ()))
        assert directory.get("b").version == "1"
        directory.commit()
        assert directory.get_unmodified("b").version == "2"
        assert directory.uninstall(["a"]) == []
        assert directory.names() == ["b"]
        assert directory.get("a") is None
    write_tree(lib, {".upip/b": "nonsense"})
    with PackageDirectory(lib) as directory:
        assert directory.get("b") is None
        assert list(directory.damaged()) == ["b"]
        assert directory.uninstall(["b"]) == ["b"]
        assert directory.damaged() == {}
        assert directory.names() == []


@pytest.mark.parametrize(
    "make",
    [
        Path.unlink,
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), os.mkfifo(path)),
        lambda path: (path.unlink(), path.symlink_to(path.name)),
        lambda path: path.write_text("2"),
        lambda path: (path.unlink(), path.parent.rmdir(), path.parent.touch()),
        lambda path: os.truncate(path, 17 << 20),
    ],
)
def test_a_file_that_is_not_as_it_was_installed(tmp_path, make):
    install_here(tmp_path, package("a", files={"a/x.py": "1"}))
    make(tmp_path / "a/x.py")
    inventory = Inventory(RecordStore(tmp_path))
    (package_a,) = inventory.packages()
    ((path, digest),) = package_a.files
    assert inventory.digest(path) != digest


def test_a_file_that_cannot_be_read_is_an_error(lib, monkeypatch):
    def fail(*arguments):
        raise PermissionError(13, "Permission denied", "b.py")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(PermissionError):
        Inventory(RecordStore(lib)).digest("b.py")

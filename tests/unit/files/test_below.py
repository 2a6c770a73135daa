"""Many files below one directory: each directory is looked at once, and links are found."""

import os
import sys
from pathlib import Path

import pytest

from sdist_upip.files.below import (
    Below,
    is_directory,
    is_file,
    leads_to_directory,
    write_new,
)
from support.trees import read_tree, write_tree


@pytest.fixture
def below(tmp_path):
    return Below(write_tree(tmp_path, {"a/b/c": "", "file": ""}))


@pytest.mark.parametrize(
    ("root", "path"), [("lib", "lib/a/b"), (".", "a/b"), ("/", "/a/b"), ("/lib/", "/lib/a/b")]
)
def test_a_path_is_spelled_as_pathlib_does(root, path):
    assert Below(Path(root)).join("a/b") == path == str(Path(root) / "a/b")


def test_a_link_above_a_file_is_found(tmp_path, below):
    (tmp_path / "a/link").symlink_to("b")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "a/b/up").symlink_to("../..")
    assert below.find_link("a/b/c") is None
    assert below.find_link("a/link") is None
    assert below.find_link("new/x/y") is None
    assert below.find_link("a/link/c") == "a/link"
    assert below.find_link("gone/x/y") == "gone"
    assert below.find_link("a/b/up/gone/x") == "a/b/up/gone"
    assert below.find_link("a/link/c") == "a/link"


def test_each_directory_is_looked_at_once(tmp_path, below, monkeypatch):
    seen = []
    real = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path: (seen.append(path), real(path))[1])
    for number in range(9):
        below.find_link(f"a/b/{number}")
        below.find_link(f"a/{number}")
        below.find_link(f"new/{number}")
        below.find_link(str(number))
        assert below.may_exist(f"a/b/{number}")
        assert not below.may_exist(f"new/{number}")
        assert below.is_possible(f"new/{number}")
        below.make_parents(f"a/b/{number}")
    assert seen == [str(tmp_path / path) for path in ("a/b", "a", "new")]


def test_names_that_a_file_system_cannot_have(below):
    for path in ("file", "gone", "gone/x", "file/x", "x" * 255, "gone/" + "x" * 256):
        assert below.is_possible(path)
    long = "y/" * 1950 + "x" * 250  # the directory alone is short enough
    for path in ("x" * 256, "x" * 256 + "/y", "a/" + "y/" * 3000 + "x", long):
        assert not below.is_possible(path)
        assert below.find_link(path) is None


def test_an_error_that_is_not_about_a_name_passes(below, monkeypatch):
    def fail(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "lstat", fail)
    for method in (below.find_link, below.is_possible):
        with pytest.raises(PermissionError):
            method("a/b")


def test_directories_are_made_once(tmp_path, below):
    for path in ("file2", "x/y/z/1", "x/y/z/2", "x/y/3", "x/4"):
        below.make_parents(path)
        (tmp_path / path).touch()
    with pytest.raises(FileExistsError):
        below.make_parents("file/x")
    with pytest.raises(NotADirectoryError):
        below.make_parents("file/x/y")


def test_empty_directories_are_removed(tmp_path, below):
    write_tree(tmp_path, {"a/d/e/f": "", "other/x": ""})
    (tmp_path / "a/d/e/f").unlink()
    (tmp_path / "deep/er").mkdir(parents=True)
    below.remove_empty_parents(["a/d/e/f", "a/d/e/g", "top", "deep/er/gone/x", "file/x/y"])
    assert read_tree(tmp_path) == dict.fromkeys(["a/b/c", "file", "other/x"], b"")
    below.remove_empty_parents(["other/x", "a/b/c"])
    assert sorted(read_tree(tmp_path)) == ["a/b/c", "file", "other/x"]


def test_a_directory_that_cannot_be_removed(tmp_path, below, monkeypatch):
    """An error counts only for a directory that is empty: others stay in any case."""

    def fail(path):
        raise PermissionError(13, "Permission denied", path)

    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(os, "rmdir", fail)
    below.remove_empty_parents(["a/b/c"])
    with pytest.raises(PermissionError):
        below.remove_empty_parents(["empty/x"])


def test_kinds_of_places(tmp_path, below):
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "gone").symlink_to("nowhere")
    expected = {
        "a": (False, True, True),
        "file": (True, False, False),
        "link": (True, False, True),
        "loop": (True, False, False),
        "gone": (True, False, False),
        "missing": (False, False, False),
        "file/x": (False, False, False),
    }
    for path, kinds in expected.items():
        place = below.join(path)
        assert (is_file(place), is_directory(place), leads_to_directory(place)) == kinds, path
    for function in (is_file, is_directory, leads_to_directory):
        with pytest.raises(OSError, match="too long"):
            function(below.join("x" * 256))


@pytest.mark.skipif(sys.platform != "linux", reason="a write is cut by a limit of the process")
def test_a_write_that_is_cut_goes_on_or_fails(tmp_path):
    import resource

    write_new(str(tmp_path / "x"), b"0123456789")
    assert (tmp_path / "x").read_bytes() == b"0123456789"
    with pytest.raises(FileExistsError):
        write_new(str(tmp_path / "x"), b"")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_new(str(tmp_path / "y"), b"0123456789")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "y").read_bytes() == b"0123"

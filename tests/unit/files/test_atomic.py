"""A file is replaced completely or not at all, and no temporary file stays."""

import os
import sys
from pathlib import Path

import pytest

from sdist_upip.errors import ArchiveError
from sdist_upip.files.atomic import replace_file, staged_file
from support.trees import read_tree, write_tree

OLD = {"dist/x.tar.gz": b"old", "dist/other": b""}


@pytest.mark.parametrize("data", [b"", b"new", bytes(100_000)])
@pytest.mark.parametrize("before", [{}, OLD])
def test_the_file_has_the_new_content(tmp_path, before, data):
    write_tree(tmp_path, before)
    replace_file(tmp_path / "dist/x.tar.gz", data)
    assert read_tree(tmp_path) == {**before, "dist/x.tar.gz": data}


def test_missing_directories_are_created(tmp_path):
    replace_file(tmp_path / "a/b/c", b"new")
    assert read_tree(tmp_path) == {"a/b/c": b"new"}


def test_the_file_is_replaced_by_another_one(tmp_path):
    path = write_tree(tmp_path, {"x": "old"}) / "x"
    (tmp_path / "link").hardlink_to(path)
    replace_file(path, b"new")
    assert read_tree(tmp_path) == {"link": b"old", "x": b"new"}


@pytest.mark.parametrize("before", [{}, OLD])
@pytest.mark.parametrize("method", ["open", "replace"])
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PermissionError(13, "Permission denied"), ArchiveError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_after_a_failure_all_is_as_before(tmp_path, monkeypatch, before, method, error, expected):
    directory = write_tree(tmp_path / "new", before) / "dist" if before else tmp_path / "new/dist"

    def fail(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Path, method, fail)
        with pytest.raises(expected) as caught:
            replace_file(directory / "x.tar.gz", b"new")
    assert read_tree(tmp_path) == {f"new/{path}": data for path, data in before.items()}
    assert (tmp_path / "new").exists() == bool(before)
    if expected is ArchiveError:
        state = "Nothing is changed." if method == "open" else "The file is unchanged."
        assert str(caught.value) == (
            f"Cannot write {directory}/x.tar.gz: Permission denied. {state} "
            "Choose another directory, or check permissions and free disk space."
        )
        assert caught.value.__cause__ is error


def test_a_partly_written_temporary_file_is_removed(tmp_path, monkeypatch):
    written = []

    def replace(temporary, target):
        written.append((temporary.parent, temporary.read_bytes()))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(ArchiveError, match=r"/x: No space left on device\. "):
        replace_file(tmp_path / "x", b"new")
    assert written == [(tmp_path, b"new")]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("tree", "path", "reason"),
    [
        ({"dist": b"a file"}, "dist/x", ".*/dist is not a directory"),
        ({"x/y": b""}, "x", "Is a directory"),
    ],
)
def test_what_is_in_the_way_stays(tmp_path, tree, path, reason):
    write_tree(tmp_path, tree)
    with pytest.raises(ArchiveError, match=rf"^Cannot write .*/{path}: {reason}\. "):
        replace_file(tmp_path / path, b"new")
    assert read_tree(tmp_path) == tree


@pytest.mark.parametrize("before", [{}, OLD])
def test_a_staged_file_is_moved_when_the_context_ends(tmp_path, before):
    write_tree(tmp_path, before)
    with staged_file(tmp_path / "dist/x.tar.gz", b"new"):
        assert read_tree(tmp_path).get("dist/x.tar.gz") == before.get("dist/x.tar.gz")
    assert read_tree(tmp_path) == {**before, "dist/x.tar.gz": b"new"}


@pytest.mark.parametrize("error", [OSError("of the caller"), KeyboardInterrupt()])
def test_an_error_of_the_context_leaves_all_as_before(tmp_path, error):
    with pytest.raises(type(error)) as caught, staged_file(tmp_path / "a/b/x", b"new"):
        assert len(list((tmp_path / "a/b").iterdir())) == 1
        raise error
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def test_nothing_begins_if_the_file_cannot_be_written(tmp_path):
    (tmp_path / "x").mkdir()
    with (
        pytest.raises(ArchiveError, match=r"x: Is a directory\. Nothing is changed\."),
        staged_file(tmp_path / "x", b"new"),
    ):
        pytest.fail("the context begins")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o644)])
def test_a_private_file_is_for_this_user_alone(tmp_path, private, mode):
    before = os.umask(0o022)
    try:
        replace_file(tmp_path / "x", b"new", private=private)
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == mode

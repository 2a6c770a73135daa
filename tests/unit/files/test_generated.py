from __future__ import annotations

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.files.generated import put_files
from support.trees import read_tree, write_tree


def test_files_are_written_below_the_directory(tmp_path):
    written = put_files(tmp_path / "new", {"b/c": b"2", "a": b"1"})
    assert written == [tmp_path / "new/a", tmp_path / "new/b/c"]
    assert read_tree(tmp_path) == {"new/a": b"1", "new/b/c": b"2"}


def test_others_files_stay(tmp_path):
    before = write_tree(tmp_path, {"a": b"theirs", "b": b"same", "old": b"theirs", "other": b""})
    with pytest.raises(OutputError, match=r"/a, .*/old: already exists .* pass --force"):
        put_files(tmp_path, {"a": b"1", "b": b"same", "c": b"3"}, removed={"old": b"ours"})
    assert read_tree(before) == {"a": b"theirs", "b": b"same", "old": b"theirs", "other": b""}
    put_files(tmp_path, {"a": b"1", "b": b"same"}, removed={"old": b"ours"}, force=True)
    assert read_tree(before) == {"a": b"1", "b": b"same", "other": b""}


def test_own_files_are_replaced_and_removed(tmp_path):
    write_tree(tmp_path, {"a": b"0", "x/y/old": b"edited", "x/keep": b"", "z/old": b"ours"})
    put_files(
        tmp_path,
        {"a": b"1"},
        owned={"a", "x/y/old"},
        removed={"x/y/old": None, "z/old": b"ours", "gone": None},
    )
    assert read_tree(tmp_path) == {"a": b"1", "x/keep": b""}


def test_own_files_are_removed_unread(tmp_path, monkeypatch):
    write_tree(tmp_path, {"old": b"larger than the limit"})
    monkeypatch.setattr("sdist_upip.files.regular.TEXT_LIMIT", 9)
    put_files(tmp_path, {"a": b"1"}, owned={"old"}, removed={"old": b"ours"})
    assert read_tree(tmp_path) == {"a": b"1"}


def test_equal_files_are_not_touched(tmp_path):
    path = write_tree(tmp_path, {"a": b"same"}) / "a"
    path.chmod(0o755)
    put_files(tmp_path, {"a": b"same"}, owned={"a"}, force=True)
    assert path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"a/b": b""}, r"a is a directory\. Move it"),
        ({"c": b""}, r"c is not a directory\. Move it"),
    ],
)
def test_directories_and_files_in_the_way_are_errors(tmp_path, tree, message, force):
    write_tree(tmp_path, tree)
    with pytest.raises(OutputError, match=message):
        put_files(tmp_path, {"a": b"1", "c/d": b"2"}, force=force)
    assert read_tree(tmp_path) == tree

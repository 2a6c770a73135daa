"""Directories that a failed run created are removed again, and no others."""

import pytest

from sdist_upip.files.made_directories import find_missing, remove_made
from support.trees import read_tree, write_tree


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("", []),
        ("a", []),
        ("a/file", []),
        ("b", ["b"]),
        ("a/b/c/d", ["a/b/c/d", "a/b/c", "a/b"]),
    ],
)
def test_missing_directories_come_deepest_first(tmp_path, path, missing):
    write_tree(tmp_path, {"a/file": ""})
    assert find_missing(tmp_path / path) == [tmp_path / name for name in missing]


def test_made_directories_are_removed(tmp_path):
    made = find_missing(tmp_path / "a/b/c")
    made[0].mkdir(parents=True)
    remove_made(made)
    assert tmp_path.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_another_process_uses_stays(tmp_path):
    made = find_missing(tmp_path / "a/b/c")
    write_tree(made[0], {"../theirs": "theirs"})
    remove_made(made)
    assert read_tree(tmp_path) == {"a/b/theirs": b"theirs"}


def test_removing_stops_at_a_directory_that_is_gone(tmp_path):
    made = find_missing(tmp_path / "a/b/c")
    (tmp_path / "a/b").mkdir(parents=True)
    remove_made(made)
    assert read_tree(tmp_path) == {"a/b": b""}
    remove_made([])

"""A change of many files: all or nothing, whatever goes wrong and whenever it is killed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.files.transaction import STAGE, change_files, finish_change
from support.trees import read_tree, write_tree

OLD = {"a": b"old", "b/c": b"old", "gone/x": b"old", "seal": b"old", "theirs": b""}
PUT = {"a": b"new", "d/e": b"new", "seal": b"new"}
NEW = {"theirs": b"", "b/c": b"old", **PUT}


def test_where_writing_fails_the_directory_is_as_it_was(tmp_path, monkeypatch):
    directory = tmp_path / "not/there"
    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(
        OutputError, match=r"Cannot write to .*: No space left\. The directory is unchanged\."
    ):
        change_files(directory, PUT)
    assert not (tmp_path / "not").exists()
    write_tree(directory, OLD)
    with pytest.raises(OutputError, match="No space left"):
        change_files(directory, PUT)
    assert read_tree(directory) == OLD


def fail(*_, **__):
    raise OSError(28, "No space left")


def test_what_cannot_be_finished_is_finished_by_the_next_run(tmp_path):
    directory = write_tree(tmp_path / "x", OLD)
    (directory / "d").write_bytes(b"in the way")
    with pytest.raises(OutputError, match="Could not complete the interrupted change in"):
        change_files(directory, PUT, ["gone/x"], "seal")
    assert not (directory / "seal").exists()
    (directory / "d").unlink()
    finish_change(directory)
    assert read_tree(directory) == NEW


def test_a_journal_of_another_version_is_followed(tmp_path):
    journal = json.dumps({"put": ["a", "seal"], "remove": ["gone/x"], "seal": "seal"})
    stage = {f"{STAGE}/journal.json": journal, f"{STAGE}/0": "new", f"{STAGE}/1": "new"}
    directory = write_tree(tmp_path / "x", OLD | stage)
    finish_change(directory)
    assert read_tree(directory) == {"a": b"new", "seal": b"new", "b/c": b"old", "theirs": b""}


@pytest.mark.parametrize(
    "journal",
    [
        "[]",
        "{",
        json.dumps({"put": ["../x"], "remove": [], "seal": ""}),
        json.dumps({"put": [], "remove": ["/etc/x"], "seal": ""}),
        json.dumps({"put": [], "remove": [], "seal": "../x"}),
        json.dumps({"put": [1], "remove": [], "seal": ""}),
    ],
)
def test_a_journal_of_others_is_not_followed(tmp_path, journal):
    directory = write_tree(tmp_path / "x", {f"{STAGE}/journal.json": journal, f"{STAGE}/0": ""})
    (tmp_path / "x.txt").touch()
    before = read_tree(tmp_path)
    with pytest.raises(OutputError, match=r"is not a journal of sdist-upip\. Remove"):
        finish_change(directory)
    assert read_tree(tmp_path) == before
    shutil.rmtree(directory)
    finish_change(directory)

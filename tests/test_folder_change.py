"""A change of many files: all or nothing, whatever goes wrong and whenever it is killed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import ROOT, read_tree, run_python, write_tree
from sdist_upip.errors import OutputError
from sdist_upip.files.transaction import STAGE, change_files, finish_change

OLD = {"a": b"old", "b/c": b"old", "gone/x": b"old", "seal": b"old", "theirs": b""}
PUT = {"a": b"new", "d/e": b"new", "seal": b"new"}
NEW = {"theirs": b"", "b/c": b"old", **PUT}

KILLS = """
import shutil, sys
from pathlib import Path
from conftest import read_tree, write_tree
from killed import kill_at_each_change
from sdist_upip.files.transaction import change_files, finish_change
from test_folder_change import NEW, OLD, PUT

directory = Path(sys.argv[1])
ends = []
for number in kill_at_each_change(
    write_tree(directory, OLD), lambda: change_files(directory, PUT, ["gone/x"], "seal")
):
    for again in kill_at_each_change(directory, lambda: finish_change(directory)):
        pass
    ends.append(read_tree(directory))
    shutil.rmtree(directory)
    write_tree(directory, OLD)
assert read_tree(directory) == NEW
print(ends.count(OLD), ends.count(NEW), len(ends))
"""


def test_killed_at_any_moment_it_is_the_old_or_the_new(tmp_path):
    result = run_python("-c", KILLS, tmp_path / "x", cwd=ROOT / "tests", PYTHONPATH=paths())
    assert result.returncode == 0, result.stderr
    old, new, all_of_them = map(int, result.stdout.split())
    assert old > 4
    assert new > 8
    assert old + new == all_of_them


def paths():
    """Return what PYTHONPATH must be for a process that imports the tests and what they test."""
    return f"{ROOT / 'src'}:{ROOT / 'tests'}"


def test_where_writing_fails_the_directory_is_as_it_was(tmp_path, monkeypatch):
    directory = tmp_path / "not/there"
    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OutputError, match=r"cannot write to .*: No space left; it is as it was"):
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
    with pytest.raises(OutputError, match="cannot finish what was begun"):
        change_files(directory, PUT, ["gone/x"], "seal")
    assert not (directory / "seal").exists()
    (directory / "d").unlink()
    finish_change(directory)
    assert read_tree(directory) == NEW


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
    with pytest.raises(OutputError, match="is no journal of sdist-upip; remove"):
        finish_change(directory)
    assert read_tree(tmp_path) == before
    shutil.rmtree(directory)
    finish_change(directory)

"""A change of many files: all or nothing, whatever goes wrong and whenever it is killed."""

from __future__ import annotations

import json
import os
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


def journal(put=("new.py",), remove=(), seal="", **more):
    return json.dumps({"put": put, "remove": remove, "seal": seal, **more})


def replace_by(make):
    def replace(stage, name):
        path = stage / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        make(path)

    return replace


def make_change(path):
    write_tree(path, {"journal.json": journal(), "0": "theirs"})


def link_to_change(path):
    make_change(path.parent / "elsewhere")
    path.symlink_to("elsewhere")


link = replace_by(lambda path: path.symlink_to("../theirs"))
fifo = replace_by(os.mkfifo)
directory_instead = replace_by(lambda path: path.mkdir())
huge = replace_by(lambda path: (path.touch(), os.truncate(path, 17 << 20)))
file = replace_by(Path.touch)
NO_JOURNALS = (
    *("", "[]", "{", "null", "1", '"put"', "\xff", "[" * 100_000, '{"put":' * 100_000, "9" * 5000),
    journal(more=1),
    journal().replace('"remove": [], ', ""),
    journal()[:-1] + ', "put": []}',
    *(journal(put) for put in (1, "new.py", {"new.py": 1}, [1], [["new.py"]], [None], None)),
    *(journal(remove=remove) for remove in ("theirs", [1], {"theirs": 1})),
    *(journal(seal=seal) for seal in (1, None, [], "theirs", "../x.txt", "new.py/")),
    *(
        made([path])
        for made in (journal, lambda remove: journal(remove=remove))
        for path in (
            *("", "../x.txt", "/etc/x", "a/../../x.txt", "./a", "a//b", "a\\b", "a\nb", "\ud800"),
            *(".upip/x", ".UPIP/x", ".upip./x", "UPIP~1/x", ".sdist-upip/0", ".Sdist-upip /0"),
            *(".sdist-upip.0/x", "SDIST-~1/x", "x" * 300, "x" * 300 + "/y"),
        )
    ),
    journal(["new.py", "new.py"]),
    journal(["new.py", "new.py/x"]),
    journal(["new.py"], ["new.py"]),
    journal(["a"], ["theirs", "theirs"]),
    journal([]),  # while there is a staged file
)
OTHERS = (
    *((kind, "journal.json") for kind in (link, fifo, directory_instead, huge)),
    *((kind, "0") for kind in (link, fifo, directory_instead)),
    *((file, name) for name in ("1", "00", "-1", "x", "0.py", "journal.json.bak", ".hidden")),
    *((directory_instead, name) for name in ("x", "1")),
    (lambda stage, name: (stage / name).unlink(), "journal.json"),
    *((kind, "") for kind in (replace_by(link_to_change), link, fifo, file)),
)
"""What is in the place of a change, and not one that we have made."""


def refuse(directory):
    before = read_tree(directory.parent)
    with pytest.raises(OutputError) as caught:
        finish_change(directory)
    assert str(caught.value).startswith(
        f"{directory / STAGE} is not an interrupted change of sdist-upip: "
    )
    assert str(caught.value).endswith(
        ". Run the command again with --force, which removes it and replaces all files."
    )
    assert read_tree(directory.parent) == before
    finish_change(directory, force=True)
    staged = {path for path in before if path.startswith(f"x/{STAGE}")}
    assert read_tree(directory.parent) == {p: before[p] for p in before if p not in staged}


@pytest.fixture
def directory(tmp_path):
    """A directory with a change that could be completed, beside a file that is outside."""
    (tmp_path / "x.txt").touch()
    make_change(tmp_path / "x" / STAGE)
    return write_tree(tmp_path / "x", {"theirs": "theirs"})


@pytest.mark.parametrize("text", NO_JOURNALS, ids=lambda text: text[:30])
def test_a_journal_that_we_have_not_written_is_not_followed(directory, text):
    (directory / STAGE / "journal.json").write_bytes(text.encode("latin-1"))
    refuse(directory)


@pytest.mark.parametrize(("change", "name"), OTHERS)
def test_what_is_not_of_our_making_is_not_followed(directory, change, name):
    change(directory / STAGE, name)
    refuse(directory)


def test_the_change_of_the_tests_above_could_be_completed(directory):
    finish_change(directory)
    assert read_tree(directory) == {"theirs": b"theirs", "new.py": b"theirs"}


@pytest.mark.parametrize("key", ["put", "remove"])
def test_files_behind_links_are_not_changed(tmp_path, key):
    outside = write_tree(tmp_path / "outside", {"a": "mine"})
    directory = write_tree(tmp_path / "x", {"b": ""})
    (directory / "link").symlink_to(outside)
    text = journal(**{"put": [], key: ["link/a"]})
    write_tree(directory, {f"{STAGE}/journal.json": text})
    if key == "put":
        write_tree(directory, {f"{STAGE}/0": "theirs"})
    before = read_tree(tmp_path)
    message = r"x/link is a symbolic link, and link/a is behind it\. .* Replace the link by"
    for force in (False, True):
        with pytest.raises(OutputError, match=message):
            finish_change(directory, force=force)
    assert read_tree(tmp_path) == before
    shutil.rmtree(directory / STAGE)
    before = read_tree(tmp_path)
    with pytest.raises(OutputError, match=message):
        change_files(directory, {"link/a": b""} if key == "put" else {}, ["link/a"][key == "put" :])
    assert read_tree(tmp_path) == before
    (directory / "link").unlink()
    change_files(directory, {"link/a": b""})


def test_a_link_in_the_place_of_a_file_is_replaced_and_removed_itself(tmp_path):
    outside = write_tree(tmp_path / "outside", {"a": "mine", "b": "mine"})
    directory = write_tree(tmp_path / "x", {"c": ""})
    for name in "ab":
        (directory / name).symlink_to(outside / name)
    change_files(directory, {"a": b"new"}, ["b"])
    assert read_tree(tmp_path) == {
        "outside/a": b"mine",
        "outside/b": b"mine",
        "x/a": b"new",
        "x/c": b"",
    }


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", ".upip/a", ".SDIST-UPIP/journal.json", "SDIST-~1/0", "a\\b"]
)
@pytest.mark.parametrize("key", ["put", "remove"])
def test_no_change_is_begun_that_could_not_be_completed(tmp_path, path, key):
    with pytest.raises(OutputError, match=r"Cannot write to .*: the path .* unchanged\. Rename"):
        change_files(tmp_path / "x", {path: b""} if key == "put" else {}, [path][key == "put" :])
    assert list(tmp_path.iterdir()) == []


def test_only_our_uncommitted_files_are_removed(tmp_path):
    theirs = {
        f"{STAGE}.backup/0": b"1",
        f"{STAGE}.0123456789/0": b"1",
        f"{STAGE}.00000001/x.py": b"1",
        f"{STAGE}.00000002/0/x": b"1",
        f"{STAGE}.00000003": b"1",
        "elsewhere/0": b"1",
    }
    write_tree(
        tmp_path, {**theirs, f"{STAGE}.0000000a/0": "1", f"{STAGE}.0000000b/journal.json": "{"}
    )
    (tmp_path / f"{STAGE}.00000004").symlink_to("elsewhere")
    finish_change(tmp_path)
    assert read_tree(tmp_path) == theirs
    assert (tmp_path / f"{STAGE}.00000004").is_symlink()

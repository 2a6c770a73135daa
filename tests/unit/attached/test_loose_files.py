import pytest

from sdist_upip.attached.board_directory import read_recovered
from sdist_upip.attached.change import Change
from sdist_upip.attached.loose_files import put_loose
from sdist_upip.errors import OutputError
from support.trees import read_tree, write_tree

FILES = {"upip.py": b"new\n", "upip_a.py": b"a\n"}
REMOVED = {"upip.mpy": None, "upip_a.mpy": b"known"}


@pytest.fixture
def put(session, tmp_path):
    """A function that writes FILES."""

    def put(force=False):
        facts = read_recovered(session, f"{tmp_path}/lib")
        return put_loose(session, facts, FILES, REMOVED, force=force)

    return put


def test_files_are_written(put, session, tmp_path):
    assert put() == [f"{tmp_path}/lib/upip.py", f"{tmp_path}/lib/upip_a.py"]
    assert read_tree(tmp_path / "lib") == FILES
    session.codes.clear()
    put()
    assert not any("finish'](" in code for code in session.codes)


def test_other_forms_are_removed(put, tmp_path):
    write_tree(tmp_path / "lib", {"upip_a.mpy": "known", "x.py": ""})
    put()
    assert read_tree(tmp_path / "lib") == {**FILES, "x.py": b""}


@pytest.mark.parametrize("path", ["upip.py", "upip.mpy", "upip_a.mpy"])
def test_other_content_needs_force(put, tmp_path, path):
    before = write_tree(tmp_path / "lib", {path: "other"}) and read_tree(tmp_path)
    with pytest.raises(OutputError, match=f"{path}: already exists on the board with other"):
        put()
    assert read_tree(tmp_path) == before
    put(force=True)
    assert read_tree(tmp_path / "lib") == FILES


def test_a_directory_in_the_way(put, tmp_path):
    write_tree(tmp_path / "lib", {"upip.py/x": ""})
    with pytest.raises(OutputError, match=r"upip\.py on the board is a directory"):
        put(force=True)


@pytest.mark.parametrize("failing", range(1, 6))
def test_all_files_or_none(put, tmp_path, monkeypatch, failing):
    write_tree(tmp_path / "lib", {"upip.mpy": "old"})
    calls = []

    def fail(name):
        original = getattr(Change, name)

        def call(self, *arguments):
            calls.append(name)
            if len(calls) == failing:
                raise OutputError("cut")
            return original(self, *arguments)

        monkeypatch.setattr(Change, name, call)

    for name in ("stage_records", "finish", "drop"):
        fail(name)
    with pytest.raises(OutputError, match="cut"):
        put(force=True)
    assert read_tree(tmp_path / "lib") in (FILES, {"upip.mpy": b"old"})

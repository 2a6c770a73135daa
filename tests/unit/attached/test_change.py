import errno
from hashlib import sha256

import pytest

from sdist_upip.attached.change import Change
from sdist_upip.attached.facts import read_facts
from sdist_upip.attached.programs import NAME
from sdist_upip.attached.session import BoardError
from sdist_upip.errors import OutputError
from sdist_upip.installed.package import InstalledPackage
from support.trees import read_tree, write_tree


def make_package(name, files, version="1.0"):
    hashed = tuple((path, sha256(data).hexdigest()) for path, data in files.items())
    return InstalledPackage(name, version, hashed, ())


FILES = {"a/x.py": b"x = 1\n", "a/same.bin": b"same", "b.py": b""}
PACKAGE = make_package("a", FILES)


def read(name, number):
    return list(FILES.values())[number]


@pytest.fixture
def change(session, tmp_path):
    """A change of the packages in a directory of this computer."""
    return Change(session, read_facts(session, f"{tmp_path}/lib"))


def test_a_change(change, session, tmp_path):
    write_tree(tmp_path / "lib", {"a/same.bin": "same"})
    session.codes.clear()
    change.stage([PACKAGE], read)
    assert sorted(path.name for path in (tmp_path / "lib/.upip").iterdir()) == [
        "a.0",
        "a.2",
        "a.new",
    ]
    assert change.is_begun
    change.finish(["+a"])
    change.close()
    assert read_tree(tmp_path / "lib") == {**FILES, ".upip/a": PACKAGE.to_record()}
    assert not change.is_begun
    assert NAME not in session.names
    assert len(session.codes) == 10


def test_it_is_undone(change, session, tmp_path):
    change.stage([PACKAGE], read)
    change.undo()
    assert list(tmp_path.iterdir()) == []
    assert "enter" in session.codes


def test_steps_and_removal(change, tmp_path):
    other = make_package("b", {"other/b.py": b""})
    change.stage([PACKAGE], read)
    change.finish(["+a"])
    change.stage([other], lambda *_: b"")
    change.finish(["+b", "-a"])
    assert set(read_tree(tmp_path / "lib")) == {".upip/b", "other/b.py"}
    change.remove("b")
    assert read_tree(tmp_path / "lib") == {}


def test_records_are_dropped(change, tmp_path):
    write_tree(tmp_path / "lib", {".upip/a": "", ".upip/d/e": "", "x": ""})
    change.drop("a")
    change.drop("d")
    change.drop("missing")
    assert list(read_tree(tmp_path)) == ["lib/x"]


def test_look(change, tmp_path):
    write_tree(tmp_path / "lib", {"a.py": "a", "b/c": ""})
    assert change.look(["a.py", "b", "c"]) == {
        "a.py": (1, sha256(b"a").hexdigest()),
        "b": (2, ""),
        "c": (0, ""),
    }


@pytest.mark.parametrize(
    "path, message",
    [
        ("b.py/x", "/lib/b.py on the board is a directory, and a has a file there. Move it away."),
        ("a", "/lib/a on the board is a file, and a has a directory there. Move it away."),
    ],
)
def test_what_is_in_the_way(change, tmp_path, path, message):
    write_tree(tmp_path / "lib", {path: ""})
    with pytest.raises(OutputError) as caught:
        change.stage([PACKAGE], read)
    assert str(caught.value) == f"{tmp_path}{message}"


@pytest.mark.parametrize("fact", ["memory", "missing", "space", "found"])
def test_answers_that_do_not_arrive(change, session, monkeypatch, fact):
    """A program that prints on the board can destroy a line."""
    run = session.run
    monkeypatch.setattr(session, "run", lambda code: (x for x in run(code) if x[0] != fact))
    with pytest.raises(OutputError, match="Another program may print on the board"):
        if fact == "found":
            change.look(["x"])
        else:
            change.stage([PACKAGE], read)


@pytest.mark.parametrize(
    "number, message",
    [
        (errno.ENOSPC, "The file system of the board is full: no block is free. Nothing is"),
        (errno.EROFS, "/lib on the board is on a read-only file system. Nothing is changed."),
        (errno.EACCES, "refuses to write. It may be full, or write-protected. Nothing is"),
        (errno.EIO, "reports"),
    ],
)
def test_errors_of_the_file_system(change, session, number, message):
    change.look([])
    session.errors = [BoardError("The board reports x.", "OSError", number)]
    with pytest.raises(OutputError) as caught:
        change.stage([PACKAGE], read)
    assert message in str(caught.value)


def test_a_full_flash_when_packages_are_removed(change, session):
    change.look([])
    session.errors = [BoardError("x", "OSError", errno.ENOSPC)]
    with pytest.raises(OutputError, match=r"removed\. Uninstall one package at a time\."):
        change.finish(["-a", "-b"])


def test_space_is_checked_before(change, session):
    change._facts.unit, change._facts.units_free = 1, 15
    with pytest.raises(OutputError, match="16 bytes are necessary, and 15 are free"):
        change.stage([PACKAGE], read)


def test_space_is_checked_after(change, monkeypatch):
    import os

    monkeypatch.setattr(os, "statvfs", lambda _: (512, 512, 99, 3, 3, 0, 0, 0, 0, 255))
    with pytest.raises(OutputError, match=r"is full: 1,536 bytes are free\. Nothing is changed\."):
        change.stage([PACKAGE], read)

"""Whatever an interrupted run leaves, the host or upip goes on with: old or new, never a mix."""

import os
import shutil
from pathlib import Path

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.installed.package import InstalledPackage
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.installed.record_store import RecordStore
from support.archives import make_archive
from support.package_installs import install_by_upip, install_here
from support.power_cut import Disk, PowerCut
from support.trees import read_tree
from support.upip_device import forget_upip, import_module

OLD = (
    (
        "app",
        "1",
        make_archive(
            "app",
            "1",
            {"app/a.py": "1", "app/only_old/x.py": "1", "app/b.py": "1", "moved.py": "1"},
        ),
    ),
    ("gone", "1", make_archive("gone", "1", {"gone/deep/er/x.py": "1", "gone/y.py": "1"})),
)
NEW = (
    (
        "app",
        "2",
        make_archive(
            "app",
            "2",
            {"app/a.py": "2", "app/b.py": "2", "app/sub/c.py": "2", "big.bin": b"\1\2" * 700},
            ["part==2"],
        ),
    ),
    ("part", "2", make_archive("part", "2", {"moved.py": "2", "part/x.py": "2"})),
)


@pytest.fixture(autouse=True)
def _upip(upip):
    """Every test runs upip, too."""


@pytest.fixture
def old(tmp_path):
    """A directory with the old packages."""
    directory = tmp_path / "old"
    install_here(directory, *OLD)
    return directory


def by_host(task, lib):
    if task == "upgrade":
        install_here(lib, *NEW)
    elif task == "remove":
        with PackageDirectory(lib) as directory:
            directory.uninstall(["app", "gone"])
    else:
        with PackageDirectory(lib) as directory:
            directory.names()


def by_upip(task, lib):
    forget_upip()
    if task == "upgrade":
        install_by_upip(lib, *NEW)
    elif task == "remove":
        import_module("upip_store").commit(str(lib), "-", ["app", "gone"])
    else:
        import_module("upip_store").recover(str(lib))


ACTORS = {"host": (by_host, Path), "upip": (by_upip, os)}


def cut(actor, task, lib, limit):
    """Let `actor` work with the power cut after `limit` calls; return how many there were."""
    act, owner = ACTORS[actor]
    with Disk(limit, owner) as disk:
        try:
            act(task, lib)
        except PowerCut:
            assert disk.is_dark()
    return disk.calls


@pytest.mark.parametrize("task", ["upgrade", "remove"])
@pytest.mark.parametrize(
    ("first", "second"), [("host", "upip"), ("upip", "host"), ("host", "host")]
)
def test_a_cut_at_every_call_is_put_right_by_the_other(old, tmp_path, task, first, second):
    """The second one is cut, too, at a call that moves with the first; then it has its way."""
    before = read_tree(old)
    whole = shutil.copytree(old, tmp_path / "whole")
    calls = cut(first, task, whole, None)
    after = read_tree(whole)
    assert before != after
    seen = []
    for limit in range(calls):
        lib = shutil.copytree(old, tmp_path / str(limit))
        cut(first, task, lib, limit)
        cut(second, "repair", lib, limit % 5)
        ACTORS[second][0]("repair", lib)
        tree = read_tree(lib)
        assert tree in (before, after), limit
        seen.append(tree == after)
    assert seen == sorted(seen), "once the new tree is there it stays"
    assert seen.count(True) > 5
    assert seen.count(False) > (10 if task == "upgrade" else 1)


def test_host_and_upip_leave_the_same_at_every_cut(old, tmp_path):
    """The states of the directory that the one goes through are those of the other."""
    states = {}
    for actor in ACTORS:
        states[actor] = []
        limit = 0
        calls = 1
        while calls >= limit:
            lib = shutil.copytree(old, tmp_path / f"{actor}{limit}")
            calls = cut(actor, "upgrade", lib, limit)
            tree = read_tree(lib)
            if ".upip/journal.txt" in tree and tree not in states[actor]:
                states[actor].append(tree)
            limit += 1
    assert len(states["host"]) > 8
    assert states["host"] == states["upip"]


def test_a_first_installation_that_is_cut_leaves_nothing(tmp_path):
    calls = cut("host", "upgrade", tmp_path / "whole", None)
    after = read_tree(tmp_path / "whole")
    for limit in range(calls):
        lib = tmp_path / str(limit)
        cut("host", "upgrade", lib, limit)
        by_host("repair", lib)
        assert not lib.exists() or read_tree(lib) in ({}, after)


def test_strays_are_removed(old):
    before = read_tree(old)
    for stray in ("app.new", "app.0", "journal.tmp", "other.17", ".DS_Store"):
        (old / ".upip" / stray).write_text("half")
    (old / ".upip/link.new").symlink_to(old / "app/a.py")
    by_host("repair", old)
    assert read_tree(old) == before


@pytest.mark.parametrize("text", ["+../x", "-app/..", "app", "+App", "- app", "+\xff"])
def test_a_damaged_journal_is_reported(old, text):
    (old / ".upip/journal.txt").write_text(text)
    before = read_tree(old)
    with pytest.raises(OutputError, match=r"journal\.txt is damaged: .* Remove it and install"):
        by_host("repair", old)
    assert read_tree(old) == before


@pytest.mark.parametrize("text", ["", "nonsense\n", "other 1.0\n", "app 1\nfile x y\n"])
def test_a_damaged_record_is_reported(old, text):
    (old / ".upip/app").write_text(text)
    with pytest.raises(
        OutputError, match=r"The record .*\.upip/app is damaged: .*\. Remove it and"
    ):
        RecordStore(old).read("app")


def test_a_directory_among_the_records_is_reported(old):
    (old / ".upip/directory").mkdir()
    assert RecordStore(old).names() == ["app", "directory", "gone"]
    with pytest.raises(OutputError, match="directory is damaged"):
        RecordStore(old).read("directory")


def test_what_the_user_put_in_place_of_a_file_stays(old):
    (old / "app/a.py").unlink()
    (old / "app/a.py").mkdir()
    (old / "app/a.py/mine").write_text("1")
    shutil.rmtree(old / "gone")
    (old / "gone").write_text("mine")
    by_host("remove", old)
    assert read_tree(old) == {"app/a.py/mine": b"1", "gone": b"mine"}


def test_links_are_removed_and_replaced_themselves(old, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    for path in ("app/a.py", "gone/y.py"):
        (old / path).unlink()
        (old / path).symlink_to(outside)
    install_here(old, *NEW)
    assert not (old / "app/a.py").is_symlink()
    by_host("remove", old)
    assert not (old / "gone").exists()
    assert outside.read_text() == "mine"


def test_a_store_without_a_directory(tmp_path):
    store = RecordStore(tmp_path / "lib")
    assert store.names() == []
    assert store.read("x") is None
    store.recover()
    store.stage(InstalledPackage("x", "1", (), ()), ())
    assert (tmp_path / "lib/.upip/x.new").read_bytes() == b"x 1\n"

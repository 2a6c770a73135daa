"""A power cut after any file-system call leaves the old or the new packages, never a mix."""

import os

import pytest

from support.archives import make_archive
from support.power_cut import Disk, PowerCut
from support.trees import read_tree
from support.upip_device import forget_upip, import_module

OLD = {"app/a.py": "1", "app/only_old/x.py": "1", "app/b.py": "1", "moved.py": "1"}
NEW = {"app/a.py": "2", "app/b.py": "2", "app/sub/c.py": "2", "big.bin": b"\1\2" * 700}


@pytest.fixture
def archives(tmp_path):
    directory = tmp_path / "archives"
    directory.mkdir()
    for name, version, files, requires in (
        ("app", "1", OLD, []),
        ("app", "2", NEW, ["part==2"]),
        ("part", "2", {"moved.py": "2", "part/x.py": "2"}, []),
    ):
        data = make_archive(name, version, files, requires)
        (directory / f"{name}-{version}.tar.gz").write_bytes(data)
    return str(directory)


def start():
    """Return upip as the interpreter has it after a start."""
    forget_upip()
    return import_module("upip")


def run(task, limit, *arguments):
    """Run `task` with the power cut after `limit` calls; return how many calls there were."""
    with Disk(limit) as disk:
        try:
            task(start(), *arguments)
        except PowerCut:
            assert disk.is_dark()
        return disk.calls


def restart(lib):
    """Start again with the power on; return what is there then."""
    packages = start().list(str(lib))
    return packages, read_tree(lib)


def trees(task, archives, tmp_path):
    """Return what `task` finds and what it leaves, when nothing goes wrong."""
    lib = tmp_path / "whole"
    start().install("app==1", str(lib), index_urls=archives)
    before = restart(lib)
    task(start(), lib)
    return before, restart(lib)


def upgrade(upip, lib, archives):
    upip.install("app", str(lib), index_urls=archives)


def remove(upip, lib, archives):
    upip.uninstall("app", str(lib))


def repair(upip, lib):
    upip.list(str(lib))


@pytest.mark.parametrize("task", [upgrade, remove])
def test_a_cut_leaves_the_old_or_the_new_tree(
    task,
    upip,
    archives,
    tmp_path,
):
    old, new = trees(lambda upip, lib: task(upip, lib, archives), archives, tmp_path)
    assert old != new
    seen = []
    limit = 0
    calls = 1
    while calls >= limit:
        lib = tmp_path / f"cut{limit}"
        start().install("app==1", str(lib), index_urls=archives)
        calls = run(task, limit, lib, archives)
        state = restart(lib)
        assert state in (old, new), limit
        seen.append(state == new)
        limit += 1
    assert seen == sorted(seen), "once the new tree is there it stays"
    assert seen[0] is False
    assert seen[-1] is True
    assert seen.count(False) > 1 or task is remove
    assert seen.count(True) > 5


def test_a_second_cut_during_the_repair_does_no_harm(
    upip,
    archives,
    tmp_path,
):
    old, new = trees(lambda upip, lib: upgrade(upip, lib, archives), archives, tmp_path)
    outcomes = set()
    whole = run(upgrade, None, tmp_path / "whole2", archives)
    for first in range(whole - 24, whole, 4):
        for second in range(0, 16, 3):
            lib = tmp_path / f"twice{first}-{second}"
            start().install("app==1", str(lib), index_urls=archives)
            run(upgrade, first, lib, archives)
            run(repair, second, lib)
            state = restart(lib)
            assert state in (old, new), (first, second)
            outcomes.add(state == new)
    assert outcomes == {False, True}


def test_a_first_installation_that_is_cut_leaves_nothing(
    upip,
    archives,
    tmp_path,
):
    whole = tmp_path / "whole"
    upgrade(start(), whole, archives)
    new = restart(whole)
    states = []
    limit = 0
    calls = 1
    while calls >= limit:
        lib = tmp_path / f"lib{limit}"
        calls = run(upgrade, limit, lib, archives)
        packages, tree = restart(lib)
        assert (packages, tree) in (([], {}), new)
        states.append(bool(packages))
        limit += 1
    assert states == sorted(states)


def test_before_the_journal_the_old_version_is_untouched(
    upip,
    archives,
    tmp_path,
):
    limit = 0
    while True:
        lib = tmp_path / f"lib{limit}"
        start().install("app==1", str(lib), index_urls=archives)
        before = {path: data for path, data in read_tree(lib).items() if ".upip" not in path}
        run(upgrade, limit, lib, archives)
        if (lib / ".upip/journal.txt").exists():
            break
        after = {path: data for path, data in read_tree(lib).items() if ".upip" not in path}
        made = {path for path in after.keys() - before.keys() if (lib / path).is_dir()}
        assert made <= {"app/sub", "part"}
        assert {path: after[path] for path in after.keys() - made} == before, "without any repair"
        limit += 1
    assert limit > 10


def test_an_error_while_putting_into_place_is_finished_by_the_next_start(
    upip,
    archives,
    tmp_path,
    monkeypatch,
):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    real = os.replace

    def replace(source, target):
        if target.endswith("app/sub/c.py"):
            raise OSError(5, "Input/output error")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises((upip.Error, OSError), match="Input/output error"):
            upip.install("app", str(lib), index_urls=archives)
    packages, tree = restart(lib)
    assert packages == [("app", "2"), ("part", "2")]
    assert tree["app/sub/c.py"] == b"2"
    assert "app/only_old/x.py" not in tree


def test_strays_of_an_interrupted_start_are_removed(upip, archives, tmp_path):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    before = read_tree(lib)
    for stray in ("app.new", "app.0", "journal.tmp", "other.17"):
        (lib / ".upip" / stray).write_text("half")
    upip.list(str(lib))
    assert read_tree(lib) == before


@pytest.mark.parametrize(
    "path",
    [
        *("../victim", "/victim", "a/../../victim", "..\\victim", "./victim", "a//victim", "a/.."),
        *(".upip/other", ".UPIP/other", ".upip./other", ".upip /other"),
        *("~1.upi/other", "UPIP~1/other"),
    ],
)
def test_no_record_leads_out_of_the_directory(upip, archives, tmp_path, path):
    """Whoever wrote it: to remove, to finish and to undo leave other files alone."""
    lib = tmp_path / "root/lib"
    upip.install("app==1", str(lib), index_urls=archives)
    (tmp_path / "root/victim").write_text("mine")
    (lib / ".upip/other").write_text("other 1\n")
    record = f"evil 1\nfile {'0' * 64} {path}\n"
    (lib / ".upip/evil").write_text(record)
    before = read_tree(tmp_path)
    upip.uninstall("evil", str(lib))
    after = read_tree(tmp_path)
    assert after == {p: data for p, data in before.items() if not p.endswith("/evil")}
    for journal in ({}, {"journal.txt": "+evil"}, {"journal.txt": "+../../victim"}):
        for name, text in {"evil.new": record, "evil.0": "evil", **journal}.items():
            (lib / ".upip" / name).write_text(text)
        upip.list(str(lib))
        (lib / ".upip/evil").unlink(missing_ok=True)
        assert read_tree(tmp_path) == after


@pytest.mark.parametrize("given", ["app", "part", "any"])
def test_a_change_that_cannot_be_finished_is_given_up_by_an_uninstall(
    upip, archives, tmp_path, monkeypatch, given
):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    (lib / "mine.py").write_text("mine")
    real = os.replace

    def replace(source, target):
        if target.endswith("app/sub/c.py"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    reason = r"last change in .* is not complete .*No space left"
    for call in (start().install, start().install, lambda *_: start().list(str(lib))):
        with pytest.raises(Exception, match=reason):
            call("app", str(lib), archives)
    start().uninstall(given, str(lib))
    assert start().list(str(lib)) == []
    assert read_tree(lib) == {"mine.py": b"mine"}


@pytest.mark.parametrize("text", ["", "\n", "\n+app", "\n+app +par", "\n+app "])
def test_a_journal_without_its_end_does_not_count(upip, archives, tmp_path, text):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    before = read_tree(lib)
    (lib / ".upip/journal.txt").write_text(text)
    (lib / ".upip/app.new").write_text(f"app 2\nfile {'0' * 64} new/made/x.py\n")
    (lib / ".upip/app.0").write_text("2")
    (lib / "new/made").mkdir(parents=True)
    upip.list(str(lib))
    assert read_tree(lib) == before


@pytest.mark.parametrize("text", ["+app", "\n+app\n"])
def test_journals_of_earlier_versions_and_of_computers_count(upip, archives, tmp_path, text):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    (lib / ".upip/journal.txt").write_text(text)
    (lib / ".upip/app.new").write_text(f"app 2\nfile {'0' * 64} new.py\n")
    (lib / ".upip/app.0").write_text("2")
    assert start().list(str(lib)) == [("app", "2")]
    assert sorted(read_tree(lib)) == [".upip/app", "new.py"]


def test_a_directory_in_the_place_of_a_file_stays(upip, archives, tmp_path):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    (lib / "moved.py").unlink()
    (lib / "moved.py").mkdir()
    (lib / "moved.py/mine").write_text("mine")
    upip.uninstall("app", str(lib))
    assert read_tree(lib) == {"moved.py/mine": b"mine"}


@pytest.mark.parametrize(
    "journal", [b"\n+\xff\xfe\n", b"\n+\n", b"\n-\n", b"+App", b"\0", b"+a/b -.."]
)
def test_a_damaged_journal_is_passed_over(upip, archives, tmp_path, journal):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    before = read_tree(lib)
    (lib / ".upip/journal.txt").write_bytes(journal)
    assert start().list(str(lib)) == [("app", "1")]
    assert read_tree(lib) == before


def test_directories_among_the_records_do_no_harm(upip, archives, tmp_path):
    lib = tmp_path / "lib"
    upip.install("app==1", str(lib), index_urls=archives)
    for name in ("journal.txt", "zz.new", "zz.del", "zz"):
        (lib / ".upip" / name).mkdir()
    assert start().list(str(lib)) == [("app", "1")]
    (lib / ".upip/journal.txt").rmdir()
    start().install("app==2", str(lib), index_urls=archives)
    start().uninstall("app", str(lib))
    assert start().list(str(lib)) == [("part", "2")]

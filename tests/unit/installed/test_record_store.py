"""Whatever an interrupted run leaves, the host or upip goes on with: old or new, never a mix."""

import os
import shutil
import tempfile
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.errors import OutputError
from sdist_upip.installed.package import InstalledPackage
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.installed.record_store import DamagedRecordError, RecordStore
from support.archives import make_archive
from support.package_installs import install_by_upip, install_here, recover_by_upip
from support.power_cut import Disk, PowerCut
from support.trees import read_tree, write_tree
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
    elif task in ("remove", "remove both"):
        with PackageDirectory(lib) as directory:
            directory.uninstall(["app", "gone"] if task == "remove both" else ["app"])
    else:
        with PackageDirectory(lib) as directory:
            directory.names()


def by_upip(task, lib):
    forget_upip()
    if task == "upgrade":
        install_by_upip(lib, *NEW)
    elif task == "remove":
        import_module("upip_manage").uninstall(str(lib), "app")
    else:
        recover_by_upip(lib)


ACTORS = {"host": by_host, "upip": by_upip}


def cut(actor, task, lib, limit):
    """Let `actor` work with the power cut after `limit` calls; return how many there were."""
    with Disk(limit) as disk:
        try:
            ACTORS[actor](task, lib)
        except PowerCut:
            assert disk.is_dark()
    return disk.calls


@pytest.mark.parametrize(
    ("first", "second", "task"),
    [
        *product(["host"], ["upip", "host"], ["upgrade", "remove", "remove both"]),
        *product(["upip"], ["host"], ["upgrade", "remove"]),
    ],
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
        ACTORS[second]("repair", lib)
        tree = read_tree(lib)
        assert tree in (before, after), limit
        seen.append(tree == after)
    assert seen == sorted(seen), "once the new tree is there it stays"
    assert seen.count(True) > 5
    # One call marks a package as being removed. Python 3.10 does not count those of pathlib.
    assert seen.count(False) > (10 if task == "upgrade" else 0)


def test_a_first_installation_that_is_cut_leaves_nothing(tmp_path):
    calls = cut("host", "upgrade", tmp_path / "whole", None)
    after = read_tree(tmp_path / "whole")
    for limit in range(calls):
        lib = tmp_path / str(limit)
        cut("host", "upgrade", lib, limit)
        by_host("repair", lib)
        assert not lib.exists() or read_tree(lib) in ({}, after)


@pytest.mark.parametrize("journal", ["", "\n", "\n+app", "\n+app +par"])
def test_a_journal_of_a_board_without_its_end_does_not_count(old, caplog, journal):
    """FAT has a file before it has all of its data."""
    before = read_tree(old)
    write_tree(old, {**STAGED, ".upip/journal.txt": journal})
    (old / "app/made/by").mkdir(parents=True)
    write_tree(old, {".upip/app.new": f"app 2\nfile {'0' * 64} app/made/by/upip.py\n"})
    by_host("repair", old)
    assert read_tree(old) == before
    assert not (old / "app/made").exists()
    assert caplog.messages == []


def test_a_removal_that_a_board_began_is_finished(old):
    (old / ".upip/app.del").touch()
    by_host("repair", old)
    assert sorted(read_tree(old)) == [".upip/gone", "gone/deep/er/x.py", "gone/y.py"]


def test_a_change_that_a_board_gave_up_is_removed(old):
    """upip.uninstall does so if a change cannot be finished: files of both versions go."""
    write_tree(old, {"app/new.py": "2", ".upip/app.del": ""})
    write_tree(old, {".upip/app.new": f"app 2\nfile {'0' * 64} app/new.py\n"})
    by_host("repair", old)
    assert sorted(read_tree(old)) == [".upip/gone", "gone/deep/er/x.py", "gone/y.py"]


def test_names_that_differ_in_case_are_one_file_where_case_does_not_matter(old, monkeypatch):
    monkeypatch.setattr(RecordStore, "_ignores_case", lambda self: True)
    digest = sha256(b"2").hexdigest()
    write_tree(old, {".upip/app.0": "2", ".upip/journal.txt": "+app"})
    write_tree(old, {".upip/app.new": f"app 2\nfile {digest} APP/b.py\n"})
    by_host("repair", old)
    assert (old / "app/b.py").exists(), "FAT would have removed APP/b.py with it"


def test_strays_are_removed(old):
    before = read_tree(old)
    for stray in ("app.new", "app.0", "journal.tmp", "other.17", ".DS_Store"):
        (old / ".upip" / stray).write_text("half")
    (old / ".upip/link.new").symlink_to(old / "app/a.py")
    by_host("repair", old)
    assert read_tree(old) == before


RECORD = f"app 2\nfile {'0' * 64} app/a.py\n"
STAGED = {".upip/app.new": RECORD, ".upip/app.0": "2", ".upip/journal.txt": "+app"}


def break_journal(old, text):
    (old / ".upip/journal.txt").write_text(text)


def stage(old, record):
    write_tree(old, {**STAGED, ".upip/app.new": record})


def stage_path(old, path):
    stage(old, f"app 2\nfile {'0' * 64} {path}\n")


def replace_by(make):
    def replace(old, name):
        (old / ".upip" / name).unlink(missing_ok=True)
        make(old / ".upip" / name)

    return replace


link = replace_by(lambda path: path.symlink_to(path.parent.parent / "app/b.py"))
endless = replace_by(lambda path: path.symlink_to("/dev/zero"))
fifo = replace_by(os.mkfifo)
directory = replace_by(lambda path: write_tree(path, {"x/y": "1"}))
huge = replace_by(lambda path: (path.touch(), os.truncate(path, 17 << 20)))


@pytest.mark.parametrize(
    ("damage", "what", "names"),
    [
        *(
            (break_journal, text, "app")
            for text in (
                "+../x",
                "-app/..",
                "app",
                "+App",
                "+app-",
                "- app",
                "+\xff",
                " ",
                "\0",
            )
        ),
        (break_journal, "+app +par", "app, par"),
        *((break_journal, sign + "x" * 300, "app, " + "x" * 300) for sign in "+-"),
        (break_journal, "+app -..", "app"),
        *((kind, "journal.txt", "app") for kind in (link, endless, fifo, directory, huge)),
        *((kind, "app.new", "app") for kind in (link, endless, fifo, directory, huge)),
        *((kind, "app.0", "app") for kind in (link, endless, fifo, directory)),
        *((stage, text, "app") for text in ("", "app 2", "other 2\n", "app 2\nfile x y\n", "\0")),
        *(
            (stage_path, path, "app")
            for path in (
                *("../x", "/x", "app/../../x", "app//x", "a\\b", "a\x1b"),
                *(".upip/gone", ".UPIP/gone", ".upip./gone", "UPIP~1/gone", ".sdist-upip/0"),
                *("a:b", "aux.py", "x.", "upip_ca.der", "upip.py", "x" * 300, "x" * 300 + "/y"),
            )
        ),
    ],
)
def test_a_change_that_cannot_be_finished_is_dropped(old, caplog, damage, what, names):
    """Nothing is changed then, the message names the file and the packages, and work goes on."""
    before = read_tree(old)
    write_tree(old, STAGED)
    damage(old, what)
    by_host("repair", old)
    assert read_tree(old) == before
    (message,) = caplog.messages
    assert message.startswith(f"{old}/.upip/journal.txt cannot be followed: ")
    assert message.endswith(
        f". The interrupted change is dropped, so these packages may be incomplete: {names}. "
        "Install them again."
    )
    install_here(old, *NEW)
    by_host("remove both", old)
    assert len(caplog.messages) == 1


PIECES = st.sampled_from(
    [
        *("+app", "-app", "+gone", "-gone", "+part", "+", "-", " ", "\n", "app ", "part 2\n", "2"),
        *(f"file {'0' * 64} ", "file ", "app/a.py", "gone/y.py", "new/x", "../outside", "/outside"),
        *(".upip/gone", ".sdist-upip/0", "needs x\n", "\0", "é", "link/a", "app", "a:b", "x" * 300),
    ]
)
TEXTS = st.lists(PIECES, max_size=7).map("".join)
LINES = st.lists(st.builds("file {}{}\n".format, st.just("0" * 64 + " "), PIECES), max_size=3)
RECORDS = st.one_of(TEXTS, st.builds("{}{}".format, st.just("app 2\n"), LINES.map("".join)))


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["app.new", "part.new", "app.0", "app.1", "app", "gone"]), RECORDS
    ),
    st.one_of(TEXTS, st.sampled_from(["+app", "+app -gone", "-app -gone"])),
)
def test_whatever_is_among_the_records_nothing_outside_changes(files, journal):
    with tempfile.TemporaryDirectory() as name:
        outside = write_tree(Path(name), {"outside": "mine", "elsewhere/a": "mine"})
        lib = write_tree(
            outside / "lib", {"app/a.py": "1", "gone/y.py": "1", ".upip/journal.txt": journal}
        )
        (lib / "link").symlink_to(outside / "elsewhere")
        write_tree(lib / ".upip", files)
        try:
            install_here(lib, *NEW)
        except OutputError as error:
            assert "lib/link is a symbolic link" in str(error)
            (lib / "link").unlink()
            install_here(lib, *NEW)
        with PackageDirectory(lib) as directory:
            assert directory.get("app").version == "2"
            assert not directory.modified(directory.get("app"))
            directory.uninstall(directory.names())
        assert not (lib / ".upip").exists()
        shutil.rmtree(lib)
        assert read_tree(outside) == {"outside": b"mine", "elsewhere/a": b"mine"}


def test_a_change_behind_a_link_waits_until_the_link_is_gone(old, tmp_path):
    (tmp_path / "outside").mkdir()
    (old / "link").symlink_to(tmp_path / "outside")
    stage_path(old, "link/x.py")
    before = read_tree(tmp_path)
    with pytest.raises(OutputError, match=r"old/link is a symbolic link, .* Replace the link by"):
        by_host("repair", old)
    assert read_tree(tmp_path) == before
    (old / "link").unlink()
    by_host("repair", old)
    assert (old / "link/x.py").read_text() == "2"


def test_a_link_that_comes_while_files_move_is_not_followed(old, tmp_path, monkeypatch):
    """The directories of a package are looked at when its own files move."""
    outside = write_tree(tmp_path / "outside", {"x.py": "mine"})
    stage_path(old, "app/new.py")
    write_tree(old, {".upip/gone.new": f"gone 2\nfile {'0' * 64} theirs/x.py\n"})
    write_tree(old, {".upip/gone.0": "2", ".upip/journal.txt": "+app +gone"})
    real = os.replace

    def replace(source, target):
        real(source, target)
        if not (old / "theirs").is_symlink():
            (old / "theirs").symlink_to(outside)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(OutputError, match=r"old/theirs is a symbolic link, and theirs/x\.py"):
            by_host("repair", old)
    assert read_tree(outside) == {"x.py": b"mine"}
    (old / "theirs").unlink()
    by_host("repair", old)
    assert sorted(read_tree(old)) == [".upip/app", ".upip/gone", "app/new.py", "theirs/x.py"]


@pytest.mark.parametrize(("name", "steps"), [("replace", "+app"), ("unlink", "-app")])
def test_a_directory_that_becomes_a_link_stops_the_change(tmp_path, monkeypatch, name, steps):
    """Directories are looked at again before each file."""
    outside = write_tree(tmp_path / "outside", {"a": "mine", "b": "mine", "c": "mine"})
    lib = write_tree(tmp_path / "lib", {"x/a": "1", "x/b": "1", "x/c": "1"})
    record = "app 1\n" + "".join(f"file {'0' * 64} x/{file}\n" for file in "abc")
    write_tree(lib, {f".upip/app{'.new' * (steps == '+app')}": record, ".upip/journal.txt": steps})
    if steps == "+app":
        write_tree(lib, {f".upip/app.{number}": "2" for number in range(3)})
    real = getattr(os, name)

    def act(*paths):
        real(*paths)
        if not (lib / "x").is_symlink():
            (lib / "x").rename(tmp_path / "before")
            (lib / "x").symlink_to(outside)

    with monkeypatch.context() as patch:
        patch.setattr(os, name, act)
        with pytest.raises(OutputError, match="lib/x is a symbolic link, and x/b of a package is"):
            by_host("repair", lib)
    assert read_tree(outside) == {"a": b"mine", "b": b"mine", "c": b"mine"}


def test_a_step_that_the_journal_has_twice_is_carried_out_once(old, caplog):
    stage_path(old, "app/new.py")
    (old / ".upip/journal.txt").write_text("+app +app -gone -gone")
    by_host("repair", old)
    assert sorted(read_tree(old)) == [".upip/app", "app/new.py"]
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("path", "reason"), [("mine", "Is a directory"), ("mine/file/x", "File exists")]
)
def test_a_change_with_something_in_its_way_is_dropped(old, caplog, path, reason):
    write_tree(old, {"mine/file": "mine"})
    before = read_tree(old)
    stage_path(old, path)
    by_host("repair", old)
    assert read_tree(old) == before, "old files are removed after new ones are in place"
    (message,) = caplog.messages
    assert f"{reason}. The interrupted change is dropped, so these packages may be " in message


def test_everything_is_checked_before_anything_changes(old, tmp_path, caplog):
    (tmp_path / "x").write_text("mine")
    (old / ".upip/gone").write_text(f"gone 1\nfile {'0' * 64} ../x\n")
    stage_path(old, "app/a.py")
    (old / ".upip/journal.txt").write_text("+app -gone")
    by_host("repair", old)
    assert (tmp_path / "x").read_text() == "mine"
    assert sorted(read_tree(old)) == [".upip/app", "app/a.py", "gone/deep/er/x.py", "gone/y.py"]
    assert caplog.messages == []


@pytest.mark.parametrize(
    "text", ["", "nonsense\n", "other 1.0\n", "app 1\nfile x y\n", "app 1\nfile {} ../x\n"]
)
def test_a_damaged_record_is_reported(old, text):
    (old / ".upip/app").write_text(text.format("0" * 64))
    with pytest.raises(DamagedRecordError) as caught:
        RecordStore(old).read("app")
    assert str(caught.value).startswith(f"The record {old}/.upip/app is damaged: ")
    assert str(caught.value).endswith(
        f". Install app again, or run sdist-upip uninstall -p {old} app."
    )


@pytest.mark.parametrize("kind", [link, endless, fifo, directory, huge])
def test_a_record_that_is_not_a_regular_file_is_damaged(old, kind):
    kind(old, "app")
    store = RecordStore(old)
    assert store.names() == ["app", "gone"]
    with pytest.raises(DamagedRecordError, match=r"app is damaged: it (is not a|has more than)"):
        store.read("app")
    install_here(old, *NEW)
    assert store.read("app").version == "2"


@pytest.mark.parametrize("kind", [link, endless, fifo, directory, huge])
def test_a_damaged_record_is_dropped(old, kind):
    before = read_tree(old)
    kind(old, "app")
    RecordStore(old).drop("app")
    assert read_tree(old) == {path: before[path] for path in before if path != ".upip/app"}
    RecordStore(old).drop("gone")
    assert not (old / ".upip").exists()


def test_a_directory_among_staged_files_is_removed(old):
    before = read_tree(old)
    write_tree(old, {".upip/x.d/y/z": "1"})
    by_host("repair", old)
    assert read_tree(old) == before


@pytest.mark.parametrize("path", ["aux.py", "a:b/c", "x.", "x~1.py", "upip_ca.der"])
def test_paths_of_earlier_versions_are_uninstalled(tmp_path, path):
    """Today no package may bring them, but records of earlier versions have them."""
    lib = write_tree(tmp_path / "lib", {path: "1", ".upip/a": f"a 1\nfile {'0' * 64} {path}\n"})
    with PackageDirectory(lib) as directory:
        assert directory.get("a").paths == (path,)
        assert directory.uninstall(["a"]) == []
    assert read_tree(tmp_path) == {"lib": b""}


@pytest.mark.parametrize(
    "path",
    ["x" * 300, "x" * 300 + "/y", "a/" + "y/" * 2100 + "x", "y/" * 1950 + "x" * 250],
    ids=["name", "directory", "path", "only with its name"],
)
def test_paths_that_this_file_system_cannot_have_do_no_harm(tmp_path, path):
    lib = write_tree(tmp_path, {".upip/app": f"app 1\nfile {'0' * 64} {path}\n"})
    with PackageDirectory(lib) as directory:
        assert directory.modified(directory.get("app")) == [path]
    install_here(lib, *NEW)
    write_tree(tmp_path, {".upip/z": f"z 1\nfile {'0' * 64} {path}\n"})
    with PackageDirectory(lib) as directory:
        directory.uninstall(["app", "part", "z"])
    assert list(lib.iterdir()) == []


def test_what_the_user_put_in_place_of_a_file_stays(old):
    (old / "app/a.py").unlink()
    (old / "app/a.py").mkdir()
    (old / "app/a.py/mine").write_text("1")
    shutil.rmtree(old / "gone")
    (old / "gone").write_text("mine")
    by_host("remove both", old)
    assert read_tree(old) == {"app/a.py/mine": b"1", "gone": b"mine"}


def test_links_are_removed_and_replaced_themselves(old, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    for path in ("app/a.py", "gone/y.py"):
        (old / path).unlink()
        (old / path).symlink_to(outside)
    install_here(old, *NEW)
    assert not (old / "app/a.py").is_symlink()
    by_host("remove both", old)
    assert not (old / "gone").exists()
    assert outside.read_text() == "mine"


def test_a_store_without_a_directory(tmp_path):
    store = RecordStore(tmp_path / "lib")
    assert store.names() == []
    assert store.read("x") is None
    store.recover()
    store.stage(InstalledPackage("x", "1", (), ()), ())
    assert (tmp_path / "lib/.upip/x.new").read_bytes() == b"x 1\n"

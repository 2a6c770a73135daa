"""A site in a directory: the contract of stores, other files there, and what a kill leaves."""

import os
import resource
import sys
import threading

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.site.stores import directory
from sdist_upip.site.stores.directory import DirectoryStore
from support.store_contract import CONTRACT
from support.trees import read_tree, write_tree


@pytest.fixture
def root(tmp_path):
    return tmp_path / "site"


@pytest.fixture
def store(root):
    return DirectoryStore(root)


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
def test_contract(store, check):
    with store.lock():
        check(store)


def test_the_title_is_the_path(store, root):
    assert store.title == str(root)


def test_a_directory_in_which_nothing_was_written_is_removed(store, root):
    with store.lock():
        assert root.is_dir()
    assert not root.exists()


def test_nothing_but_the_files_is_left(store, root):
    with store.lock():
        store.write("a/b", b"1")
        store.write("c", b"2")
    assert read_tree(root) == {"a/b": b"1", "c": b"2"}


def test_one_process_at_a_time(store, root, monkeypatch, caplog):
    monkeypatch.setattr(directory, "PATIENCE", 0.1)
    with store.lock():
        with (
            pytest.raises(OutputError, match=r"is locked by another sdist-upip process\. Try"),
            DirectoryStore(root).lock(),
        ):
            pytest.fail("it is locked")
        store.write("a", b"1")
    assert caplog.messages == [f"{root} is locked by another run. Waiting for it."]
    with DirectoryStore(root).lock():
        pass


def test_a_run_waits_for_another_one(store, root):
    have, leave = threading.Event(), threading.Event()

    def hold():
        with store.lock():
            have.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    have.wait(10)
    threading.Timer(0.3, leave.set).start()
    with DirectoryStore(root).lock():
        assert leave.is_set()
    other.join()


def test_unchanged_content_is_not_touched(store, root):
    with store.lock():
        store.write_many([("a/b", b"1"), ("c", b"2")])
        before = {path: path.stat() for path in (root / "a", root / "a/b", root / "c")}
        store.write_many([("a/b", b"1"), ("c", b"3")])
        _, token = store.read_versioned("a/b")
        store.replace("a/b", b"1", token)
    after = {path: path.stat() for path in before}
    assert [path for path in before if before[path] != after[path]] == [root / "c"]


def test_a_reader_has_the_old_or_the_new_content(store, root):
    with store.lock():
        store.write("a", b"old")
        with (root / "a").open("rb") as reader:
            store.write("a", b"new content")
            assert reader.read() == b"old"
        assert (root / "a").read_bytes() == b"new content"


@pytest.mark.parametrize("moment", ["open", "replace", "mkdir"])
def test_what_a_killed_run_was_writing_is_removed_by_the_next_run(store, root, monkeypatch, moment):
    class Kill(BaseException):
        pass

    def kill(*arguments, **options):
        raise Kill

    with store.lock():
        store.write("a/b", b"1")
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
        patch.setattr("pathlib.Path.rmdir", kill)
        patch.setattr(f"pathlib.Path.{moment}", kill)
        with pytest.raises(Kill), store.lock():
            store.write("new/b", b"2" * 1000)
    assert list(store.find("")) == ["a/b"]
    with store.lock():
        assert list(store.find("")) == ["a/b"]
    assert {path for path in read_tree(root) if path.startswith(".sdist-upip")} == set()


def test_other_files_and_links_stay(store, root, tmp_path):
    write_tree(tmp_path, {"other/x": "x", "site/.git/HEAD": "y", "site/CNAME": "z"})
    (root / "link").symlink_to("../other")
    (root / "file").symlink_to("../other/x")
    (root / "empty").mkdir()
    os.mkfifo(root / "fifo")
    with store.lock():
        store.write("simple/index.html", b"1")
        assert list(store.find("")) == [".git/HEAD", "CNAME", "simple/index.html"]
        assert list(store.find("link")) == []
        store.remove(["simple/index.html"])
    assert sorted(path.name for path in root.iterdir()) == sorted(
        [".git", "CNAME", "empty", "fifo", "file", "link"]
    )
    assert (tmp_path / "other/x").read_bytes() == b"x"


@pytest.mark.parametrize("path", ["link/x", "link/new/y", "file", "fifo", "directory"])
@pytest.mark.parametrize("use", ["read", "write", "replace", "remove"])
def test_what_is_no_regular_file_is_neither_read_nor_changed(store, root, tmp_path, path, use):
    write_tree(tmp_path, {"other/x": "x", "site/directory/z": "z"})
    (root / "link").symlink_to("../other")
    (root / "file").symlink_to("../other/x")
    os.mkfifo(root / "fifo")
    uses = {
        "read": lambda: store.read(path),
        "write": lambda: store.write(path, b"!"),
        "replace": lambda: store.replace(path, b"!", ""),
        "remove": lambda: store.remove([path]),
    }
    problem = (
        f"{root}/link is a symbolic link, and {path} is behind it"
        if "/" in path
        else f"{root}/{path}: (a symbolic link|not a regular file) is at this path"
    )
    with pytest.raises(OutputError, match=problem), store.lock():
        uses[use]()
    assert read_tree(tmp_path / "other") == {"x": b"x"}
    assert (root / "file").is_symlink()
    assert (root / "fifo").is_fifo()
    assert (root / "directory/z").read_bytes() == b"z"


def test_a_root_that_is_a_link_is_used(tmp_path, root):
    (tmp_path / "other").mkdir()
    root.symlink_to("other")
    with DirectoryStore(root).lock():
        DirectoryStore(root).write("a", b"1")
    assert (tmp_path / "other/a").read_bytes() == b"1"


def test_a_path_with_dots_requires_no_directory_before_them(tmp_path):
    store = DirectoryStore(tmp_path / "missing/../site")
    with store.lock():
        store.write("a", b"1")
    assert read_tree(tmp_path) == {"site/a": b"1"}


@pytest.mark.parametrize("kind", ["a file", "below a file", "a link to nothing"])
def test_a_root_that_is_no_directory(tmp_path, kind):
    root = tmp_path / "site"
    if kind == "a link to nothing":
        root.symlink_to(tmp_path / "missing/directory")
    else:
        root.write_text("x")
    store = DirectoryStore(root / "below" if kind == "below a file" else root)
    message = r"(site|below) is not a directory\. Pass a directory with --output\."
    with pytest.raises(OutputError, match=message), store.lock():
        pytest.fail("it is no directory")
    assert root.is_symlink() or root.is_file()


def test_a_file_where_a_directory_is_needed(store):
    with store.lock():
        store.write("a", b"1")
        with pytest.raises(OutputError, match=r"Cannot write .*/a/b: .*\. Check permissions"):
            store.write("a/b", b"2")
        assert store.read("a/b") is None
        assert store.read("a") == b"1"


def test_a_full_disk(store, root):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with store.lock():
        store.write("a", b"old")
        resource.setrlimit(resource.RLIMIT_FSIZE, (5, limits[1]))
        try:
            with pytest.raises(OutputError, match=r"Cannot write .*/a: .*\. Check .* free disk"):
                store.write("a", b"content" * 1000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert read_tree(root) == {"a": b"old"}


@pytest.mark.parametrize("path", ["project/con/index.html", "records/nul.json", "a/b:c", "a /b"])
def test_names_that_windows_cannot_have(store, monkeypatch, path):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(OutputError, match=r"Cannot have the file .*: the path .*\. Rename the"):
        store.write(path, b"")
    monkeypatch.setattr(sys, "platform", "linux")
    with store.lock():
        store.write(path, b"1")
        assert store.read(path) == b"1"


def test_names_that_the_file_system_cannot_have(store):
    name = "a" * 300
    with store.lock():
        for path in (name, f"{name}/b", f"a/{name}/b"):
            with pytest.raises(OutputError, match="File name too long"):
                store.write(path, b"1")
            with pytest.raises(OutputError, match="File name too long"):
                store.read(path)

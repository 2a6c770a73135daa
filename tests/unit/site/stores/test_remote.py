"""A site by fsspec: the contract of stores, in the memory and in a directory, and the lock."""

import time

import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from sdist_upip.errors import DownloadError, OutputError
from sdist_upip.site.stores.lease import LeaseTimes
from sdist_upip.site.stores.objects import FileObjects, Objects
from sdist_upip.site.stores.remote import RemoteStore
from support.store_contract import CONTRACT
from support.trees import read_tree


class PromptFiles(FileObjects):
    """Files of this computer, which others see at once."""

    settles = 0.0


@pytest.fixture(params=["memory", "files", "four at a time"])
def objects(request, tmp_path):
    if request.param == "files":
        return PromptFiles(LocalFileSystem(), str(tmp_path / "site"))
    objects = Objects(MemoryFileSystem(), f"/{tmp_path.name}-{time.monotonic_ns()}")
    objects.workers = 4 if request.param == "four at a time" else 1
    return objects


@pytest.fixture
def store(objects):
    return RemoteStore(objects, "memory://site")


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
def test_contract(store, check):
    with store.lock():
        check(store)


def test_nothing_is_written_without_the_lock(store):
    for use in (
        lambda: store.write("a", b"1"),
        lambda: store.write_many([("a", b"1")]),
        lambda: store.replace("a", b"1", ""),
        lambda: store.remove(["a"]),
    ):
        with pytest.raises(OutputError, match="memory://site is not locked"):
            use()
    assert list(store.find("")) == []
    assert store.title == "memory://site"


def test_the_lock_is_not_a_file_of_the_site_and_is_removed(store, objects):
    with store.lock():
        store.write("records/a.json", b"1")
        assert list(store.find("")) == list(store.find("records")) == ["records/a.json"]
    assert list(objects.find("")) == ["records/a.json"]
    with pytest.raises(KeyError), store.lock():
        raise KeyError
    assert list(objects.find("")) == ["records/a.json"]


def test_what_is_lost_with_the_lock(store, objects):
    with store.lock():
        objects.delete("records/lock.json")
        store._lease._end = (0.0, 0.0)
        with pytest.raises(OutputError, match=r"was lost"):
            store.write_many((f"file/{number}", b"x") for number in range(100))
    assert list(store.find("")) == []


def test_unchanged_content_is_not_written(store, objects, monkeypatch):
    written = []
    with store.lock():
        store.write_many([("a", b"1"), ("file/ab/1", b"2"), ("files/x", b"3")])
        real = objects.put
        monkeypatch.setattr(objects, "put", lambda *file: (written.append(file[0]), real(*file)))
        store.write_many([("a", b"1"), ("file/ab/1", b"2"), ("files/x", b"3"), ("b", b"4")])
        store.write("b", b"5")
        store.write("files/x", b"6")
        monkeypatch.undo()
    assert written == ["b", "b", "files/x"]
    assert store.read("files/x") == b"6"


@pytest.mark.parametrize("action", ["read", "write", "remove", "find", "lock"])
def test_failures_of_the_store_name_the_file(store, objects, monkeypatch, action):
    def fail(*arguments, **options):
        raise OSError(28, "No space left on device")

    with store.lock():
        store.write("a/b", b"1")
        for name in ("cat_file", "pipe_file", "rm_file", "find", "mv", "open"):
            monkeypatch.setattr(objects._fs, name, fail, raising=False)
        uses = {
            "read": lambda: store.read("a/b"),
            "write": lambda: store.write("a/c", b"1"),
            "remove": lambda: store.remove(["a/b"]),
            "find": lambda: list(store.find("a")),
            "lock": lambda: RemoteStore(objects, "memory://site").lock().__enter__(),
        }
        verb, file = {
            "read": ("read", "/a/b"),
            "write": ("write", "/a/c"),
            "remove": ("remove", "/a/b"),
            "find": ("read", ""),
            "lock": ("lock", ""),
        }[action]
        kind = DownloadError if verb == "read" else OutputError
        with pytest.raises(kind) as error:
            uses[action]()
        monkeypatch.undo()
    assert str(error.value) == (
        f"Cannot {verb} memory://site{file}: No space left on device. Check the address, the "
        "credentials and the free space of the store."
    )


def test_what_a_killed_run_was_writing_is_removed(tmp_path, monkeypatch):
    objects = PromptFiles(LocalFileSystem(), str(tmp_path))
    times = LeaseTimes(valid=0.3, poll=0.02)
    store = RemoteStore(objects, "sftp://host/site", times)
    for killed in (False, True):
        with pytest.raises(OutputError), store.lock():
            monkeypatch.setattr(objects._fs, "mv", lambda *_: 1 / 0)
            if killed:
                monkeypatch.setattr(objects._fs, "rm_file", lambda *_: None)
            store.write("a", b"new")
        assert killed or read_tree(tmp_path) == {}
    monkeypatch.undo()
    assert any(path.startswith(".sdist-upip.site/") for path in read_tree(tmp_path))
    assert list(store.find("")) == []
    with store.lock():
        store.write("b", b"1")
    assert read_tree(tmp_path) == {"b": b"1"}


def test_the_first_error_is_shown(store, objects, monkeypatch):
    def fail(*arguments):
        raise OSError(5, "the store is away")

    message = "Cannot write memory://site/a: the store is away"
    with pytest.raises(OutputError, match=message), store.lock():
        for name in ("put", "get", "get_versioned"):
            monkeypatch.setattr(objects, name, fail)
        store.write("a", b"1")
    monkeypatch.undo()
    objects.delete("records/lock.json")
    message = "Cannot unlock memory://site: the store is away"
    with pytest.raises(OutputError, match=message), store.lock():
        monkeypatch.setattr(objects, "get_versioned", fail)

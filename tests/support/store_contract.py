"""What every store of a site does: functions that each take a store that is empty and locked."""

from __future__ import annotations

import pytest

from sdist_upip.errors import SdistUpipError
from sdist_upip.site.store import ConflictError


def a_file_is_read_as_it_was_written(store):
    for data in (b"", b"\0\r\n\xff", b"a" * 100_000, b"shorter"):
        store.write("simple/x/index.html", data)
        assert store.read("simple/x/index.html") == data
    assert list(store.find("")) == ["simple/x/index.html"]


def a_missing_file_is_none(store):
    assert store.read("a/b.json") is None
    assert store.read("a") is None
    assert store.read_versioned("a/b.json") == (None, "")
    assert list(store.find("")) == list(store.find("a")) == []


def names_are_kept(store):
    names = ["a b.html", "ä.html", "%41.html", "a+b~.html", "x=1&y.html", "[a]*?.html", "#.html"]
    store.write_many((f"d/{name}", name.encode()) for name in names)
    assert list(store.find("d")) == sorted(f"d/{name}" for name in names)
    for name in names:
        assert store.read(f"d/{name}") == name.encode()
    store.remove(["d/[a]*?.html"])
    assert list(store.find("d")) == sorted(f"d/{name}" for name in names if name[0] != "[")


def many_files_are_there_on_return(store):
    files = {f"file/{number % 7:02}/{number}": b"%d" % number for number in range(40)}
    store.write("file/00/0", b"old")
    store.write_many((path, data) for path, data in files.items())
    assert {path: store.read(path) for path in store.find("file")} == files
    store.write_many([])


def an_error_among_many_files_ends_the_writing(store):
    def files():
        for number in range(30):
            yield f"file/{number}", b"x"
        raise KeyError("the source of files failed")

    with pytest.raises(KeyError, match="the source of files"):
        store.write_many(files())
    assert len(list(store.find("file"))) <= 30


def files_are_found_in_the_order_of_their_paths(store):
    paths = ["a", "a-b/c", "a.b", "b/a", "b/a-/x", "b/a.html", "b/a0/x", "b0", "c/d/e/f"]
    store.write_many((path, b"") for path in reversed(paths))
    assert list(store.find("")) == sorted(paths)
    assert list(store.find("b")) == ["b/a", "b/a-/x", "b/a.html", "b/a0/x"]
    assert list(store.find("c/d")) == ["c/d/e/f"]
    for prefix in ("a", "c/d/e/f", "c/d/e/f/g", "d", "B"):
        assert list(store.find(prefix)) == []


def files_are_removed_with_their_directories(store):
    store.write_many((path, b"x") for path in ("a/b/c", "a/b/d", "a/e/f", "g"))
    store.remove(["a/b/c", "a/b/nothing", "nothing/at/all"])
    assert list(store.find("")) == ["a/b/d", "a/e/f", "g"]
    store.remove(iter(["a/b/d", "a/e/f"]))
    assert list(store.find("")) == ["g"]
    store.write("a/b", b"where a directory was")
    assert store.read("a/b") == b"where a directory was"
    store.remove([])


def a_changed_file_is_not_replaced(store):
    path = "records/catalog.jsonl"
    for data in (b"1", b"2"):
        _, token = store.read_versioned(path)
        store.replace(path, data, token)
    with pytest.raises(ConflictError):
        store.replace(path, b"3", token)
    assert store.read_versioned(path)[0] == b"2"
    with pytest.raises(ConflictError):
        store.replace(path, b"3", "")
    _, token = store.read_versioned(path)
    store.replace(path, b"", token)
    assert store.read_versioned(path)[0] == b""
    _, token = store.read_versioned(path)
    store.replace(path, b"2", token)
    store.remove([path])
    with pytest.raises(ConflictError):
        store.replace(path, b"3", token)
    assert store.read_versioned(path) == (None, "")


def impossible_paths_are_refused(store):
    for path in ("../x", "/x", "a//b", "a/./b", "a\\b", "a\0b", "a/../../b", "a\nb", ""):
        for use in (
            lambda path: store.write(path, b""),
            lambda path: store.write_many([(path, b"")]),
            lambda path: store.remove([path]),
            store.read,
        ):
            with pytest.raises(SdistUpipError, match=r"the path .*\. Rename the package"):
                use(path)
    assert list(store.find("")) == []


CONTRACT = (
    a_file_is_read_as_it_was_written,
    a_missing_file_is_none,
    names_are_kept,
    many_files_are_there_on_return,
    an_error_among_many_files_ends_the_writing,
    files_are_found_in_the_order_of_their_paths,
    files_are_removed_with_their_directories,
    a_changed_file_is_not_replaced,
    impossible_paths_are_refused,
)

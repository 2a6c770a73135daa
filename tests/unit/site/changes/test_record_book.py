"""Records as they are, and as they become."""

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.site.changes.record_book import RecordBook, record_path
from sdist_upip.site.records import ProjectRecord
from support.site_records import make_release
from support.sites import MemoryStore


def make_project(name, *versions):
    return ProjectRecord(name, (), tuple(make_release(one, name) for one in versions))


@pytest.fixture
def store():
    return MemoryStore({record_path(name): make_project(name, "1").to_json() for name in "abc"})


def test_changes_are_not_in_the_store(store):
    with RecordBook(store) as book:
        book.put(make_project("a", "2"))
        book.put(make_project("d", "1"))
        book.put(make_project("d", "1", "2"))
        book.discard("b")
        assert [one.version for one in book["a"].releases] == ["2"]
        assert [one.version for one in book["d"].releases] == ["2", "1"]
        assert book.get("b") is None and book["c"].name == "c"
        assert list(book.changed) == [("a", True), ("b", False), ("d", True)]
        assert book.read_bytes("a") == make_project("a", "2").to_json()
        assert [one.version for one in book.read_stored("a").releases] == ["1"]
        assert book.read_stored("d") is None
    assert store.writes == []


def test_records_are_read_once(store):
    with RecordBook(store) as book:
        assert book["a"] is book["a"]
    assert store.reads == [record_path("a")]


def test_records_that_are_missing_or_damaged_are_refused(store):
    store.files[record_path("a")] = b"{}"
    store.files[record_path("b")] = make_project("x", "1").to_json()
    with RecordBook(store) as book:
        for name, message in (("a", "cannot be read"), ("b", "another project"), ("d", "missing")):
            with pytest.raises(OutputError, match=f"records/project/{name}.json.*{message}"):
                book[name]

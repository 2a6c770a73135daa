"""The types of values in the JSON files of a site, of which each may have been edited."""

import json
from dataclasses import dataclass, replace

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.site.catalog import CatalogEntry
from sdist_upip.site.changes.journal import Pending
from sdist_upip.site.changes.own_files import OwnPackages, OwnRecord
from sdist_upip.site.changes.record_book import RecordBook
from sdist_upip.site.json_types import check_types, read_list
from sdist_upip.site.records import ProjectRecord, SiteFile
from support.site_records import make_release
from support.sites import MemoryStore

_OTHERS = (None, True, 3, 1.5, "text", [], {}, ["text"], [3], [[]], [["text", 3]], [{}])


@dataclass(frozen=True)
class Sample:
    text: str
    pairs: tuple[tuple[str, int], ...] = ()
    files: tuple[SiteFile, ...] | None = None


@pytest.mark.parametrize(
    ("values", "is_right"),
    [
        ({}, True),
        ({"text": None}, False),
        ({"text": b"x"}, False),
        ({"pairs": (("a", 1), ("b", 2))}, True),
        ({"pairs": (("a", True),)}, False),
        ({"pairs": (("a", 1, 2),)}, False),
        ({"pairs": ["a"]}, False),
        ({"pairs": ("ab",)}, False),
        ({"files": (SiteFile("a", "b", 1),)}, True),
        ({"files": (SiteFile("a", "b", "1"),)}, False),
        ({"files": ("a",)}, False),
    ],
)
def test_values_have_the_declared_types(values, is_right):
    value = Sample(**{"text": "x", **values})
    if is_right:
        check_types(value)
    else:
        with pytest.raises(TypeError, match=f"{next(iter(values))} has a value of the wrong type"):
            check_types(value)


def test_only_lists_are_lists():
    assert read_list([1, 2]) == (1, 2)
    for other in ("ab", {"a": 1}, None, 3):
        with pytest.raises(TypeError, match="is not a list"):
            read_list(other)


def find_damaged(value):
    """Yield JSON values like `value`, each with one value of another type."""
    if isinstance(value, dict):
        for key in value:
            yield from ({**value, key: one} for one in find_damaged(value[key]))
    elif isinstance(value, list) and value:
        yield from ([one, *value[1:]] for one in find_damaged(value[0]))
    yield from (one for one in _OTHERS if type(one) is not type(value))


RELEASE = make_release(
    sources=("a",), requires=("b",), deps=(("c", "1"),), inlined=(("d", "1"),), missing=("e",)
)
PROJECT = ProjectRecord(
    "sample",
    ("Sample",),
    (replace(RELEASE, compiled=RELEASE.files, without=("f",), yanked="bad"),),
)
OWN = OwnRecord("upip", ("upip",), "1", "", RELEASE.files, RELEASE.files)
FILES = {
    "a record": (ProjectRecord.from_json, PROJECT.to_json()),
    "a catalog": (CatalogEntry.from_line, CatalogEntry.from_project(PROJECT).to_line()),
    "own packages": (OwnPackages.from_json, OwnPackages("key", (OWN,)).to_json()),
}


@pytest.mark.parametrize("name", FILES)
def test_a_value_of_another_type_is_found(name):
    """Null is right for two values, and a list may be empty. All others are refused."""
    read, data = FILES[name]
    count = 0
    for damaged in find_damaged(json.loads(data)):
        text = json.dumps(damaged).encode()
        try:
            read(text)
        except ValueError:
            count += 1
        else:
            assert b"null" in text or damaged.get("schema") is True, text
    assert count > 100


def test_a_change_of_other_types_states_nothing():
    data = Pending((("a", "1"),), (("b", "1", ""),), (("c", "1"),)).to_json()
    for damaged in find_damaged(json.loads(data)):
        pending = Pending.from_json(json.dumps(damaged).encode())
        assert pending == Pending() or [] in damaged.values()


def test_the_message_names_the_record_with_a_remedy():
    content = json.loads(PROJECT.to_json())
    content["releases"][0]["time"] = "yesterday"
    store = MemoryStore({"records/project/sample.json": json.dumps(content).encode()})
    with RecordBook(store) as book, pytest.raises(OutputError) as error:
        book.get("sample")
    assert "records/project/sample.json cannot be read" in str(error.value)
    assert "wrong type). Restore the file from a backup." in str(error.value)

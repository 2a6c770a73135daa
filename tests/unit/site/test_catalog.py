"""Catalogs: lines that are parsed when they are needed, and who requires what."""

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.site.catalog import Catalog, CatalogEntry, find_required_names
from support.catalogs import make_catalog

PROJECTS = {"b": {"1.0": ["A>=1", "c [x] ; extra == 'y'"], "2.0": []}, "a": {"1.0": ["Foo_Bar"]}}


def test_a_catalog_is_a_sorted_collection_of_names():
    catalog = make_catalog(PROJECTS)
    assert list(catalog) == ["a", "b"] and len(catalog) == 2 and "b" in catalog
    assert [entry.name for entry in catalog.entries()] == ["a", "b"]
    assert catalog.get("b").releases[0].requires == ("A>=1", "c [x] ; extra == 'y'")
    assert catalog.get("c") is None


def test_the_file_is_read_back():
    catalog = make_catalog(PROJECTS)
    again = Catalog.from_bytes(catalog.to_bytes())
    assert list(again.entries()) == list(catalog.entries())
    assert again.to_bytes() == catalog.to_bytes()
    assert len(Catalog.from_bytes(b"")) == 0


@pytest.mark.parametrize("data", [b"{}\n", b'{"name":"a"}', b'{"name":"a\n', b"\n", b"[]\n"])
def test_other_files_are_refused(data):
    with pytest.raises(ValueError, match="catalog"):
        Catalog.from_bytes(data)


@pytest.mark.parametrize("line", [b'{"name":"a"}', b'{"name":1}', b"[]", b"[" * 100_000])
def test_other_lines_are_refused(line):
    with pytest.raises(ValueError, match="not an entry of a catalog"):
        CatalogEntry.from_line(line)


@pytest.mark.parametrize("rest", [b"", b',"releases":{}}', b',"releases":[1]}', b',"x":\xff}'])
def test_a_damaged_line_is_named_with_a_remedy(rest):
    catalog = Catalog.from_bytes(b'{"name":"a"' + rest + b"\n")
    reads = (
        lambda: catalog.get("a"),
        lambda: list(catalog.entries()),
        lambda: catalog.find_dependants("b") or catalog.get("a"),
    )
    for read in reads:
        with pytest.raises(OutputError, match=r"catalog.jsonl cannot be read: a: .* Remove this"):
            read()


def test_dependants_follow_changes():
    catalog = make_catalog(PROJECTS)
    assert catalog.find_dependants("a") == {"b"}
    assert catalog.find_dependants("foo-bar") == {"a"}
    other = catalog.copy()
    other.discard("b")
    other.discard("b")
    assert (other.find_dependants("a"), catalog.find_dependants("a")) == (set(), {"b"})
    other.put(make_catalog({"d": {"1.0": ["a"]}}).get("d"))
    assert other.find_dependants("a") == {"d"}
    other.put(make_catalog({"d": {"1.0": ["b"]}}).get("d"))
    assert other.find_dependants("a") == set()
    assert other.find_dependants("nothing") == set()


def test_names_are_found_in_requirements():
    texts = [" A.b_C>=1", "d[e]", "f ; x == '1'", "", "-", "g@ https://h"]
    assert list(find_required_names(texts)) == ["a-b-c", "d", "f", "g"]
    assert make_catalog(PROJECTS).get("b").required_names == {"a", "c"}

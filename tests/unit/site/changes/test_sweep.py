"""Files that nothing names are removed, each before those that it names."""

import pytest

from sdist_upip.site.catalog import Catalog
from sdist_upip.site.changes.own_files import OwnPackages
from sdist_upip.site.changes.record_book import RecordBook
from sdist_upip.site.changes.sweep import find_stale, find_stale_contents, remove_files, sweep
from sdist_upip.site.records import ProjectRecord
from sdist_upip.site.settings import SiteSettings
from support.site_records import make_release
from support.sites import Archives, MemoryStore, References, build

OWN = OwnPackages("", ())


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    make = Archives(tmp_path_factory.mktemp("archives"))
    chain = [make(f"p{n}", "1.0", [f"p{n + 1}"] if n < 3 else []) for n in range(4)]
    return build(*chain, make("same", "1.0", (), {"same.py": "version = '1.0'\n"}))


def test_stale_files_are_those_that_the_new_record_does_not_name():
    settings = SiteSettings(url="https://h")
    before = ProjectRecord("sample", ("Sample",), (make_release("1.0"), make_release("2.0")))
    after = ProjectRecord("sample", (), (make_release("1.0"),))
    stale = find_stale(before, after, settings)
    assert {path for path in stale if "2.0" not in path and "Sample" not in path} == set()
    assert "files/sample-2.0.tar.gz" in stale and "pypi/Sample/json" in stale
    everything = find_stale(before, None, settings)
    assert "records/project/sample.json" in everything and {*stale} < {*everything}
    assert find_stale(after, before, settings) == []


def test_contents_stay_while_a_record_names_them(site):
    store = MemoryStore(site.files)
    contents = [path for path in store.files if path.startswith("file/")]
    assert len(find_stale_contents(store, contents, OWN)) == len(contents) - 1  # one for all
    for path in list(store.find("records/project")):
        del store.files[path]
    assert find_stale_contents(store, contents, OWN) == sorted(contents)


def test_all_that_follows_from_no_record_is_swept(site):
    store = MemoryStore(site.files)
    kept = {"index.html", "docs/x", "CNAME"}
    lost = {"files/x.tar.gz", "package/py/x/1.json", "project/x/index.html", "static/old.css"}
    store.files.update(dict.fromkeys(kept | lost, b"{}"))
    own = OwnPackages.from_json(site.files["records/own.json"])
    with RecordBook(store) as book:
        sweep(store, Catalog.read(store), book, SiteSettings(), own)
    assert store.files.keys() == site.files.keys() | kept
    assert {*store.writes} == lost


def test_files_are_removed_before_those_that_they_name(site):
    store = MemoryStore(site.files, after=References())
    del store.files["index.json"]
    for path in ("index.html", "simple/index.html"):
        store.files[path] = b""
    paths = [path for path in site.files if not path.startswith(("static", "records/own"))]
    remove_files(store, [path for path in paths if path.count("/")])
    removed = [path for path in store.writes if path.startswith("package/py/p")]
    names = [path.split("/")[2] for path in removed if path.endswith("/1.0.json")]
    assert names == ["p0", "p1", "p2", "p3"]


@pytest.mark.parametrize("data", [b"", b"[]", b'{"deps": [1]}', b'{"deps": 1}'])
def test_damaged_json_is_removed(data):
    store = MemoryStore({"package/py/a/1.json": data, "package/py/b/1.json": b"{}"})
    remove_files(store, list(store.files))
    assert store.files == {}

"""Pages of projects never link to a page that is not there yet."""

import pytest

from sdist_upip.site.catalog import Catalog
from sdist_upip.site.changes.pages import PageWriter
from sdist_upip.site.changes.record_book import RecordBook
from sdist_upip.site.settings import SiteSettings
from support.sites import Archives, MemoryStore, References, build


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    make = Archives(tmp_path_factory.mktemp("archives"))
    return build(make("a", "1.0", ["b", "nope"]), make("b", "1.0", ["a"]), make("c", "1.0", ["b"]),
                 make("d", "1.0"), allow_missing=True)  # fmt: skip


def write(site, present):
    """Write all pages where those of `present` are there; return the paths in order."""
    files = {path: data for path, data in site.files.items() if not path.startswith("project/")}
    files |= {f"project/{name}/index.html": b"" for name in present}
    del files["index.html"]
    store = MemoryStore(files)
    store.files["index.html"] = store.files["index.json"] = b'{"packages": []}'
    store.after = References()
    with RecordBook(store) as book:
        PageWriter(store, SiteSettings(), {*present}, Catalog.read(store), book).write("abcd")
    for path in site.files:
        if path.startswith("project/"):
            assert store.files[path] == site.files[path]
    return [path.split("/")[1] for path in store.writes]


def test_new_pages_that_link_to_each_other_are_written_twice(site):
    assert write(site, "") == ["a", "b", "c", "d", "a", "b", "c"]


def test_pages_that_are_there_are_written_after_the_new_ones(site):
    assert write(site, "acd") == ["b", "d", "a", "c"]

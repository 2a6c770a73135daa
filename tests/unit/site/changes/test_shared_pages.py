"""The files with all projects."""

from sdist_upip.site.catalog import Catalog
from sdist_upip.site.changes.shared_pages import make_shared_pages, prepare_shared_pages
from sdist_upip.site.settings import SiteSettings
from support.catalogs import make_catalog
from support.sites import URL, MemoryStore

PATHS = ["simple/index.html", "index.json", "index.html"]


def test_the_feed_needs_the_url_of_the_site():
    catalog = make_catalog({"a": {"1.0": []}})
    assert [path for path, _ in make_shared_pages(catalog, SiteSettings(), [])] == PATHS
    found = [path for path, _ in make_shared_pages(catalog, SiteSettings(url=URL), [])]
    assert found == [*PATHS[:2], "feed.xml", PATHS[2]]


def test_what_pages_link_to_is_there_first():
    store = MemoryStore()
    prepare_shared_pages(store, Catalog(), SiteSettings(url=URL), [])
    assert all(path.startswith("static/") for path in store.writes[:-4])
    assert store.writes[-4:] == [*PATHS, "feed.xml"]
    assert b"feed.xml" not in store.files["index.html"]
    store.forget()
    prepare_shared_pages(store, Catalog(), SiteSettings(url=URL, title="Other"), [])
    assert store.writes == []

"""The files that have all projects of the site, or that all pages need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..catalog import Catalog
from ..formats.listing import LISTING, OwnListing, make_listing
from ..formats.simple import make_simple_index
from ..pages.feed import render_feed
from ..pages.overview import render_overview
from ..pages.static_files import read_static_files
from ..settings import SiteSettings
from ..store import Store

SIMPLE_INDEX = "simple/index.html"
OVERVIEW = "index.html"
FEED = "feed.xml"


def make_shared_pages(
    catalog: Catalog, settings: SiteSettings, own: list[OwnListing]
) -> Iterator[tuple[str, bytes]]:
    """Yield the files with all projects: (path, content), those first that others link to."""
    yield SIMPLE_INDEX, make_simple_index(catalog)
    yield LISTING, make_listing(catalog.entries(), own)
    if settings.url:
        yield FEED, render_feed(catalog.entries(), settings)
    yield OVERVIEW, render_overview(catalog.entries(), settings, own)


def prepare_shared_pages(
    store: Store, before: Catalog, settings: SiteSettings, own: list[OwnListing]
) -> None:
    """Write what all pages link to, so that it is there before them."""
    static = read_static_files()
    present = {*store.find("static")}
    store.write_many((path, data) for path, data in static.items() if path not in present)
    store.write_many((path, data) for path, data in static.items() if path in present)
    if store.read(OVERVIEW) is None:  # without the URL, it does not link to the feed
        for path, data in make_shared_pages(before, replace(settings, url=""), own):
            store.write(path, data)
    if settings.url and store.read(FEED) is None:
        store.write(FEED, render_feed(before.entries(), settings))

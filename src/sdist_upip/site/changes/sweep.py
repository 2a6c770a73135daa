"""Files that no record of a site names any more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import chain

from ...errors import OutputError
from ..catalog import CATALOG, Catalog
from ..formats.listing import LISTING
from ..formats.package_json import PACKAGES
from ..formats.paths import DIRECTORIES, PAGES, list_contents, list_paths
from ..pages.static_files import read_static_files
from ..records import ProjectRecord
from ..release import HASH_DIGITS, content_path
from ..settings import SETTINGS, SiteSettings
from ..store import Store
from .journal import PENDING
from .own_files import OWN, OwnPackages
from .record_book import RECORDS, RecordBook, record_path
from .shared_pages import FEED, OVERVIEW, SIMPLE_INDEX

_GONE = (
    b'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Removed</title></head>'
    b"<body><p>This project was removed.</p></body></html>\n"
)
_BATCH = 1000
"""Files that are removed at a time."""
_SHA256 = re.compile(rb'"([0-9a-f]{%d})[0-9a-f]{%d}"' % (HASH_DIGITS, 64 - HASH_DIGITS))


def find_stale(
    before: ProjectRecord, after: ProjectRecord | None, settings: SiteSettings
) -> list[str]:
    """Return the files of a project that its new record does not name.

    The files for mip are not among them, since other projects may have the same.
    """
    kept = set(list_paths(after, settings)) if after else set()
    stale = [path for path in list_paths(before, settings) if path not in kept]
    return stale if after else [*stale, record_path(before.name)]


def find_stale_contents(store: Store, candidates: Iterable[str], own: OwnPackages) -> list[str]:
    """Return those of the files for mip (paths) that no record names. All records are read."""
    left = {*candidates} - {path for one in own.packages for path in one.list_paths()}
    for path in store.find(RECORDS):
        if not left:
            break
        hashes = _SHA256.findall(store.read(path) or b"")
        left.difference_update(content_path(one.decode()) for one in hashes)
    return sorted(left)


def sweep(
    store: Store, catalog: Catalog, book: RecordBook, settings: SiteSettings, own: OwnPackages
) -> list[str]:
    """Remove all files of the site that follow from no record and no setting; return them.

    No page that stays may link to the feed of a site without a URL.
    """
    expected = {SETTINGS, CATALOG, PENDING, OWN, SIMPLE_INDEX, *read_static_files()}
    expected.update(path for one in own.packages for path in one.list_paths())
    for name in catalog:
        project = book[name]
        expected.update((record_path(name), *list_paths(project, settings)))
        expected.update(list_contents(project.releases))
    found = (path for directory in DIRECTORIES for path in store.find(directory))
    stale = [path for path in found if path not in expected]
    if not settings.url:
        store.remove([FEED])
    remove_files(store, stale)
    return stale


def refuse_other_files(store: Store) -> None:
    """Raise OutputError if a place that has no site yet has files where a site has its own.

    They would be replaced or removed.
    """
    others = (path for directory in DIRECTORIES for path in store.find(directory))
    shared = (path for path in (OVERVIEW, LISTING, FEED) if store.read(path) is not None)
    other = next(chain(shared, others), None)
    if other is not None:
        raise OutputError(
            f"{store.title} is not a site of packages, and has {other}, which a site would "
            "replace. Choose another place for the site, or move the file."
        )


def remove_files(store: Store, paths: Iterable[str]) -> None:
    """Remove files, each before those that it names."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        groups.setdefault(path.partition("/")[0], []).append(path)
    for directory in DIRECTORIES:
        found = sorted(groups.get(directory, ()))
        if directory == PACKAGES:
            found = _sort_json(store, found)
        if directory == PAGES and len(found) > 1:  # they may link to one another
            store.write_many((path, _GONE) for path in found)
        for start in range(0, len(found), _BATCH):
            store.remove(found[start : start + _BATCH])


def _sort_json(store: Store, paths: list[str]) -> list[str]:
    """Return JSON files for mip, each before those of its dependencies."""
    ordered: dict[str, None] = {}
    for start in paths:
        path = [start]
        while path:
            needed = _read_needed(store, path[-1])
            waiting = [one for one in needed if one in paths and one not in ordered]
            if waiting and path[-1] not in ordered:
                path += waiting
            else:
                ordered.setdefault(path.pop())
    return list(reversed(ordered))


def _read_needed(store: Store, path: str) -> list[str]:
    try:
        deps = json.loads(store.read(path) or b"{}").get("deps", ())
        return [f"{PACKAGES}/{path.split('/')[1]}/{name}/{version}.json" for name, version in deps]
    except (AttributeError, TypeError, ValueError):
        return []

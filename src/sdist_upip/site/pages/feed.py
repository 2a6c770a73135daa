"""The feed of releases (Atom, RFC 4287)."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from packaging.version import Version

from ..catalog import CatalogEntry
from ..settings import SiteSettings
from .dates import format_time, read_time
from .environment import get_template, shorten, show_title
from .links import quote_url

LIMIT = 50
"""Releases in the feed."""


@dataclass(frozen=True, slots=True, order=True)
class _Release:
    """A release in the order of the feed: the newest first, then by name, newer versions first."""

    time: int
    name: str
    place: int
    version: str
    title: str
    summary: str
    author: str


def render_feed(entries: Iterable[CatalogEntry], settings: SiteSettings) -> bytes:
    """Return `feed.xml` with the newest releases that are not yanked.

    Raises ValueError if the URL of the site is unknown, since a feed has absolute URLs only.
    """
    if not settings.url:
        raise ValueError("a feed needs the URL of the site")
    url = quote_url(settings.url)
    newest = heapq.nsmallest(LIMIT, _find_releases(entries))
    page = get_template("feed.xml").render(
        title=show_title(settings),
        url=url,
        updated=format_time(max((-one.time for one in newest), default=0)),
        releases=newest,
        locate=lambda one: f"{url}/project/{quote(one.name)}/index.html#{quote(one.version)}",
        format_time=lambda one: format_time(-one.time),
    )
    return page.encode()


def _find_releases(entries: Iterable[CatalogEntry]) -> Iterator[_Release]:
    for entry in entries:
        for place, release in enumerate(entry.releases):
            if release.yanked is None:
                yield _Release(
                    -release.time if read_time(release.time) else 0,
                    entry.name,
                    place,
                    str(Version(release.version)),
                    f"{entry.name} {release.version}",
                    shorten(entry.summary),
                    shorten(entry.author),
                )

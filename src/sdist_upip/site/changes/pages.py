"""The pages of projects, written in an order in which no page links to one that is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass

from ..catalog import Catalog
from ..formats.paths import page_path
from ..pages.project import render_project
from ..records import ProjectRecord
from ..settings import SiteSettings
from ..store import Store
from .record_book import RecordBook
from .workers import map_items


@dataclass(frozen=True, slots=True)
class _Page:
    record: ProjectRecord
    settings: SiteSettings
    metadata: bytes
    linked: frozenset[str]
    required_by: tuple[str, ...]


@dataclass
class PageWriter:
    """Writes pages of projects. `before` are the projects whose pages are there."""

    store: Store
    settings: SiteSettings
    before: Set[str]
    catalog: Catalog
    book: RecordBook

    def write(self, names: Iterable[str]) -> None:
        """Write the pages of projects.

        A new page that links to other new ones is written without these links first, and without
        its description, which takes long to render.
        """
        ordered = sorted(names)
        linking = [name for name in ordered if not self._find_mentioned(name) <= self.before]
        first = [name for name in linking if name not in self.before]
        rest = {*ordered} - {*linking}
        self._write(first, self.before, described=False)
        self._write(sorted(rest), self.catalog)
        self._write(linking, self.catalog)

    def _write(
        self, names: Iterable[str], present: Collection[str], *, described: bool = True
    ) -> None:
        pages = (self._describe(name, present, described) for name in names)
        self.store.write_many(map_items(_render, pages))

    def _describe(self, name: str, present: Collection[str], described: bool) -> _Page:
        record = self.book[name]
        linked = frozenset(one for one in self._find_mentioned(name) if one in present)
        data = self.store.read(record.newest.metadata_path) if described else None
        required_by = tuple(sorted(self.catalog.find_dependants(name)))
        return _Page(record, self.settings, data or b"", linked, required_by)

    def _find_mentioned(self, name: str) -> set[str]:
        """Return the projects of the site that a page names."""
        entry = self.catalog.get(name)
        required = entry.required_names if entry else set()
        found = {*required, *self.catalog.find_dependants(name)}
        return {one for one in found if one in self.catalog}


def _render(page: _Page) -> tuple[str, bytes]:
    content = render_project(
        page.record, page.settings, page.metadata, page.linked, page.required_by
    )
    return page_path(page.record.name), content

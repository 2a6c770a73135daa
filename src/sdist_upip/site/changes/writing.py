"""The writes of a change, in the order in which readers find a whole site at any moment.

A file is written before the first file that names it, and removed after the last one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from ..catalog import CATALOG, Catalog
from ..dependencies.requirements import Node
from ..formats.package_json import (
    PACKAGES,
    TREES,
    list_latest_paths,
    list_version_paths,
    make_package_json,
    merge_files,
    spell_version,
)
from ..formats.paths import list_paths
from ..formats.simple import make_simple_page, simple_path
from ..formats.stock_upip import STOCK, list_stock_paths, make_stock_json
from ..records import ProjectRecord, ReleaseRecord
from ..settings import SiteSettings
from ..store import Store
from .own_files import OWN, OwnPackages
from .pages import PageWriter
from .plan import Plan
from .record_book import RecordBook, record_path
from .shared_pages import make_shared_pages, prepare_shared_pages

File = tuple[str, bytes]


@dataclass
class SiteWriter:
    """Writes a change of a site from `before` to `catalog`. `token` is that of the old catalog.

    `own` are the packages of the site itself, and `own_contents` their files if they changed.
    """

    store: Store
    settings: SiteSettings
    before: Catalog
    token: str
    catalog: Catalog
    book: RecordBook
    own: OwnPackages
    own_contents: dict[str, bytes]

    def write(self, plan: Plan, changed: Collection[str], pages: Collection[str]) -> None:
        """Write all but the removals. `pages` are the projects with a page.

        Raises ConflictError if another run replaced the catalog.
        """
        changed = sorted(name for name in changed if name in self.catalog)
        self.store.write_many(self._list_records())
        self._write_own()
        for level in plan.levels:
            self.store.write_many(self._list_versions(level))
        named = dict.fromkeys(node.name for level in plan.levels for node in level)
        self.store.write_many(self._list_latest({*named, *changed}))
        self.store.write_many(self._list_indexes(changed))
        prepare_shared_pages(self.store, self.before, self.settings, self.own.listing)
        writer = PageWriter(self.store, self.settings, {*pages}, self.catalog, self.book)
        writer.write(plan.pages)
        self.store.replace(CATALOG, self.catalog.to_bytes(), self.token)
        for path, data in make_shared_pages(self.catalog, self.settings, self.own.listing):
            self.store.write(path, data)

    def restore(self, removed: Iterable[str]) -> None:
        """Write files again that are the same as removed ones where the case of names is ignored.

        A project with the names `Foo` and `foo` has one directory of each kind there.
        """
        gone = {path.lower() for path in removed if path.startswith((PACKAGES, STOCK))}
        names = {canonicalize_name(path.split("/")[-2]) for path in gone}
        for name in sorted(one for one in names if one in self.catalog):
            project = self.book[name]
            if not gone.isdisjoint(path.lower() for path in list_paths(project, self.settings)):
                nodes = [Node(name, release.version) for release in project.releases]
                self.store.write_many(self._list_versions(nodes))
                self.store.write_many(self._list_latest([name]))
                self.store.write_many(self._list_stock(project))

    def _list_records(self) -> Iterator[File]:
        for name, is_there in self.book.changed:
            if is_there:
                yield record_path(name), self.book.read_bytes(name)

    def _write_own(self) -> None:
        if self.own_contents:
            self.store.write_many(self.own_contents.items())
            for one in self.own.packages:
                for path, data in one.list_json():
                    self.store.write(path, data)
            self.store.write(OWN, self.own.to_json())

    def _list_versions(self, nodes: Iterable[Node]) -> Iterator[File]:
        for node in sorted(nodes):
            project = self.book[node.name]
            release = next(one for one in project.releases if one.version == node.version)
            for tree in TREES:
                data = self._make_json(release, tree)
                for path in list_version_paths(project.spellings, release.version, tree):
                    yield path, data

    def _list_latest(self, names: Iterable[str]) -> Iterator[File]:
        for name in sorted(names):
            project = self.book[name]
            if project.latest is not None:
                for tree in TREES:
                    data = self._make_json(project.latest, tree)
                    for path in list_latest_paths(project.spellings, tree):
                        yield path, data

    def _make_json(self, release: ReleaseRecord, tree: str) -> bytes:
        inlined = [self._find(name, version) for name, version in release.inlined]
        files = merge_files((*inlined, release), tree)
        return make_package_json(spell_version(release.version), files, release.deps)

    def _find(self, name: str, version: str) -> ReleaseRecord:
        releases = self.book[name].releases
        return next(one for one in releases if spell_version(one.version) == version)

    def _list_indexes(self, names: Iterable[str]) -> Iterator[File]:
        for name in names:
            project = self.book[name]
            yield simple_path(name), make_simple_page(project)
            yield from self._list_stock(project)

    def _list_stock(self, project: ProjectRecord) -> Iterator[File]:
        data = make_stock_json(project, self.settings.url) if self.settings.url else None
        if data is not None:
            for path in list_stock_paths(project):
                yield path, data

"""A site whose change was interrupted: completed from its records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from ...errors import ConfigError, OutputError
from ..catalog import CATALOG, Catalog, CatalogEntry
from ..formats.paths import FILES, PAGES, list_archives, list_contents
from ..records import ReleaseRecord
from ..release import CONTENTS
from ..settings import SETTINGS, SiteSettings
from ..store import ConflictError, Store
from .edits import Editor
from .journal import PENDING, Journal, Named, Pending
from .own_files import OwnPackages, make_key, make_own, read_own
from .plan import Planner
from .recompile import recompile
from .record_book import RECORDS, RecordBook
from .sweep import sweep
from .writing import SiteWriter

_ATTEMPTS = 5


def read_settings(store: Store) -> SiteSettings | None:
    """Return the settings of a site, None without a site. Raises ConfigError for other files."""
    data = store.read(SETTINGS)
    try:
        return None if data is None else SiteSettings.from_json(data)
    except ValueError as error:
        raise ConfigError(
            f"{store.title}: {SETTINGS} cannot be read: {error}. Use the version of sdist-upip "
            "that wrote the site, or choose another directory."
        ) from error


def recover(store: Store) -> Pending | None:
    """Complete an interrupted change, and return what it was; None if there is none.

    The caller removes `records/pending.json`: so the same command knows its own changes, also after
    another kill.

    Releases whose records were not written are not in the site then, and neither are new ones that
    require them.
    """
    data = store.read(PENDING)
    if data is None and _read_catalog(store)[0] is not None:
        return None
    pending = Pending() if data is None else Pending.from_json(data)
    complete(store, pending)
    return pending


def complete(store: Store, pending: Pending) -> None:
    """Write all that follows from the records of a site, and remove all other files.

    `records/pending.json` stays. Raises OutputError if other runs change the site again and again.
    """
    for _ in range(_ATTEMPTS):
        with suppress(ConflictError):
            _complete(store, pending)
            return
    raise OutputError(
        f"{store.title} was changed by other runs {_ATTEMPTS} times meanwhile. Run the command "
        "again when no other run is active."
    )


def prepare_own(store: Store, settings: SiteSettings) -> tuple[OwnPackages, dict[str, bytes], bool]:
    """Return the packages that each site has, their files unless the site has them, and whether
    all files of the site are to be written again.
    """
    own, key = read_own(store), make_key(settings)
    if own is not None and own.key == key:
        return own, {}, False
    return *make_own(settings, key), True


def _complete(store: Store, pending: Pending) -> None:
    settings = read_settings(store) or SiteSettings()
    known, token = _read_catalog(store)
    with RecordBook(store) as book:
        catalog = Catalog()
        for path in store.find(RECORDS):
            name = path.removeprefix(f"{RECORDS}/").removesuffix(".json")
            catalog.put(CatalogEntry.from_project(book[name]))
        Journal(store, pending).begin()
        store.write(SETTINGS, settings.to_json())
        if pending.recompile:
            recompile(store, catalog, book, settings)
        editor = Editor(store, catalog, book)
        _apply(editor, pending)
        own, contents, _ = prepare_own(store, settings)
        run = _Completion(store, settings, known, catalog, book, own.pkg_resources)
        planner = run.drop_incomplete(editor)
        plan = planner.make(set(catalog), everything=True)
        before = Catalog() if known is None else known
        writer = SiteWriter(store, settings, before, token, catalog, book, own, contents)
        writer.write(plan, set(catalog), _find_pages(store))
        writer.restore(sweep(store, catalog, book, settings, own))


def _apply(editor: Editor, pending: Pending) -> None:
    """Make the changes of the interrupted run, as far as its releases are there."""
    for name, version in pending.remove:
        editor.remove(name, version)
    for change in (*pending.yank, *((*one, None) for one in pending.unyank)):
        editor.yank(*change)


@dataclass
class _Completion:
    store: Store
    settings: SiteSettings
    known: Catalog | None
    catalog: Catalog
    book: RecordBook
    pkg_resources: Named

    def drop_incomplete(self, editor: Editor) -> Planner:
        """Remove new releases whose files are not there, or whose requirements were not recorded.

        Return the planner for the rest.
        """
        new = self._find_new()
        present = {*self.store.find(FILES), *self.store.find(CONTENTS)} if new else set()
        lost = [one for one in new if not present.issuperset(self._list_files(*one))]
        for name, version in lost:
            editor.remove(name, version)
        new = [one for one in new if one not in {*lost}]
        while True:
            planner = Planner(
                self.settings,
                Catalog() if self.known is None else self.known,
                self.catalog,
                self.book,
                self.pkg_resources,
                permissive=True,
            )
            dropped = [one for one in new if self._is_incomplete(planner, *one)]
            if not dropped:
                return planner
            for name, version in dropped:
                editor.remove(name, version)
            new = [one for one in new if one not in {*dropped}]

    def _find_new(self) -> list[Named]:
        """Return the releases that are not in the catalog of the site, none without one."""
        if self.known is None:
            return []
        found: list[Named] = []
        for entry in self.catalog.entries():
            old = self.known.get(entry.name)
            versions = {one.version for one in old.releases} if old else set()
            found += (
                (entry.name, one.version) for one in entry.releases if one.version not in versions
            )
        return found

    def _get(self, name: str, version: str) -> ReleaseRecord:
        return next(one for one in self.book[name].releases if one.version == version)

    def _list_files(self, name: str, version: str) -> Iterator[str]:
        release = self._get(name, version)
        yield from list_archives(release)
        yield from list_contents([release])

    def _is_incomplete(self, planner: Planner, name: str, version: str) -> bool:
        release = self._get(name, version)
        unmet = {one.name for one in planner.find_unmet(name, version)}
        return planner.is_broken(name, version) or not unmet <= {*release.missing}


def _read_catalog(store: Store) -> tuple[Catalog | None, str]:
    """Return the catalog, None if it cannot be read or is missing beside records."""
    data, token = store.read_versioned(CATALOG)
    if data is None:
        has_records = next(iter(store.find(RECORDS)), None) is not None
        return None if has_records else Catalog(), token
    try:
        return Catalog.from_bytes(data), token
    except ValueError:
        return None, token


def _find_pages(store: Store) -> set[str]:
    """Return the projects with a page."""
    return {path.split("/")[1] for path in store.find(PAGES)}

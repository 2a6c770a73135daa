"""Archives on their way into a site: read, compared with its releases, and their files written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from packaging.version import Version

from ...errors import ArchiveError
from ...filenames import projects_of
from ..catalog import Catalog, CatalogEntry, find_required_names
from ..ingest import read_site_release
from ..records import ProjectRecord, ReleaseRecord
from ..release import SiteRelease, SourceArchive
from ..settings import SiteSettings
from ..store import Store
from .journal import Journal, Named
from .record_book import RecordBook
from .workers import map_items

_OPEN = 1000
"""Releases of projects that are kept as objects."""
_BUFFER = 8 << 20
"""Bytes of new files that are kept in memory. Few releases are all checked before any is
written."""


@dataclass(slots=True)
class _OpenProject:
    """A project with its releases, which is in the book and in the catalog when it is closed."""

    spellings: set[str]
    releases: dict[Version, ReleaseRecord]
    changed: bool = False


@dataclass
class Intake:
    """Takes archives into `catalog` and `book`. `without` are packages that boards have built in.

    `added` are the new releases, and where each comes from; `declared` the names that they declare.
    `unchanged` are those that are there already, and `completed` is whether the record of one
    changed.
    """

    store: Store
    settings: SiteSettings
    catalog: Catalog
    book: RecordBook
    journal: Journal
    without: Collection[str] = ()
    added: dict[Named, str] = field(default_factory=dict)
    declared: dict[Named, str] = field(default_factory=dict)
    unchanged: set[Named] = field(default_factory=set)
    completed: bool = False
    _buffer: list[tuple[str, bytes]] = field(default_factory=list)
    _size: int = 0
    _open: dict[str, _OpenProject] = field(default_factory=dict)

    def add(self, archives: Iterable[SourceArchive]) -> list[Named]:
        """Take archives in, and return the releases that are new.

        Raises ArchiveError for another archive of a release that is there, also for the same one
        with another file name, and whatever `read_site_release` raises.
        """
        before = len(self.added)
        read = partial(read_site_release, settings=self.settings)
        for release in map_items(read, filter(self._is_unknown, archives)):
            self._admit(release)
            if sum(len(one.releases) for one in self._open.values()) > _OPEN:
                self._close()
        self._close()
        return list(self.added)[before:]

    def flush(self) -> None:
        """Write the files of the releases taken in so far."""
        if self._buffer:
            self.journal.begin()
            self.store.write_many(self._buffer)
        self._buffer = []
        self._size = 0

    def _is_unknown(self, archive: SourceArchive) -> bool:
        """Return whether an archive has to be read: whether the site has no release made of it."""
        for name, release in self._find_namesakes(archive.path.name):
            if archive.path.name == release.filename and archive.source in release.origins:
                self.unchanged.add((name, release.version))
                return False
        return True

    def _find_namesakes(self, filename: str) -> Iterator[tuple[str, ReleaseRecord]]:
        """Yield the releases of all projects that a file of this name may be of."""
        for name in projects_of(filename):
            for release in self._get(name).releases.values():
                yield name, release

    def _get(self, name: str) -> _OpenProject:
        if name not in self._open:
            project = self.book[name] if name in self.catalog else None
            spellings = project.spellings if project else ()
            releases = project.releases if project else ()
            by_version = {release.parsed_version: release for release in releases}
            self._open[name] = _OpenProject({*spellings}, by_version)
        return self._open[name]

    def _close(self) -> None:
        for name, one in self._open.items():
            if one.changed:
                project = ProjectRecord(name, tuple(one.spellings), tuple(one.releases.values()))
                self.book.put(project)
                self.catalog.put(CatalogEntry.from_project(project))
        self._open = {}

    def _admit(self, release: SiteRelease) -> None:
        record = release.record
        project = self._get(release.name)
        known = project.releases.get(record.parsed_version)
        is_same = known and not known.origins.isdisjoint(record.origins)
        if known and is_same and known.filename == record.filename:
            self.unchanged.add((release.name, known.version))
            self._complete(project, known, record)
            return
        if known:
            state = "are the same archive" if is_same else "differ"
            raise self._refuse(release, (release.name, known.version), known.filename, state)
        for name, other in self._find_namesakes(record.filename):
            if other.filename == record.filename:
                raise self._refuse(release, (name, other.version), other.filename)
        without = set(find_required_names(record.requires)).intersection(self.without)
        record = replace(record, without=tuple(sorted(without)))
        project.releases[record.parsed_version] = record
        project.spellings.add(release.declared)
        project.changed = True
        self.added[release.name, record.version] = release.comes_from
        self.declared[release.name, record.version] = release.declared
        for path, content in release.files:
            self._buffer.append((path, content))
            self._size += len(content)
        if self._size > _BUFFER:
            self.flush()

    def _complete(self, project: _OpenProject, known: ReleaseRecord, again: ReleaseRecord) -> None:
        """Record that a release was made of another file, too."""
        new = again.origins - known.origins if again.sha256 == known.sha256 else ()
        if new:
            sources = tuple(sorted((*known.sources, *new)))
            project.releases[known.parsed_version] = replace(known, sources=sources)
            project.changed = self.completed = True

    def _refuse(
        self, release: SiteRelease, other: Named, filename: str, state: str = "differ"
    ) -> ArchiveError:
        here = self.added.get(other) or f"{self.store.title}/files/{filename}"
        first, second = sorted((release.comes_from, here))
        remedy = "Build one of them with another version."
        if state != "differ":
            remedy = f"Pass it as {filename} only."
        return ArchiveError(
            f"{first} and {second} {state}, and both are {release.name} "
            f"{Version(release.record.version)}. A version has one archive with one name. {remedy}"
        )

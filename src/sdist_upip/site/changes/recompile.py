"""The .mpy files of releases that are in a site, made for another MicroPython."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from packaging.version import Version

from ...errors import OutputError
from ..catalog import Catalog
from ..ingest import compile_contents
from ..records import SiteFile
from ..release import content_path
from ..settings import SiteSettings
from ..store import Store
from .journal import Named
from .record_book import RecordBook
from .workers import map_items

File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class _Sources:
    title: str
    files: tuple[File, ...]
    settings: SiteSettings


def recompile(
    store: Store,
    catalog: Catalog,
    book: RecordBook,
    settings: SiteSettings,
    ready: Collection[Named] = (),
) -> None:
    """Write the .mpy files of all releases but those that are `ready`, and change the records."""
    results = map_items(_compile, _list_sources(store, catalog, book, settings, ready))
    for name in catalog:
        project = book[name]
        releases = []
        for release in project.releases:
            if (name, release.version) in ready:
                releases.append(release)
                continue
            compiled = next(results)
            files = tuple(SiteFile.from_content(*file) for file in compiled or ())
            store.write_many(
                (content_path(file.sha256), data)
                for file, (_, data) in zip(files, compiled or (), strict=True)
            )
            releases.append(replace(release, compiled=None if compiled is None else files))
        book.put(project.with_releases(releases))


def _list_sources(
    store: Store,
    catalog: Catalog,
    book: RecordBook,
    settings: SiteSettings,
    ready: Collection[Named],
) -> Iterator[_Sources]:
    for name in catalog:
        for release in book[name].releases:
            if (name, release.version) not in ready:
                title = f"{name} {Version(release.version)}"
                files = (
                    [(one.path, _read(store, one)) for one in release.files] if settings.mpy else ()
                )
                yield _Sources(title, tuple(files), settings)


def _read(store: Store, file: SiteFile) -> bytes:
    path = content_path(file.sha256)
    data = store.read(path)
    if data is None or sha256(data).hexdigest() != file.sha256:
        raise OutputError(
            f"{store.title}: {path} is missing or was changed. Restore the file from a backup."
        )
    return data


def _compile(sources: _Sources) -> tuple[File, ...] | None:
    return compile_contents(sources.files, sources.settings, sources.title)

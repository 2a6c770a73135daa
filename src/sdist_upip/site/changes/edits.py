"""Releases that are removed, yanked or offered again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from packaging.version import Version

from ...errors import ConfigError
from ...filenames import parse_version
from ...metadata.core import parse_metadata
from ..catalog import Catalog, CatalogEntry
from ..records import ProjectRecord, ReleaseRecord
from ..store import Store
from .journal import Named, Pending
from .record_book import RecordBook


@dataclass
class Editor:
    """Changes releases in `catalog` and `book`.

    `declared` has the names that new releases declare, whose metadata is not in the site yet.
    `changed` are the releases that changed, each with its version as its file name spells it, and
    `completed` those that an interrupted run changed.
    """

    store: Store
    catalog: Catalog
    book: RecordBook
    declared: Mapping[Named, str] = field(default_factory=dict)
    changed: list[Named] = field(default_factory=list)
    completed: list[Named] = field(default_factory=list)

    def apply(self, pending: Pending, done: Pending | None = None) -> Pending:
        """Make the changes of releases that are there, and return the others.

        What `done` has is not among the latter. Raises ConfigError for a release that is named
        twice.
        """
        _refuse_repeated(pending)
        done = done or Pending()
        removals = [one for one in pending.remove if not self.remove(*one)]
        self.completed += (one for one in removals if one in done.remove)
        yanks = [one for one in pending.yank if not self._yank(one, one in done.yank)]
        unyanks = [
            one for one in pending.unyank if not self._yank((*one, None), one in done.unyank)
        ]
        left = (one for one in removals if one not in done.remove)
        return Pending(tuple(left), tuple(yanks), tuple(unyanks))

    def refuse(self, pending: Pending) -> None:
        """Raise ConfigError if there is a change, since its release is not in the site."""
        for name, version, *_ in (*pending.remove, *pending.yank, *pending.unyank):
            project = self.book[name] if name in self.catalog else None
            releases = project.releases if project else ()
            has = ", ".join(one.version for one in releases) or "no release of it"
            raise ConfigError(
                f"{name} {version} is not in {self.store.title}, which has {has}. Pass "
                "NAME==VERSION of a release that is there."
            )

    def remove(self, name: str, version: str) -> bool:
        """Remove a release; return whether it was there."""
        found = self._find(name, version)
        if found is None:
            return False
        project, release = found
        left = tuple(one for one in project.releases if one is not release)
        self.changed.append((name, release.version))
        if left:
            spellings = tuple(self._read_declared(name, one) for one in left)
            self._put(ProjectRecord(name, spellings, left))
        else:
            self.book.discard(name)
            self.catalog.discard(name)
        return True

    def yank(self, name: str, version: str, reason: str | None) -> str | None:
        """Yank a release, or offer it again if `reason` is None.

        Return its version as its file name spells it, None if it is not there.
        """
        found = self._find(name, version)
        if found is None:
            return None
        project, release = found
        if release.yanked != reason:
            self.changed.append((name, release.version))
            new = replace(release, yanked=reason)
            self._put(
                project.with_releases(new if one is release else one for one in project.releases)
            )
        return release.version

    def _yank(self, change: tuple[str, str, str | None], is_done: bool) -> bool:
        version = self.yank(*change)
        if version and is_done:
            self.completed.append((change[0], version))
        return version is not None

    def _find(self, name: str, version: str) -> tuple[ProjectRecord, ReleaseRecord] | None:
        parsed = parse_version(version)
        project = self.book[name] if name in self.catalog else None
        release = project.get(parsed) if project and parsed else None
        return (project, release) if project and release else None

    def _read_declared(self, name: str, release: ReleaseRecord) -> str:
        known = self.declared.get((name, release.version))
        if known is None:
            metadata = parse_metadata(self.store.read(release.metadata_path) or b"Name: \n")
            known = metadata.get("Name") or name
        return known

    def _put(self, project: ProjectRecord) -> None:
        self.book.put(project)
        self.catalog.put(CatalogEntry.from_project(project))


def _refuse_repeated(pending: Pending) -> None:
    options: dict[tuple[str, Version | None], list[str]] = {}
    for option in ("remove", "yank", "unyank"):
        for name, version, *_ in getattr(pending, option):
            named = options.setdefault((name, parse_version(version)), [])
            named.append(f"--{option}")
            if len(named) > 1:
                by = f"twice by --{option}" if named[0] == named[1] else f"by {' and '.join(named)}"
                raise ConfigError(f"{name} {version} is named {by}. Name each release once.")

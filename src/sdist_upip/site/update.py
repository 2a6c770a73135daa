"""A change of a site: releases that are added, removed, yanked, and other settings.

The same releases and settings give the same bytes, in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import ConfigError, OutputError, SdistUpipError
from ..filenames import parse_version
from .catalog import CATALOG, Catalog
from .changes.edits import Editor
from .changes.intake import Intake
from .changes.journal import Journal, Named, Pending
from .changes.own_files import OwnPackages
from .changes.plan import Plan, Planner
from .changes.recompile import recompile
from .changes.record_book import RecordBook
from .changes.recovery import complete, prepare_own, read_settings, recover
from .changes.sweep import (
    find_stale,
    find_stale_contents,
    refuse_other_files,
    remove_files,
    sweep,
)
from .changes.writing import SiteWriter
from .formats.paths import list_contents
from .records import ProjectRecord, ReleaseRecord
from .release import SourceArchive
from .settings import SETTINGS, SiteSettings
from .store import ConflictError, Store

Fetch = Callable[[str, Sequence[str]], Iterable[SourceArchive]]
"""From the title of a release and its unmet requirements (PEP 508) to archives to add.

Raises ResolutionError.
"""


@dataclass(frozen=True)
class SiteChange:
    """The changes to make. Releases are (name, version), `yank` has the reason of each besides.

    `without` are packages that boards have built in, for releases that are added. With
    `allow_missing`, releases may require what the site does not have.
    """

    archives: Iterable[SourceArchive] = ()
    remove: Sequence[Named] = ()
    yank: Sequence[tuple[str, str, str]] = ()
    unyank: Sequence[Named] = ()
    allow_missing: bool = False
    without: Sequence[str] = ()


@dataclass(frozen=True)
class SiteResult:
    """What changed: releases (normalized name, version as spelled), sorted.

    `unchanged` are releases that were to be added and are there. `missing` are (name, version,
    required name) of requirements that the site does not meet, other than before.
    """

    added: tuple[Named, ...] = ()
    removed: tuple[Named, ...] = ()
    yanked: tuple[Named, ...] = ()
    unyanked: tuple[Named, ...] = ()
    unchanged: tuple[Named, ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()


def update_site(
    store: Store,
    settings_change: Mapping[str, str],
    change: SiteChange,
    fetch: Fetch | None = None,
) -> SiteResult:
    """Change a site, or make one, and complete an interrupted change first.

    `settings_change` has new values by the names of SiteSettings. `fetch` finds what new releases
    require and the site does not have. Raises SdistUpipError, and leaves the site as it was, unless
    the store failed: then the next run completes the change.
    """
    with store.lock():
        done = recover(store)
        old = read_settings(store)
        if old is None:
            refuse_other_files(store)
        settings = replace(old or SiteSettings(), **settings_change)
        with RecordBook(store) as book:
            update = _Update(store, old, settings, change, book, done)
            try:
                update.plan(fetch)
            except SdistUpipError:
                update.roll_back()
                raise
            update.write()
            return update.result


class _Update:
    def __init__(
        self,
        store: Store,
        old: SiteSettings | None,
        settings: SiteSettings,
        change: SiteChange,
        book: RecordBook,
        done: Pending | None,
    ) -> None:
        self._store = store
        self._old = old or settings
        self._is_new = old is None
        self._settings = settings
        self._change = change
        self._book = book
        self._done = done
        data, self._token = store.read_versioned(CATALOG)
        self._before = Catalog.from_bytes(data or b"")
        self._catalog = self._before.copy()
        self._pending = Pending(
            tuple((canonicalize_name(name), version) for name, version in change.remove),
            tuple((canonicalize_name(one[0]), *one[1:]) for one in change.yank),
            tuple((canonicalize_name(name), version) for name, version in change.unyank),
            bool(self._before) and self._old.mpy != settings.mpy,
        )
        # After a kill, the change counts as done. So it has nothing that is to be refused.
        known = done.remove if done else ()
        removals = (one for one in self._pending.remove if one in known or self._is_there(*one))
        noted = replace(self._pending, remove=tuple(removals))
        self._journal = Journal(store, noted, is_left=done is not None)
        self._without = tuple(map(canonicalize_name, change.without))
        self._intake = Intake(store, settings, self._catalog, book, self._journal, self._without)
        self._editor = Editor(store, self._catalog, book, self._intake.declared)
        self._plan: Plan | None = None
        self.result = SiteResult()

    def plan(self, fetch: Fetch | None) -> None:
        """Read archives, and decide on all changes. Raises SdistUpipError."""
        self._own, self._own_contents, is_other = prepare_own(self._store, self._settings)
        self._everything = is_other or self._old != self._settings or self._is_new
        self._intake.add(self._change.archives)
        left = self._editor.apply(self._pending, self._done)
        self._refuse_both()
        if fetch:
            self._fetch(fetch)
            self._refuse_both()
            left = self._editor.apply(left)
        self._editor.refuse(left)
        if self._pending.recompile:
            self._journal.begin()
            recompile(self._store, self._catalog, self._book, self._settings, self._intake.added)
        releases = (*self._intake.added, *self._editor.changed)
        self._changed = {name for name, _ in releases}
        if self._changed or self._everything or self._intake.completed:
            planner = self._make_planner()
            self._plan = planner.make(self._changed, everything=self._everything)
        self.result = self._make_result()

    def write(self) -> None:
        """Write all that follows from the plan."""
        if self._plan is None:
            self._journal.end()
            return
        stale, contents = self._find_stale()
        self._journal.begin()
        self._store.write(SETTINGS, self._settings.to_json())
        self._intake.flush()
        writer = SiteWriter(
            self._store,
            self._settings,
            self._before,
            self._token,
            self._catalog,
            self._book,
            self._own,
            self._own_contents,
        )
        try:
            writer.write(self._plan, self._changed_or_all(), set(self._before))
        except ConflictError:
            complete(self._store, self._pending)
            self._journal.end()
            self._check_added()
            return
        if self._everything and not self._is_new:
            stale = sweep(self._store, self._catalog, self._book, self._settings, self._own)
        else:
            remove_files(self._store, stale)
            remove_files(self._store, find_stale_contents(self._store, contents, self._own))
        writer.restore(stale)
        self._journal.end()

    def _is_there(self, name: str, version: str) -> bool:
        entry = self._before.get(name)
        parsed = parse_version(version)
        return entry is not None and any(Version(one.version) == parsed for one in entry.releases)

    def _refuse_both(self) -> None:
        """Raise ConfigError if a release is to be added, and to be removed."""
        removed = {(name, parse_version(version)) for name, version in self._pending.remove}
        for name, version in sorted({*self._intake.added, *self._intake.unchanged}):
            if (name, Version(version)) in removed:
                raise ConfigError(
                    f"{name} {version} is both added and removed. Add it, or remove it."
                )

    def _check_added(self) -> None:
        """Raise OutputError if another run removed new files that it found without a record."""
        catalog = Catalog.read(self._store)
        for name, version in self._intake.added:
            entry = catalog.get(name)
            if not entry or version not in {one.version for one in entry.releases}:
                raise OutputError(
                    f"{self._store.title} was changed by another run at the same time, and "
                    f"{name} {version} is not in it. Run the command again."
                )

    def roll_back(self) -> None:
        """Remove the files that were written for releases that are not added."""
        if self._journal.begun:
            own = OwnPackages("", ()) if self._is_new else self._own
            with RecordBook(self._store) as book:
                sweep(self._store, self._before, book, self._old, own)
        self._journal.end()

    def _changed_or_all(self) -> set[str]:
        return {*self._changed, *self._catalog} if self._everything else self._changed

    def _fetch(self, fetch: Fetch) -> None:
        """Add what new releases require, and what that requires in turn."""
        queue = sorted(self._intake.added)
        planner = self._make_planner()
        for name, version in queue:
            unmet = [
                one for one in planner.find_unmet(name, version) if one.name not in self._without
            ]
            if unmet:
                archives = fetch(f"{name} {version}", [str(one) for one in unmet])
                queue += sorted(self._intake.add(archives))
                planner = self._make_planner()

    def _make_planner(self) -> Planner:
        return Planner(
            self._settings,
            self._before,
            self._catalog,
            self._book,
            self._own.pkg_resources,
            self._change.allow_missing,
            self._without,
        )

    def _find_stale(self) -> tuple[list[str], set[str]]:
        """Return the files that changed projects do not name any more, and those for mip."""
        stale: list[str] = []
        contents: set[str] = set()
        for name in sorted({name for name, _ in self._editor.changed}):
            before = self._book.read_stored(name)
            after = self._book.get(name)
            if before:
                stale += find_stale(before, after, self._settings)
                contents |= _list_contents(before) - _list_contents(after)
        return stale, contents

    def _make_result(self) -> SiteResult:
        changed = sorted({*self._editor.changed, *self._editor.completed})
        states = {key: self._get_state(*key) for key in changed}
        return SiteResult(
            tuple(sorted(self._intake.added)),
            tuple(key for key in changed if states[key] == "removed"),
            tuple(key for key in changed if states[key] == "yanked"),
            tuple(key for key in changed if states[key] == "offered"),
            tuple(sorted(self._intake.unchanged - self._intake.added.keys())),
            tuple(self._plan.missing if self._plan else ()),
        )

    def _get_state(self, name: str, version: str) -> str:
        release = self._find_release(name, version)
        if release is None:
            return "removed"
        return "offered" if release.yanked is None else "yanked"

    def _find_release(self, name: str, version: str) -> ReleaseRecord | None:
        project = self._book.get(name)
        releases = project.releases if project else ()
        return next((one for one in releases if one.version == version), None)


def _list_contents(project: ProjectRecord | None) -> set[str]:
    return set(list_contents(project.releases)) if project else set()

"""Releases that a site has or is to have, as candidates before those of indexes.

They count as installed releases do for `sdist-upip install`: they stay and satisfy requirements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..filenames import parse_version
from ..index.link import Link
from ..installed.package import InstalledPackage
from ..requirements.requirement import Requirement
from ..resolve.candidates import Candidate, select_candidates
from ..resolve.sources import CandidateFinder
from .catalog import Catalog, CatalogRelease, find_required_names


class KnownReleases:
    """The releases in a catalog, and those that were added."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._added: dict[str, list[Candidate]] = {}

    def add(self, candidate: Candidate) -> bool:
        """Add a release that the site is to have; return whether it was not known before."""
        is_new = all(one.version != candidate.version for one in self.get(candidate.name))
        if is_new:
            self._added.setdefault(candidate.name, []).append(candidate)
        return is_new

    def get(self, name: str) -> list[Candidate]:
        """Return the releases of a project."""
        entry = self._catalog.get(name)
        present = [_make_candidate(name, one) for one in entry.releases] if entry else []
        return [*present, *self._added.get(name, ())]

    def has(self, candidate: Candidate) -> bool:
        """Return whether the site has the release of a candidate, with any spelling."""
        entry = self._catalog.get(candidate.name)
        versions = (Version(one.version) for one in entry.releases) if entry else ()
        return candidate.version in versions


class KnownFinder(CandidateFinder):
    """Finds the releases that are known, and then those of other places.

    The projects `fresh` (normalized names) are looked for in other places only. With `upgrade`, a
    newer release of another place comes first.
    """

    def __init__(
        self,
        known: KnownReleases,
        others: CandidateFinder,
        *,
        fresh: Collection[str] = (),
        upgrade: bool = False,
    ) -> None:
        self._known = known
        self._others = others
        self._fresh = fresh
        self._upgrade = upgrade

    def find_candidates(self, name: str) -> Iterator[Sequence[Candidate]]:
        """Yield the candidates of a project in each place. Raises DownloadError."""
        known = self._known.get(name)
        if self._upgrade:
            versions = {one.version for one in known}
            for place in self._others.find_candidates(name):
                if place:
                    yield [*known, *(one for one in place if one.version not in versions)]
            yield known
        elif name in self._fresh:
            yield from self._others.find_candidates(name)
        else:
            yield known
            yield from self._others.find_candidates(name)

    def expect(self, requirement: Requirement, *, pre: bool, installed: str = "") -> None:
        """Let the other places prepare if they are about to be asked."""
        name = requirement.name
        known = select_candidates(self._known.get(name), requirement.specifier, pre=pre)
        if self._upgrade or name in self._fresh or not known:
            present = known[0].raw_version if known else installed
            self._others.expect(requirement, pre=pre, installed=present)

    def not_found_message(self, name: str) -> str:
        """Return the message for a project that no place has."""
        return self._others.not_found_message(name)


def apply_edits(
    catalog: Catalog,
    remove: Iterable[tuple[str, str]],
    yank: Iterable[tuple[str, str, str]],
    unyank: Iterable[tuple[str, str]],
) -> Catalog:
    """Return the catalog of a site whose releases are removed, yanked and offered again.

    The words of the same command are to be chosen with it. Other releases are skipped.
    """
    edited = catalog.copy()
    yanks = ((name, version, {"yanked": reason}) for name, version, reason in yank)
    offers = ((name, version, {"yanked": None}) for name, version in unyank)
    removals = ((name, version, None) for name, version in remove)
    for name, version, values in (*removals, *yanks, *offers):
        entry = edited.get(canonicalize_name(name))
        if entry:
            meant = parse_version(version)
            others = tuple(
                replace(one, **values) if values and Version(one.version) == meant else one
                for one in entry.releases
                if values or Version(one.version) != meant
            )
            edited.discard(entry.name)
            if others:
                edited.put(replace(entry, releases=others))
    return edited


def _make_candidate(name: str, release: CatalogRelease) -> Candidate:
    link = Link(release.filename, release.filename, yanked=release.yanked is not None)
    built_in = {*release.without}
    requires = tuple(
        text for text in release.requires if built_in.isdisjoint(find_required_names([text]))
    )
    package = InstalledPackage(name, release.version, (), requires)
    version = Version(release.version)
    return Candidate(name, release.version, version, links=(link,), installed=package)

"""The releases of a site as candidates of the resolver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ...index.link import Link
from ...resolve.candidates import Candidate, select_candidates
from ...resolve.sources import CandidateFinder
from ..catalog import Catalog, CatalogRelease

_KEPT = 1024
"""Projects that are kept parsed."""


class CatalogFinder(CandidateFinder):
    """Finds the releases in a catalog, which must not change meanwhile."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._read = lru_cache(_KEPT)(self._parse)

    def find_candidates(self, name: str) -> Iterator[Sequence[Candidate]]:
        """Yield the releases of a project."""
        yield self._read(name)[0]

    def not_found_message(self, name: str) -> str:
        """Return the message for a project that the site does not have."""
        return "The site has no release. Add one."

    def get(self, name: str, version: str) -> CatalogRelease:
        """Return a release by its normalized name and its version as the file name spells it."""
        return self._read(name)[1][version]

    def choose(self, name: str, specifier: SpecifierSet) -> str | None:
        """Return the version that is installed first for a requirement, None if none satisfies."""
        selected = select_candidates(self._read(name)[0], specifier, pre=False)
        return selected[0].raw_version if selected else None

    def _parse(self, name: str) -> tuple[list[Candidate], dict[str, CatalogRelease]]:
        entry = self._catalog.get(name)
        releases = {one.version: one for one in entry.releases} if entry else {}
        return [_make_candidate(name, one) for one in releases.values()], releases


def _make_candidate(name: str, release: CatalogRelease) -> Candidate:
    link = Link(release.filename, release.filename, yanked=release.yanked is not None)
    return Candidate(name, release.version, Version(release.version), links=(link,))

"""Where releases are found: find-links locations and indexes, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.specifiers import SpecifierSet

from ..index.client import IndexClient
from ..index.urls import redact
from .candidates import Candidate, make_candidates, select_candidates


class PackageFinder:
    """Finds the candidates of find-links locations and then of indexes.

    With `wheels`, releases count that have no archive, but a wheel of pure Python.
    """

    def __init__(
        self,
        client: IndexClient,
        find_links: Sequence[str],
        indexes: Sequence[str],
        *,
        wheels: bool = False,
    ) -> None:
        self._client = client
        self._find_links = find_links
        self._indexes = indexes
        self._wheels = wheels

    def find_candidates(self, name: str) -> Iterator[list[Candidate]]:
        """Yield the candidates of a project in each place. Raises DownloadError.

        A place is asked only when its turn comes. One that does not answer ends the search: a
        package of the same name elsewhere may be another project.
        """
        for candidates in self._find_all(name):
            yield [one for one in candidates if self._wheels or one.has_archive]

    def find_versions(self, name: str) -> list[str]:
        """Return the versions that the places have, for messages, the newest first."""
        places = self.find_candidates(name)
        ordered = (select_candidates(one, SpecifierSet(), pre=True) for one in places)
        return list(dict.fromkeys(candidate.raw_version for one in ordered for candidate in one))

    def find_yanked(self, name: str) -> list[str]:
        """Return the versions that are yanked in the places, for messages, the newest first."""
        found = [one for place in self.find_candidates(name) for one in place if one.yanked]
        ordered = sorted(found, key=lambda candidate: candidate.version, reverse=True)
        return list(dict.fromkeys(candidate.raw_version for candidate in ordered))

    def not_found_message(self, name: str) -> str:
        """Return the message for a project that no place has."""
        places = ", ".join(map(redact, [*self._find_links, *self._indexes]))
        if not places:
            return (
                "No index is set. Pass --index-url or --find-links, or configure an index for pip."
            )
        if any(self._find_all(name)):
            return (
                f"Only wheels found in {places}, which no device installs. "
                "Add --convert if they are pure Python."
            )
        return f"No .tar.gz archive found in {places}. Check the spelling."

    def _find_all(self, name: str) -> Iterator[list[Candidate]]:
        for place in self._find_links:
            yield make_candidates(self._client.find_links(place, name), name)
        for place in self._indexes:
            yield make_candidates(self._client.find(place, name), name)

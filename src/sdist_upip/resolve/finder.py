"""Where releases are found: find-links locations and indexes, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..filenames import WHEEL_SUFFIX
from ..index.client import IndexClient
from ..index.link import Link
from ..index.urls import redact
from ..requirements.requirement import Requirement
from .candidates import Candidate, make_candidates, select_candidates
from .sources import CandidateFinder


class PackageFinder(CandidateFinder):
    """Finds the candidates of find-links locations and then of indexes.

    A release is a candidate if it has a `.tar.gz` or a wheel of pure Python.
    """

    def __init__(
        self, client: IndexClient, find_links: Sequence[str], indexes: Sequence[str]
    ) -> None:
        self._client = client
        self._find_links = find_links
        self._indexes = indexes

    def find_candidates(self, name: str) -> Iterator[list[Candidate]]:
        """Yield the candidates of a project in each place. Raises DownloadError.

        A place is asked only when its turn comes. One that does not answer ends the search: a
        package of the same name elsewhere may be another project.
        """
        for place in self._find_links:
            yield make_candidates(self._client.find_links(place, name), name)
        for place in self._indexes:
            yield make_candidates(self._client.find(place, name), name)
            # The caller needs more, and the page of the cache may be out of date.
            if (links := self._client.find_again(place, name)) is not None:
                yield make_candidates(links, name)

    def expect(self, requirement: Requirement, *, pre: bool, installed: str = "") -> None:
        """Fetch the page of a required package in the background, and the archive that fits best.

        Nothing is fetched if a find-links location may have it.
        """
        name = requirement.name

        def choose(links: list[Link]) -> list[Link] | None:
            candidates = make_candidates(links, name)
            selected = select_candidates(candidates, requirement.specifier, pre=pre)
            if not selected:
                return None
            return [] if selected[0].raw_version == installed else [selected[0].links[0]]

        if not any(self._client.may_link(place, name) for place in self._find_links):
            self._client.expect(self._indexes, name, choose)

    def not_found_message(self, name: str) -> str:
        """Return the message for a project that no place has."""
        places = ", ".join(map(redact, [*self._find_links, *self._indexes]))
        if not places:
            return (
                "No index is set. Pass --index-url or --find-links, or configure an index for pip."
            )
        wheels = [
            link.filename
            for links in self._find_links_to(name)
            for link in links
            if link.filename.endswith(WHEEL_SUFFIX)
        ]
        if wheels:
            return (
                f"Only wheels for computers found in {places}, such as {wheels[0]}. Look for a "
                "package that is made for MicroPython."
            )
        return f"No .tar.gz archive and no wheel found in {places}. Check the spelling."

    def _find_links_to(self, name: str) -> Iterator[list[Link]]:
        for place in self._find_links:
            yield self._client.find_links(place, name)
        for place in self._indexes:
            yield self._client.find(place, name)

"""The places where releases are looked for, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..index.client import IndexClient
from ..index.urls import redact
from .selection import Published, find_published


class Catalogue:
    """What find-links and then the indexes offer; with `wheels`, also where there is no sdist."""

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

    def find(self, name: str) -> Iterator[list[Published]]:
        """Yield the releases of a project in each place. Raises DownloadError.

        A place is asked only when it is its turn. One that does not answer ends the search: a
        package of the same name elsewhere may be another's.
        """
        for published in self._find_all(name):
            yield [one for one in published if one.archive or self._wheels]

    def describe_absence(self, name: str) -> str:
        """Say that no place has a project, and what to do."""
        places = " ".join(map(redact, [*self._find_links, *self._indexes]))
        if not places:
            return "no index is set; give --index-url or --find-links, or configure pip"
        if any(self._find_all(name)):
            return (
                f"only wheels of it are in {places}, which no device installs; "
                "add --convert if they are pure Python"
            )
        return f"no .tar.gz of it in {places}; is it spelled right?"

    def _find_all(self, name: str) -> Iterator[list[Published]]:
        for place in self._find_links:
            yield find_published(self._client.find_links(place, name), name)
        for place in self._indexes:
            yield find_published(self._client.find(place, name), name)

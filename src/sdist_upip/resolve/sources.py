"""What the resolver asks for candidates, and for their requirements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from packaging.specifiers import SpecifierSet

from ..requirements.requirement import Requirement
from .candidates import Candidate, select_candidates


class CandidateFinder(ABC):
    """Finds candidates in places, one place after the other."""

    @abstractmethod
    def find_candidates(self, name: str) -> Iterator[Sequence[Candidate]]:
        """Yield the candidates of a project in each place."""

    def expect(self, requirement: Requirement, *, pre: bool, installed: str = "") -> None:  # noqa: B027
        """Prepare for `find_candidates` of a requirement, which is probably called soon.

        The release `installed` would not be downloaded.
        """

    @abstractmethod
    def not_found_message(self, name: str) -> str:
        """Return the message for a project that no place has."""

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


class RequiresReader(Protocol):
    """Reads the requirements of candidates."""

    def read_requires(self, candidate: Candidate) -> Iterable[str]:
        """Return the requirements of a candidate, as its metadata spells them."""
        ...

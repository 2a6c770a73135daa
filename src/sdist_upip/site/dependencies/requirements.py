"""The requirements of a release, evaluated for the boards of the site, and which are met there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from packaging.utils import canonicalize_name

from ...errors import ConfigError, ResolutionError
from ...requirements.requirement import Requirement, evaluate_requirement, parse_requirement
from ...requirements.target import Target
from ...resolve.candidates import Candidate
from ...resolve.dependencies import intersect
from .finder import CatalogFinder

_KEPT = 4096
"""Releases whose requirements are kept."""


class Node(NamedTuple):
    """A release: its normalized name, its version as its file name spells it, and the extras."""

    name: str
    version: str
    extras: tuple[str, ...] = ()

    @property
    def base(self) -> Node:
        """The release without extras."""
        return Node(self.name, self.version)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Requirements:
    """The releases that a release requires itself, the first choice of each, and those unmet."""

    met: tuple[Node, ...]
    unmet: tuple[Requirement, ...]


class RequirementReader:
    """Reads the requirements of the releases that a finder has.

    Requirements that no release of the site satisfies are unmet, and do not count for the resolver.
    """

    def __init__(self, finder: CatalogFinder, target: Target) -> None:
        self._finder = finder
        self._target = target
        self.read = lru_cache(_KEPT)(self._read)
        self._evaluate = lru_cache(_KEPT)(self._evaluate_text)

    def read_requires(self, candidate: Candidate) -> Iterable[str]:
        """Return the requirements of a candidate that the site meets, as the metadata has them."""
        node = Node(candidate.name, candidate.raw_version, candidate.extras)
        release = self._finder.get(node.name, node.version)
        omitted = {one.name for one in self.read(node).unmet}.union(release.without)
        return [text for text in release.requires if _read_name(text) not in omitted]

    def _read(self, node: Node) -> Requirements:
        """Return the requirements of a release with its extras.

        Raises ConfigError and ResolutionError for one that cannot be evaluated.
        """
        release = self._finder.get(node.name, node.version)
        by_name: dict[str, list[Requirement]] = {}
        for text in release.requires:
            requirement = self._evaluate_for(node, text)
            if requirement and requirement.name not in release.without:
                by_name.setdefault(requirement.name, []).append(requirement)
        met: list[Node] = []
        unmet: list[Requirement] = []
        for name, same in by_name.items():
            whole = Requirement(name, same[0].extras, intersect(same))
            version = self._choose(node, whole)
            if version is None:
                unmet.append(whole)
            else:
                met += (Node(name, version, one.extras) for one in same)
        return Requirements(tuple(dict.fromkeys(met)), tuple(unmet))

    def _choose(self, node: Node, requirement: Requirement) -> str | None:
        if requirement.name == node.name and requirement.is_satisfied_by(node.version):
            return node.version
        return self._finder.choose(requirement.name, requirement.specifier)

    def _evaluate_for(self, node: Node, text: str) -> Requirement | None:
        try:
            return self._evaluate(text, node.extras)
        except (ConfigError, ResolutionError) as error:
            raise type(error)(f"{node} requires {text[:80]!r}: {error}") from error

    def _evaluate_text(self, text: str, extras: tuple[str, ...]) -> Requirement | None:
        return evaluate_requirement(parse_requirement(text), self._target, extras)


@lru_cache(_KEPT)
def _read_name(text: str) -> str:
    return canonicalize_name(parse_requirement(text).name)

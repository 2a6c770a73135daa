"""Needs → one release of each package that meets them all, by way of resolvelib.

Packages are taken in the order in which device/upip.py takes them, breadth first, and of each the
release that it takes. So, where upip finds a set, this is the set. Where upip gives up because what
it took first does not fit what turns up later, older releases are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Protocol

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, Resolver
from resolvelib.resolvers import ResolutionTooDeep
from resolvelib.structs import RequirementInformation

from ..errors import ResolutionError
from ..installed.package import Record
from ..requirements.arguments import Given
from ..requirements.requirement import Need
from .conflicts import explain
from .selection import Published, pins, select

Identifier = tuple[str, tuple[str, ...]]
"""A normalized name, and the extras that it is wanted with."""
Origin = Published | Given | Record
"""Where a package comes from: an index, an archive that was named, or it is there already."""

_ROUNDS = 100_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One release of a package; `version` is spelled as its file name has it."""

    name: str
    extras: tuple[str, ...]
    version: str
    origin: Origin

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras} {self.version}"


@dataclass(frozen=True, slots=True)
class Demand:
    """A need as resolvelib sees it; with `candidate`, nothing but that release will do."""

    need: Need
    candidate: Candidate | None = None

    def __str__(self) -> str:
        return str(self.candidate or self.need)


class Source(Protocol):
    """What a resolution asks for."""

    def find(self, name: str) -> Iterable[Sequence[Published]]:
        """Yield the releases of a project, from one place after the other."""

    def find_installed(self, name: str) -> Record | None:
        """Return the record of a package that is there with every file as it was installed."""

    def find_needs(self, candidate: Candidate) -> Iterable[Need]:
        """Yield what a release needs when it is wanted with these extras."""

    def describe_absence(self, name: str) -> str:
        """Say that no place has a project, and what to do."""


def resolve(
    demands: Sequence[Demand], source: Source, *, pre: bool = False, upgrade: bool = False
) -> list[Candidate]:
    """Return one candidate a package, sorted by name, that meet `demands` and all that they need.

    It has all the extras that the package is wanted with. A dependency that is there and fits
    stays. With `upgrade` it gets newer, as a package that is named does, and nothing gets older.
    Raises ResolutionError that tells who wants what.
    """
    provider = _Provider(source, {demand.need.name for demand in demands}, pre, upgrade)
    resolver: Resolver[Demand, Candidate, Identifier] = Resolver(provider, BaseReporter())
    try:
        result = resolver.resolve(demands, max_rounds=_ROUNDS)
    except ResolutionImpossible as error:
        raise ResolutionError(explain(error.causes, provider.find_versions)) from error
    except ResolutionTooDeep as error:
        raise ResolutionError(
            f"no set was found in {_ROUNDS:,} attempts; name versions of some packages yourself"
        ) from error
    chosen: dict[str, Candidate] = {}
    for candidate in result.mapping.values():
        known = chosen.get(candidate.name, candidate)
        extras = tuple(sorted({*known.extras, *candidate.extras}))
        chosen[candidate.name] = replace(candidate, extras=extras)
    return [chosen[name] for name in sorted(chosen)]


class _Provider(AbstractProvider[Demand, Candidate, Identifier]):
    def __init__(self, source: Source, named: Collection[str], pre: bool, upgrade: bool) -> None:
        self._source = source
        self._named = named
        self._pre = pre
        self._upgrade = upgrade
        self._wanted_by: dict[str, Candidate] = {}
        self._answers: dict[tuple[int, str], tuple[Need, bool]] = {}

    def identify(self, requirement_or_candidate: Demand | Candidate) -> Identifier:
        if isinstance(requirement_or_candidate, Candidate):
            return requirement_or_candidate.name, requirement_or_candidate.extras
        need = requirement_or_candidate.need
        return need.name, need.extras

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[Identifier],
        resolutions: Mapping[Identifier, Candidate],
        candidates: Mapping[Identifier, Iterator[Candidate]],
        information: Mapping[Identifier, Iterator[RequirementInformation[Demand, Candidate]]],
        backtrack_causes: Sequence[RequirementInformation[Demand, Candidate]],
    ) -> Iterable[Identifier]:
        """The one that was wanted first comes first, as in upip's queue."""
        return [next(iter(identifiers))]

    def find_matches(
        self,
        identifier: Identifier,
        requirements: Mapping[Identifier, Iterator[Demand]],
        incompatibilities: Mapping[Identifier, Iterator[Candidate]],
    ) -> Callable[[], Iterator[Candidate]]:
        name, extras = identifier
        # All that is known to be wanted of a package counts, whatever extras it is wanted with.
        demands = [one for key in requirements if key[0] == name for one in requirements[key]]
        excluded = {candidate.version for candidate in incompatibilities[identifier]}

        def find() -> Iterator[Candidate]:
            for version, origin in self._find(name, demands):
                candidate = Candidate(name, extras, version, origin)
                if version not in excluded and self._meets(candidate, demands):
                    yield candidate

        return find

    def _find(self, name: str, demands: Sequence[Demand]) -> Iterator[tuple[str, Origin]]:
        """Yield the releases that the specifiers allow, the best first."""
        given = next((demand.candidate for demand in demands if _is_given(demand)), None)
        if given:
            yield given.version, given.origin
            return
        specifiers = reduce(SpecifierSet.__and__, (one.need.specifiers for one in demands))
        record = self._source.find_installed(name)
        fits = record is not None and Need(name, (), specifiers).takes(record.version)
        newest = self._upgrade or name in self._named
        if record and fits and (pins(specifiers) or not newest):
            yield record.version, record
            for published in self._select(name, specifiers):
                if published.spelled != record.version:
                    yield published.spelled, published
            return
        kept = record if fits and self._upgrade else None
        offered = [
            (one.spelled, record if record and one.spelled == record.version else one)
            for one in self._select(name, specifiers, missing_ok=kept is not None)
        ]
        yield from _keep(kept, offered) if kept else offered

    def _select(
        self, name: str, specifiers: SpecifierSet, *, missing_ok: bool = False
    ) -> Iterable[Published]:
        """Return what fits in the first place that has any; a project in no place ends it all."""
        known = missing_ok
        for published in self._source.find(name):
            known = known or bool(published)
            fitting = select(published, specifiers, pre=self._pre)
            if fitting:
                return fitting
        if not known:
            by = self._wanted_by.get(name)
            wanted = f", which {by} needs" if by and name not in self._named else ""
            raise ResolutionError(f"{name}{wanted}: {self._source.describe_absence(name)}")
        return ()

    def is_satisfied_by(self, requirement: Demand, candidate: Candidate) -> bool:
        return self._meets(candidate, [requirement])

    def _meets(self, candidate: Candidate, demands: Iterable[Demand]) -> bool:
        return all(
            self._takes(demand.need, candidate.version)
            and (demand.candidate is None or demand.candidate.version == candidate.version)
            for demand in demands
        )

    def _takes(self, need: Need, version: str) -> bool:
        """Tell whether `version` will do; resolvelib asks that of a need again and again."""
        key = id(need), version  # specifiers take longer to hash than to answer
        if key not in self._answers:
            self._answers[key] = need, need.takes(version)  # what is kept keeps its id
        return self._answers[key][1]

    def get_dependencies(self, candidate: Candidate) -> Iterable[Demand]:
        if candidate.extras:
            yield Demand(
                Need(candidate.name),
                Candidate(candidate.name, (), candidate.version, candidate.origin),
            )
        for need in self._source.find_needs(candidate):
            self._wanted_by.setdefault(need.name, candidate)
            yield Demand(need)

    def find_versions(self, name: str) -> list[str]:
        """Return the versions that the places offer, the newest first."""
        places = [select(one, SpecifierSet(), pre=True) for one in self._source.find(name)]
        return list(dict.fromkeys(published.spelled for one in places for published in one))


def _keep(record: Record, offered: Iterable[tuple[str, Origin]]) -> Iterator[tuple[str, Origin]]:
    """Yield what is newer than a package that is there, then that, then the rest.

    So an upgrade makes nothing older, and leaves alone what is in no index.
    """
    have = Version(record.version)
    others = [(version, origin) for version, origin in offered if version != record.version]
    yield from ((version, origin) for version, origin in others if Version(version) > have)
    yield record.version, record
    yield from ((version, origin) for version, origin in others if Version(version) <= have)


def _is_given(demand: Demand) -> bool:
    return demand.candidate is not None and isinstance(demand.candidate.origin, Given)

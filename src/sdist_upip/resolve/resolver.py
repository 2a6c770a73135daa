"""Requirements → one candidate of each package that satisfies them all, with resolvelib.

Packages are chosen in the order in which device/upip.py chooses them, breadth first, and of each
the release that upip chooses. So, where upip finds a set, this is the same set. Where upip stops
because a release that it chose first does not satisfy a later requirement, older releases are
tried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible
from resolvelib.resolvers import Criterion, Resolution, ResolutionTooDeep
from resolvelib.structs import RequirementInformation, State

from ..errors import ResolutionError
from ..index.link import Link
from ..installed.package import InstalledPackage
from ..requirements.requirement import Requirement
from ..requirements.target import Target
from .candidates import Candidate, is_pinned, make_direct_candidate, select_candidates
from .dependencies import DependencyReader, intersect
from .resolution_error import format_resolution_error
from .sources import CandidateFinder, RequiresReader

Identifier = tuple[str, tuple[str, ...]]
"""A normalized name, and the extras that it is required with."""

_ROUNDS = 100_000


def resolve(
    requirements: Sequence[Requirement],
    finder: CandidateFinder,
    preparer: RequiresReader,
    find_installed: Callable[[str], InstalledPackage | None],
    target: Target,
    *,
    pre: bool = False,
    upgrade: bool = False,
    deps: bool = True,
    without: Collection[str] = (),
    warn_about_unused: bool = True,
) -> list[Candidate]:
    """Return one candidate of each package, sorted by name, for `requirements` and dependencies.

    `find_installed` returns an installed package that may stay. A dependency that is installed and
    satisfies stays. With `upgrade` it becomes newer, as a package of `requirements` does, and
    nothing becomes older. With `pre`, pre-releases are selected too. Without `deps`, no
    dependencies are selected. The dependencies `without` (normalized names) are taken as installed.
    With `warn_about_unused`, a warning names those that nothing requires.
    Raises ResolutionError with who requires what.
    """
    links: dict[str, Link] = {}
    for requirement in requirements:
        if requirement.link:
            links.setdefault(requirement.name, requirement.link)
    named = {requirement.name for requirement in requirements}

    dependencies = DependencyReader(preparer, target, named, deps=deps, without=without)
    provider = _Provider(
        finder, dependencies, cache(find_installed), links, named, pre=pre, upgrade=upgrade
    )
    for requirement in requirements:
        provider.expect(requirement)
    resolution = _Resolution(provider, BaseReporter())
    try:
        state = resolution.resolve(requirements, max_rounds=_ROUNDS)
    except ResolutionImpossible as error:
        lines = format_resolution_error(error.causes, finder.find_versions, finder.find_yanked)
        raise ResolutionError(*lines) from error
    except ResolutionTooDeep as error:
        raise ResolutionError(
            f"No set of releases was found in {_ROUNDS:,} attempts. Pin versions of some packages."
        ) from error
    if warn_about_unused:
        dependencies.warn_about_unused()
    return _merge_extras(state)


def _merge_extras(state: State[Requirement, Candidate, Identifier]) -> list[Candidate]:
    """Return one candidate a package, with all extras, and with the names that it requires."""
    chosen: dict[str, Candidate] = {}
    for identifier, children in _find_required(state).items():
        candidate = state.mapping[identifier]
        known = chosen.get(candidate.name, candidate)
        base = (candidate.name, ()) if identifier[1] else None  # with extras, it requires itself
        names = {child[0] for child in children if child != base}
        chosen[candidate.name] = replace(
            candidate,
            extras=tuple(sorted({*known.extras, *candidate.extras})),
            requires=tuple(sorted({*known.requires, *names})),
        )
    return [chosen[name] for name in sorted(chosen)]


def _find_required(
    state: State[Requirement, Candidate, Identifier],
) -> dict[Identifier, list[Identifier]]:
    """Return the packages that are required in the end, and what each requires.

    A package that only releases that were tried before require is not among them. (Resolver.resolve
    does the same, but its recursion has no end for a circle of such packages.)
    """
    identifiers = {id(candidate): one for one, candidate in state.mapping.items()}
    children: dict[Identifier, list[Identifier]] = {one: [] for one in state.mapping}
    queue: list[Identifier] = []
    for identifier, criterion in state.criteria.items():
        for parent in criterion.iter_parent():
            if parent is None:
                queue.append(identifier)
            elif id(parent) in identifiers:
                children[identifiers[id(parent)]].append(identifier)
    found: dict[Identifier, list[Identifier]] = {}
    for identifier in queue:
        if identifier not in found:
            found[identifier] = children[identifier]
            queue += children[identifier]
    return found


class _Resolution(Resolution[Requirement, Candidate, Identifier]):
    """resolvelib's resolution, which asks of each release only once whether it still fits.

    It asks for all packages in each round. An answer holds as long as the requirements are the same
    object, since a new one is made when a requirement is added.
    """

    def __init__(
        self,
        provider: AbstractProvider[Requirement, Candidate, Identifier],
        reporter: BaseReporter[Requirement, Candidate, Identifier],
    ) -> None:
        super().__init__(provider, reporter)
        self._fitting: dict[Identifier, tuple[object, Candidate | None]] = {}

    def _is_current_pin_satisfying(
        self, name: Identifier, criterion: Criterion[Requirement, Candidate]
    ) -> bool:
        pin = self.state.mapping.get(name)
        known = self._fitting.get(name)
        if known and known[0] is criterion and known[1] is pin:
            return True
        fits = super()._is_current_pin_satisfying(name, criterion)
        if fits:
            self._fitting[name] = criterion, pin
        return fits


class _Provider(AbstractProvider[Requirement, Candidate, Identifier]):
    def __init__(
        self,
        finder: CandidateFinder,
        dependencies: DependencyReader,
        find_installed: Callable[[str], InstalledPackage | None],
        links: Mapping[str, Link],
        named: Collection[str],
        *,
        pre: bool,
        upgrade: bool,
    ) -> None:
        self._finder = finder
        self._dependencies = dependencies
        self._find_installed = find_installed
        self._links = links
        self._named = named
        self._pre = pre
        self._upgrade = upgrade
        self._answers: dict[tuple[int, str], tuple[Requirement, bool]] = {}

    def identify(self, requirement_or_candidate: Requirement | Candidate) -> Identifier:
        return requirement_or_candidate.name, requirement_or_candidate.extras

    def narrow_requirement_selection(
        self,
        identifiers: Iterable[Identifier],
        resolutions: Mapping[Identifier, Candidate],
        candidates: Mapping[Identifier, Iterator[Candidate]],
        information: Mapping[Identifier, Iterator[RequirementInformation[Requirement, Candidate]]],
        backtrack_causes: Sequence[RequirementInformation[Requirement, Candidate]],
    ) -> Iterable[Identifier]:
        """Return the package that was required first, as in upip's queue."""
        return [next(iter(identifiers))]

    def find_matches(
        self,
        identifier: Identifier,
        requirements: Mapping[Identifier, Iterator[Requirement]],
        incompatibilities: Mapping[Identifier, Iterator[Candidate]],
    ) -> Callable[[], Iterator[Candidate]]:
        name, extras = identifier
        # All requirements of a package count, with whatever extras it is required.
        known = [one for key in requirements if key[0] == name for one in requirements[key]]
        excluded = {candidate.raw_version for candidate in incompatibilities[identifier]}

        def find() -> Iterator[Candidate]:
            for candidate in self._find(name, known):
                if candidate.raw_version not in excluded and self._satisfies(candidate, known):
                    yield replace(candidate, extras=extras)

        return find

    def _find(self, name: str, requirements: Sequence[Requirement]) -> Iterable[Candidate]:
        """Return the candidates that the specifiers allow, the best first."""
        if name in self._links:
            return [make_direct_candidate(self._links[name], project=name)]
        specifier = intersect(requirements)
        package = self._find_installed(name)
        if not package or not Requirement(name, (), specifier).is_satisfied_by(package.version):
            return self._select(name, specifier)
        if is_pinned(specifier) or not (self._upgrade or name in self._named):
            return self._keep_installed(package, specifier)
        if self._upgrade:
            return self._upgrade_installed(package, specifier)
        return [self._prefer(package, one) for one in self._select(name, specifier)]

    def _keep_installed(
        self, package: InstalledPackage, specifier: SpecifierSet
    ) -> Iterator[Candidate]:
        """Yield the installed release first; indexes are asked only if it does not fit."""
        yield _installed_candidate(package)
        for candidate in self._select(package.name, specifier):
            if candidate.raw_version != package.version:
                yield candidate

    def _upgrade_installed(
        self, package: InstalledPackage, specifier: SpecifierSet
    ) -> Iterator[Candidate]:
        """Yield newer releases than the installed one, then that one, then the rest.

        So an upgrade makes nothing older, and keeps a package that no index has.
        """
        installed = _installed_candidate(package)
        found = self._select(package.name, specifier, missing_ok=True)
        others = [one for one in found if one.raw_version != package.version]
        yield from (one for one in others if one.version > installed.version)
        yield installed
        yield from (one for one in others if one.version <= installed.version)

    def _prefer(self, package: InstalledPackage, candidate: Candidate) -> Candidate:
        """Return the installed release in place of the same one from an index."""
        same = candidate.raw_version == package.version
        return _installed_candidate(package) if same else candidate

    def _select(
        self, name: str, specifier: SpecifierSet, *, missing_ok: bool = False
    ) -> Iterable[Candidate]:
        """Return the candidates of the first place that has any that fit.

        Raises ResolutionError for a project that no place has.
        """
        known = missing_ok
        for candidates in self._finder.find_candidates(name):
            known = known or bool(candidates)
            selected = select_candidates(candidates, specifier, pre=self._pre)
            if selected:
                return selected
        if not known:
            message = self._finder.not_found_message(name)
            raise ResolutionError(self._dependencies.format_not_found(name, message))
        return ()

    def is_satisfied_by(self, requirement: Requirement, candidate: Candidate) -> bool:
        """Return whether a candidate satisfies a requirement.

        resolvelib asks the same again and again, and specifiers take longer to hash than to answer.
        """
        key = id(requirement), candidate.raw_version
        known = self._answers.get(key)
        if known is None:
            # A requirement that is kept here keeps its id.
            known = requirement, requirement.is_satisfied_by(candidate.raw_version)
            self._answers[key] = known
        return known[1]

    def _satisfies(self, candidate: Candidate, requirements: Iterable[Requirement]) -> bool:
        return all(self.is_satisfied_by(one, candidate) for one in requirements)

    def get_dependencies(self, candidate: Candidate) -> Iterable[Requirement]:
        requirements = self._dependencies.read(candidate)
        for requirement in requirements:
            self.expect(requirement)
        return requirements

    def expect(self, requirement: Requirement) -> None:
        """Have the finder prepare for a requirement, unless an installed package stays for it."""
        name = requirement.name
        if name in self._links:
            return
        package = self._find_installed(name)
        if package and requirement.is_satisfied_by(package.version):
            is_renewed = self._upgrade or name in self._named
            if is_pinned(requirement.specifier) or not is_renewed:
                return
        installed = package.version if package else ""
        self._finder.expect(requirement, pre=self._pre, installed=installed)


def _installed_candidate(package: InstalledPackage) -> Candidate:
    version = Version(package.version)
    return Candidate(package.name, package.version, version, installed=package)

"""The dependencies of candidates: read, evaluated for the board, and counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ..errors import ConfigError, NotForDevicesError, ResolutionError
from ..limits import PACKAGE_LIMIT, TOTAL_REQUIREMENT_LIMIT
from ..messages.logs import get_logger
from ..requirements.requirement import Requirement, evaluate_requirement, parse_requirement
from ..requirements.target import Target
from .candidates import Candidate
from .resolution_error import NOTHING_INSTALLED
from .sources import RequiresReader

logger = get_logger(__name__)


class DependencyReader:
    """Reads the dependencies of candidates.

    `named` are the packages that are installed themselves. Dependencies in `without` (normalized
    names) are taken as installed. Without `deps`, no dependencies are followed.
    """

    def __init__(
        self,
        preparer: RequiresReader,
        target: Target,
        named: Collection[str],
        *,
        deps: bool,
        without: Collection[str],
    ) -> None:
        self._preparer = preparer
        self._target = target
        self._named = named
        self._deps = deps
        self._without = without
        self._left_out: set[str] = set()
        self._required_by: dict[str, Candidate] = {}
        self._counts: dict[str, int] = {}

    def read(self, candidate: Candidate) -> list[Requirement]:
        """Return the requirements of a candidate, one for each package and its extras.

        Raises ResolutionError and ConfigError for one that cannot be evaluated, and whatever the
        preparer raises.
        """
        grouped: dict[tuple[str, tuple[str, ...]], list[Requirement]] = {}
        for text in dict.fromkeys(self._read_texts(candidate)):
            try:
                written = parse_requirement(text)
                if self._is_left_out(written.name):
                    continue
                requirement = evaluate_requirement(written, self._target, candidate.extras)
            except (ConfigError, ResolutionError) as error:
                raise type(error)(f"{candidate} requires {text[:80]!r}: {error}") from error
            if requirement:
                self._required_by.setdefault(requirement.name, candidate)
                key = requirement.name, requirement.extras
                grouped.setdefault(key, []).append(requirement)
        self._limit(candidate, sum(map(len, grouped.values())))
        requirements = [replace(same[0], specifier=intersect(same)) for same in grouped.values()]
        if candidate.extras:
            requirements.insert(0, Requirement(candidate.name, raw_version=candidate.raw_version))
        return requirements

    def format_not_found(self, name: str, message: str) -> str:
        """Return the message for a package that no place has: who requires it, and what helps."""
        by = self._required_by.get(name)
        if not by or name in self._named:
            return f"{name}: {message}"
        return (
            f"{name} (required by {by}): {message} If the board has it, pass --without {name}, or "
            "--no-deps to install no dependencies."
        )

    def warn_about_unused(self) -> None:
        """Log the names in `without` that no other package requires."""
        for name in sorted(set(self._without) - self._left_out):
            logger.warning("--without %s had no effect: no other package requires it.", name)

    def _read_texts(self, candidate: Candidate) -> Iterable[str]:
        if not self._deps:
            return ()
        try:
            return self._preparer.read_requires(candidate)
        except NotForDevicesError as error:
            if candidate.name in self._named:
                raise
            raise type(error)(
                f"{error} If the board has {candidate.name}, pass --without {candidate.name}."
            ) from error

    def _is_left_out(self, raw_name: str) -> bool:
        name = canonicalize_name(raw_name)
        if name in self._without:
            self._left_out.add(name)
        return name in self._without

    def _limit(self, candidate: Candidate, count: int) -> None:
        """Raise ResolutionError if packages require one another without end."""
        self._counts[candidate.name] = max(count, self._counts.get(candidate.name, 0))
        for number, limit, what in (
            (len(self._required_by), PACKAGE_LIMIT, "packages"),
            (sum(self._counts.values()), TOTAL_REQUIREMENT_LIMIT, "requirements"),
        ):
            if number > limit:
                raise ResolutionError(
                    f"{candidate}: this package and those before have {number:,} {what} in all, "
                    f"and the limit is {limit:,}. {NOTHING_INSTALLED} Do not use this index."
                )


def intersect(requirements: Iterable[Requirement]) -> SpecifierSet:
    """Return the specifier that allows what all requirements allow."""
    clauses = (clause for requirement in requirements for clause in requirement.specifier)
    return SpecifierSet(frozenset(clauses))

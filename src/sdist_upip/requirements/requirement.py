"""What somebody needs of a package (PEP 508): name, extras, version specifiers and marker."""

from __future__ import annotations

from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from ..errors import ResolutionError
from ..filenames import parse_version
from .target import Target

NO_EXTRAS = ("",)
"""What the markers of a package wanted without extras are evaluated for."""

_LONGEST = 4000
"""Characters of a requirement; Python reads numbers of 4300 digits at most."""


@dataclass(frozen=True, slots=True)
class Need:
    """A normalized name, sorted extras, and which versions will do."""

    name: str
    extras: tuple[str, ...] = ()
    specifiers: SpecifierSet = field(default_factory=SpecifierSet)

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras}{self.specifiers}"

    def takes(self, version: str) -> bool:
        """Tell whether `version` will do; whether it is a pre-release is not asked here."""
        parsed = parse_version(version)
        return parsed is not None and self.specifiers.contains(parsed, prereleases=True)


def read_need(text: str, target: Target, extras: tuple[str, ...] = ()) -> Need | None:
    """Return the need in a requirement, or None if its marker says that it does not count.

    `extras` are those that the package with this requirement is wanted with. Raises
    ResolutionError for a text that no installer reads, and for one with an address in it.
    """
    requirement = read_requirement(text)
    if requirement.marker and not target.applies(requirement.marker, extras or NO_EXTRAS):
        return None
    if requirement.url:
        raise ResolutionError(
            f"the requirement {text!r} holds an address, which upip refuses; give the address alone"
        )
    wanted = sorted(map(canonicalize_name, requirement.extras))
    return Need(canonicalize_name(requirement.name), tuple(wanted), requirement.specifier)


def read_requirement(text: str) -> Requirement:
    """Return the parts of a requirement; raises ResolutionError."""
    if len(text) > _LONGEST:
        shown = f"{text[:40]}…"
        raise ResolutionError(f"the requirement {shown!r} has {len(text)} characters; shorten it")
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        raise ResolutionError(
            f"cannot read the requirement {text!r}: {reason}; it is written as NAME>=1.0,<2"
        ) from error

"""One requirement (PEP 508) as the resolver sees it: name, extras, versions or a direct reference.

What people or packages write is a `packaging.requirements.Requirement`. Evaluated for a board, it
is a `Requirement` of this module, or nothing where its marker is false.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from packaging import requirements as written
from packaging.specifiers import SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name

from ..errors import ConfigError, ResolutionError
from ..filenames import (
    WHEEL_SUFFIX,
    find_filename_defect,
    is_project_name,
    parse_version,
    parse_wheel_name,
    read_archive_name,
)
from ..index.link import Link
from ..messages.logs import get_logger
from .target import Target

logger = get_logger(__name__)

NO_EXTRAS = ("",)
"""The extras that the markers of a package required without extras are evaluated for."""

_LONGEST = 4000
"""Characters of a requirement; Python reads numbers of 4300 digits at most."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that is required: normalized `name`, sorted `extras`, and the versions that
    satisfy.

    With `raw_version`, only the release that spells its version so satisfies. `link` is the file of
    a direct reference.
    """

    name: str
    extras: tuple[str, ...] = ()
    specifier: SpecifierSet = field(default_factory=SpecifierSet)
    raw_version: str | None = None
    link: Link | None = None

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        version = self.specifier if self.raw_version is None else f" {self.raw_version}"
        return f"{self.name}{extras}{version}"

    def is_satisfied_by(self, raw_version: str) -> bool:
        """Return whether a version satisfies the specifier. Pre-releases are allowed here."""
        if self.raw_version is not None:
            return raw_version == self.raw_version
        version = parse_version(raw_version)
        return version is not None and self.specifier.contains(version, prereleases=True)


def parse_requirement(text: str) -> written.Requirement:
    """Return the parts of a requirement. Raises ResolutionError if it is not valid (PEP 508)."""
    if len(text) > _LONGEST:
        shown = f"{text[:40]}…"
        raise ResolutionError(f"The requirement {shown!r} has {len(text)} characters. Shorten it.")
    try:
        requirement = written.Requirement(text)
        for name in (requirement.name, *requirement.extras):
            if not is_project_name(name):  # Requirement accepts a final underscore
                raise written.InvalidRequirement(f"name is invalid: {name!r}")
        return requirement
    except written.InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        raise ResolutionError(
            f"Invalid requirement {text!r}: {reason}. Write it like NAME>=1.0,<2."
        ) from error


def evaluate_requirement(
    requirement: written.Requirement, target: Target, extras: tuple[str, ...] = ()
) -> Requirement | None:
    """Return a requirement for the board `target`, None if its marker is false there.

    `extras` are those that the package with this requirement is required with. Raises ConfigError
    and ResolutionError as `Target.evaluate_marker` does, and ResolutionError for one with a URL.
    """
    marker = requirement.marker
    if marker and not target.evaluate_marker(marker, extras or NO_EXTRAS):
        return None
    if requirement.url:
        raise ResolutionError(
            f"The requirement {str(requirement)!r} has a URL, which upip does not support. "
            "Pass the URL alone."
        )
    names = sorted({canonicalize_name(extra) for extra in requirement.extras})
    return Requirement(canonicalize_name(requirement.name), tuple(names), requirement.specifier)


def evaluate_roots(
    roots: Iterable[written.Requirement | Link], target: Target
) -> list[Requirement]:
    """Return `roots` as requirements for the board; those with a false marker are logged.

    Raises ConfigError for two files of one package, and for one that is not named like a package.
    """
    requirements = []
    links: dict[str, Link] = {}
    for root in roots:
        if isinstance(root, Link):
            requirement = read_direct_reference(root)
            other = links.setdefault(requirement.name, root)
            if str(other) != str(root):
                raise ConfigError(
                    f"{other} and {root} are both {requirement.name}. Pass one of them."
                )
            requirements.append(requirement)
        elif evaluated := evaluate_requirement(root, target):
            requirements.append(evaluated)
        else:
            logger.warning("Ignoring %s: its marker is false for this board.", root)
    return requirements


def read_direct_reference(link: Link, project: str = "") -> Requirement:
    """Return the requirement that an archive or a wheel is, by its file name.

    `project` is its normalized name, if known.

    Raises ConfigError if the file name states no name and version, or is not one safe segment.
    """
    if defect := find_filename_defect(link.filename):
        raise ConfigError(f"{link}: the file name {link.filename!r} {defect}. Rename the file.")
    if link.filename.endswith(WHEEL_SUFFIX):
        try:
            name, version, _ = parse_wheel_name(link.filename)
        except InvalidWheelFilename as error:
            raise ConfigError(f"{link}: {error}. Use the file name it was built with.") from error
        return Requirement(name, raw_version=str(version), link=link)
    parts = read_archive_name(link.filename, project)
    if not parts:
        raise ConfigError(
            f"{link} is not named NAME-VERSION.tar.gz, so its name and version are not known. "
            "Rename the file."
        )
    return Requirement(parts[0], raw_version=parts[1], link=link)

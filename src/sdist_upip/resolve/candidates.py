"""Candidates: the releases that one place has, and the order that device/upip_index.py tries them.

A place is an index or a find-links location.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ..filenames import ARCHIVE_SUFFIX, parse_version, read_archive_name, read_pure_wheel_name
from ..index.link import Link
from ..installed.package import InstalledPackage
from ..requirements.requirement import read_direct_reference


@dataclass(frozen=True, slots=True)
class Candidate:
    """One release of a package, with the extras that it is required with.

    `name` is normalized and `raw_version` is spelled as in the file name. `links` are its files:
    the archive, if there is one, and then wheels of pure Python. A release that is `installed` and
    stays needs none. `requires` are the names of the packages that it requires, once it is chosen.
    """

    name: str
    raw_version: str
    version: Version
    extras: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    installed: InstalledPackage | None = None
    requires: tuple[str, ...] = ()

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras} {self.raw_version}"

    @property
    def title(self) -> str:
        """The release without its extras, for messages."""
        return f"{self.name} {self.raw_version}"

    @property
    def has_archive(self) -> bool:
        """Whether there is a `.tar.gz`, and not only wheels."""
        return self.links[0].filename.endswith(ARCHIVE_SUFFIX)

    @property
    def yanked(self) -> bool:
        """Whether the release is yanked (PEP 592)."""
        return self.links[0].yanked


def make_candidates(links: Iterable[Link], name: str) -> list[Candidate]:
    """Return the releases of the project `name` in `links`; those with only wheels come last."""
    links = list(links)
    wheels: dict[Version, list[Link]] = {}
    for link in links:
        wheel = read_pure_wheel_name(link.filename)
        if wheel and wheel[0] == name:
            wheels.setdefault(wheel[1], []).append(link)
    candidates = []
    for link in links:
        archive = read_archive_name(link.filename, name)
        if archive:
            version = Version(archive[1])
            files = (link, *wheels.get(version, ()))
            candidates.append(Candidate(name, archive[1], version, links=files))
    for version in wheels.keys() - {candidate.version for candidate in candidates}:
        files = tuple(wheels[version])
        candidates.append(Candidate(name, str(version), version, links=files))
    return candidates


def make_direct_candidate(*links: Link, project: str = "") -> Candidate:
    """Return the release that a direct reference is, by its first link.

    `project` is its normalized name, if known. Raises ConfigError if the file name states no name
    and version.
    """
    requirement = read_direct_reference(links[0], project)
    assert requirement.raw_version is not None
    version = Version(requirement.raw_version)
    return Candidate(requirement.name, requirement.raw_version, version, links=links)


def select_candidates(
    candidates: Sequence[Candidate], specifier: SpecifierSet, *, pre: bool
) -> list[Candidate]:
    """Return the candidates that satisfy `specifier`, the best first.

    Pre-releases are selected if the specifier names one, with `pre`, or if there is nothing else.
    Yanked releases are selected only if the specifier is pinned.
    """
    selected = [
        candidate
        for candidate in candidates
        if specifier.contains(candidate.version, prereleases=True)
        and (is_pinned(specifier) or not candidate.yanked)
    ]
    if not (pre or _names_prerelease(specifier)):
        final = [candidate for candidate in selected if not candidate.version.is_prerelease]
        selected = final or selected
    return sorted(selected, key=_rank, reverse=True)


def is_pinned(specifier: SpecifierSet) -> bool:
    """Return whether the specifier names one version with `==` or `===`."""
    return any(
        clause.operator in ("==", "===") and not clause.version.endswith(".*")
        for clause in specifier
    )


def _names_prerelease(specifier: SpecifierSet) -> bool:
    """Return whether a pre-release is named, other than to exclude it."""
    versions = [
        parse_version(clause.version.removesuffix(".*"))
        for clause in specifier
        if clause.operator not in ("!=", "<")
    ]
    return any(version is not None and version.is_prerelease for version in versions)


def _rank(candidate: Candidate) -> tuple[Version, str, str]:
    """Return the key that upip sorts by; local versions do not count."""
    url = candidate.links[0].url if candidate.has_archive else ""
    return Version(candidate.version.public), candidate.raw_version, url

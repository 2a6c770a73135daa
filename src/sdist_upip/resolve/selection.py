"""Which release of a project: the rules of device/upip_index.py, over what one place offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from ..filenames import is_pure, parse_version, read_archive_name
from ..index.pages import Link


@dataclass(frozen=True, slots=True)
class Published:
    """A release that one place offers: `spelled` is its version as the file name has it.

    `archive` is its `.tar.gz`, None if there are wheels alone; `wheels` are those of pure Python.
    """

    spelled: str
    version: Version
    archive: Link | None
    wheels: tuple[Link, ...] = ()

    @property
    def yanked(self) -> bool:
        """Whether its author took it back."""
        return (self.archive or self.wheels[0]).yanked


def find_published(offers: Iterable[Link], project: str) -> list[Published]:
    """Return the releases of `project` that `offers` make up; those with wheels alone come last."""
    offers = list(offers)
    wheels: dict[Version, list[Link]] = {}
    for offer in offers:
        version = _read_wheel_version(offer.filename, project)
        if version is not None:
            wheels.setdefault(version, []).append(offer)
    found = []
    for offer in offers:
        named = read_archive_name(offer.filename)
        if named and named[0] == project:
            version = Version(named[1])
            found.append(Published(named[1], version, offer, tuple(wheels.get(version, ()))))
    for version in wheels.keys() - {published.version for published in found}:
        found.append(Published(str(version), version, None, tuple(wheels[version])))
    return found


def select(
    published: Sequence[Published], specifiers: SpecifierSet, *, pre: bool
) -> list[Published]:
    """Return the releases that fit `specifiers`, the best first.

    Pre-releases count if a specifier names one, with `pre`, or if there is nothing else; yanked
    releases only if one version is asked for with `==`.
    """
    fitting = [
        one
        for one in published
        if specifiers.contains(one.version, prereleases=True)
        and (pins(specifiers) or not one.yanked)
    ]
    if not (pre or _names_prerelease(specifiers)):
        final = [one for one in fitting if not one.version.is_prerelease]
        fitting = final or fitting
    return sorted(fitting, key=_rank, reverse=True)


def pins(specifiers: SpecifierSet) -> bool:
    """Tell whether one version is asked for."""
    return any(
        specifier.operator in ("==", "===") and not specifier.version.endswith(".*")
        for specifier in specifiers
    )


def _names_prerelease(specifiers: SpecifierSet) -> bool:
    """Tell whether a pre-release is named, other than to exclude it."""
    versions = [
        parse_version(specifier.version.removesuffix(".*"))
        for specifier in specifiers
        if specifier.operator not in ("!=", "<")
    ]
    return any(version is not None and version.is_prerelease for version in versions)


def _rank(published: Published) -> tuple[Version, str, str]:
    """Like upip, leave local versions out of the order."""
    url = published.archive.url if published.archive else ""
    return Version(published.version.public), published.spelled, url


def _read_wheel_version(filename: str, project: str) -> Version | None:
    """Return the version of a wheel of pure Python, None for other files."""
    if not is_pure(filename):
        return None
    name, version, _, _ = parse_wheel_filename(filename)
    return version if name == project else None

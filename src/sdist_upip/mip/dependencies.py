"""From requirements (PEP 508) to the `deps` of package.json: names and versions for mip."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from ..errors import ConfigError, ProjectError
from ..messages.logs import get_logger
from ..metadata.core import read_dependency
from ..metadata.markers import PLATFORMS, find_platforms
from ..migrate.package_json import SCHEMES

logger = get_logger(__name__)

LATEST = "latest"
"""The version of a dependency for which mip takes what the index has as latest."""
HEAD = "HEAD"
"""The version of a dependency in a repository: its default branch."""

_NAME = re.compile(r"(?:(?:codeberg|github|gitlab):|https?://)?[\w.+/:~-]+", re.ASCII)


def find_dependencies(
    requirements: Iterable[str], chosen: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the pairs (name, version) of `deps`, in the order of the requirements.

    `chosen` maps the names of requirements to what mip installs for them: `NAME`, `NAME@VERSION` or
    `github:ORG/REPO@VERSION`, "" for nothing. What mip cannot express is logged as a warning:
    ranges with an upper end, extras, and markers that are true on some boards only. Raises
    ProjectError for requirements that are not valid, or that pin two versions of one package, and
    ConfigError for a name in `chosen` that no requirement has.
    """
    wanted: dict[str, str] = {canonicalize_name(name): text for name, text in chosen.items()}
    specifiers: dict[str, SpecifierSet] = {}
    spelled: dict[str, str] = {}
    for requirement in map(read_dependency, requirements):
        if _applies(requirement):
            name = canonicalize_name(requirement.name)
            spelled.setdefault(name, requirement.name)
            specifiers[name] = specifiers.get(name, SpecifierSet()) & requirement.specifier
            if requirement.extras and name not in wanted:
                logger.warning(
                    "deps: mip has no extras. %s is installed without [%s].",
                    requirement.name,
                    ",".join(sorted(requirement.extras)),
                )
    _refuse_unknown(wanted, spelled)
    found: dict[tuple[str, str], None] = {}  # two requirements may have one package for mip
    for key, specifier in specifiers.items():
        text = wanted.get(key, spelled[key])
        if text:
            found[_make_pair(text, spelled[key], specifier)] = None
    return list(found)


def _applies(requirement: Requirement) -> bool:
    """Return whether the marker of a requirement is true on a board, without extras."""
    if requirement.marker is None:
        return True
    try:
        platforms = find_platforms(requirement.marker)
    except (UndefinedComparison, UndefinedEnvironmentName, InvalidVersion) as error:
        raise ProjectError(
            f"Dependency {requirement.name}: invalid marker {requirement.marker}: {error}. "
            "Correct the marker."
        ) from error
    if platforms and len(platforms) < len(PLATFORMS):
        logger.warning(
            "deps: %s is required only if %s, but mip installs it on every board.",
            requirement.name,
            requirement.marker,
        )
    return bool(platforms)


def _make_pair(text: str, required: str, specifier: SpecifierSet) -> tuple[str, str]:
    name, at, version = text.rpartition("@") if "@" in text else (text, "", "")
    if not _NAME.fullmatch(name) or (at and not re.fullmatch(r"[\w.+/-]+", version, re.ASCII)):
        raise ConfigError(
            f"Invalid dependency {text!r} for {required}. Write a name of mip's index or "
            "github:ORG/REPO, and @VERSION after it if one is needed."
        )
    if version:
        return name, version
    if name.startswith(SCHEMES):
        return name, HEAD
    return name, _find_version(required, specifier)


def _find_version(required: str, specifier: SpecifierSet) -> str:
    pinned = {
        item.version
        for item in specifier
        if item.operator in {"==", "==="} and not item.version.endswith(".*")
    }
    if len(pinned) > 1:
        raise ProjectError(
            f"Dependency {required}: the requirements pin {' and '.join(sorted(pinned))}, and "
            "package.json has one version for all boards. Pass --dep "
            f"{required}={required}@{min(pinned)} to choose one of them."
        )
    if pinned:
        return pinned.pop()
    if any(item.operator not in {">=", ">"} for item in specifier):
        logger.warning(
            "deps: mip takes no ranges. It installs the latest %s, and not %s.", required, specifier
        )
    return LATEST


def _refuse_unknown(wanted: Iterable[str], required: Mapping[str, str]) -> None:
    for name in wanted:
        if name not in required:
            close = difflib.get_close_matches(name, list(required), 1, 0.6)
            hint = f"Did you mean {required[close[0]]!r}?" if close else "Remove it."
            raise ConfigError(
                f"deps of package.json: the project does not require {name!r} on boards. {hint}"
            )

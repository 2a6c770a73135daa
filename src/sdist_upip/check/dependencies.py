"""Rules about dependencies: what stock upip makes of requires.txt, and whether PKG-INFO agrees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from packaging.markers import UndefinedComparison
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ..metadata.markers import ENVIRONMENT, PLATFORMS
from ..metadata.stock_upip import DEPENDENCIES, DEPENDENCY_LINE, action_on
from .problem import Problem
from .publishing import parse_requirement

REQUIRES_LIMIT = 1 << 16
"""Bytes of requires.txt that we read."""

_LINES_SHOWN = 20


def read_dependency_lines(data: bytes) -> list[str]:
    """Return the lines of a requires.txt as stock upip splits them; what is not UTF-8 is escaped.

    It strips white space at the end of the file and nowhere else. Of more than REQUIRES_LIMIT
    bytes the rest is left out.
    """
    text = data[:REQUIRES_LIMIT].rstrip().decode("utf-8", "backslashreplace")
    return text.split("\n") if text else []


def check_dependencies(
    files: Mapping[str, bytes], requires_dist: Iterable[str] | None
) -> Iterator[Problem]:
    """Yield the problems of every requires.txt in `files`, also against PKG-INFO's Requires-Dist.

    `requires_dist` is None where PKG-INFO cannot be read; then nothing is compared, nor if a line
    has a problem of its own.
    """
    lines: list[str] = []
    paths = [path for path in files if action_on(path) == DEPENDENCIES]
    for path in paths:
        if len(files[path]) > REQUIRES_LIMIT:
            message = (
                f"the list has more than {REQUIRES_LIMIT:,} bytes and was not read: boards have no "
                "RAM for it; list what the package imports and no more"
            )
            yield Problem("requires-line", path, message)
            return
        found = read_dependency_lines(files[path])
        yield from _check_lines(path, found)
        lines += found
    if requires_dist is not None and all(map(DEPENDENCY_LINE.fullmatch, lines)):
        yield from _compare(paths[0] if paths else "PKG-INFO", lines, _parse(requires_dist))


def _check_lines(path: str, lines: list[str]) -> Iterator[Problem]:
    wrong = [line for line in lines if not DEPENDENCY_LINE.fullmatch(line)]
    for line in wrong[:_LINES_SHOWN]:
        message = (
            f"stock upip cannot follow the line {line[:80]!r} and skips all behind it: it knows "
            "only name and name==version; leave the rest to Requires-Dist"
        )
        yield Problem("requires-line", path, message)
    if len(wrong) > _LINES_SHOWN:
        message = f"{len(wrong) - _LINES_SHOWN} more lines are of that kind; mend them all"
        yield Problem("requires-line", path, message)


def _parse(requires_dist: Iterable[str]) -> list[Requirement]:
    """Return the requirements that are valid; the others are reported with the metadata."""
    return [found for text in requires_dist if (found := parse_requirement(text)) is not None]


def _compare(path: str, lines: list[str], requirements: list[Requirement]) -> Iterator[Problem]:
    listed: dict[str, str] = {}
    for line in lines:
        name, _, version = line.partition("==")
        listed[canonicalize_name(name)] = version
    wanted: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        wanted.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    for name in sorted(listed.keys() | wanted.keys()):
        defect = _defect(name, listed.get(name), wanted.get(name, []))
        if defect:
            message = (
                f"{defect}: stock upip follows requires.txt, other installers PKG-INFO, and they "
                "install different packages; build it again, or make both say the same"
            )
            yield Problem("requires-disagree", path, message)


def _defect(name: str, version: str | None, requirements: list[Requirement]) -> str | None:
    """Say how PKG-INFO and requires.txt, which has `name` at `version` ("" for any), differ."""
    here = [requirement for requirement in requirements if _applies_somewhere(requirement)]
    if version is None:
        return (
            f"requires.txt lacks {name}, which PKG-INFO requires on MicroPython" if here else None
        )
    if not here:
        return f"requires.txt has {name}, which PKG-INFO does not require on MicroPython"
    if version and not any(_allows(requirement, version) for requirement in here):
        return f"requires.txt pins {name} to {version}, which PKG-INFO's {here[0]} excludes"
    return None


def _allows(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return False


def _applies_somewhere(requirement: Requirement) -> bool:
    marker = requirement.marker
    try:
        return marker is None or any(
            marker.evaluate({**ENVIRONMENT, "sys_platform": platform}) for platform in PLATFORMS
        )
    except UndefinedComparison:
        return True  # as with a marker that says nothing of MicroPython

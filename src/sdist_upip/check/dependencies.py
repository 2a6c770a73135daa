"""Rules about dependencies: how stock upip reads requires.txt, and whether PKG-INFO agrees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..limits import REQUIREMENT_LIMIT
from ..metadata.markers import applies_somewhere
from ..metadata.stock_upip import DEPENDENCIES, DEPENDENCY_LINE, action_on
from ..metadata.upip_rules import (
    find_requirement_defect,
    is_requirement_list,
    split_metadata,
    split_requirements,
)
from .problem import Problem
from .publishing import PKG_INFO, parse_requirement

REQUIRES_LIMIT = 1 << 16
"""Most bytes of requires.txt that are read."""

_LINES_SHOWN = 20


def read_dependency_lines(data: bytes) -> list[str]:
    """Return the lines of a requires.txt as stock upip splits them; invalid UTF-8 is escaped.

    Stock upip strips white space at the end of the file and nowhere else. Bytes past REQUIRES_LIMIT
    are ignored.
    """
    text = data[:REQUIRES_LIMIT].rstrip().decode("utf-8", "backslashreplace")
    return text.split("\n") if text else []


class RequiredNames(NamedTuple):
    """Normalized names of the packages that MicroPython installs with a release, and of others.

    Others are those of extras, and those that no MicroPython needs.
    """

    needed: frozenset[str]
    others: frozenset[str]


def find_required(
    files: Mapping[str, bytes], requires_dist: Iterable[str] | None
) -> RequiredNames | None:
    """Return the names that PKG-INFO and every requires.txt require.

    The result is None if PKG-INFO cannot be read.
    """
    if requires_dist is None:
        return None
    requirements = _parse(requires_dist)
    needed = {item.name for item in requirements if applies_somewhere(item.marker)}
    others = {item.name for item in requirements}
    for path in files:
        if action_on(path) == DEPENDENCIES or is_requirement_list(path):
            names = needed
            for line in read_dependency_lines(files[path]):
                if line.startswith("["):
                    names = others
                elif match := re.match(r"[\w.-]+", line.strip(), re.ASCII):
                    names.add(match[0])
    known = frozenset(map(canonicalize_name, needed))
    return RequiredNames(known, frozenset(map(canonicalize_name, others)) - known)


def check_dependencies(
    files: Mapping[str, bytes], requires_dist: Iterable[str] | None
) -> Iterator[Problem]:
    """Yield the problems of every requires.txt in `files`, also against PKG-INFO's Requires-Dist.

    `requires_dist` is None where PKG-INFO cannot be read. Nothing is compared then, nor if a line
    has a problem of its own.
    """
    yield from _check_as_upip(files)
    lines: list[str] = []
    paths = [path for path in files if action_on(path) == DEPENDENCIES]
    for path in paths:
        if len(files[path]) > REQUIRES_LIMIT:
            message = (
                f"The list has more than {REQUIRES_LIMIT:,} bytes and was not read. Boards do not "
                "have enough RAM for it. List only the packages that this package imports."
            )
            yield Problem("requires-line", path, message)
            return
        found = read_dependency_lines(files[path])
        yield from _check_lines(path, found)
        lines += found
    if requires_dist is not None and all(map(DEPENDENCY_LINE.fullmatch, lines)):
        yield from _compare(paths[0] if paths else "PKG-INFO", lines, _parse(requires_dist))


def _check_as_upip(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield why upip refuses the requirements. It reads requires.txt if PKG-INFO has none.

    The text of requires.txt has stricter rules of its own.
    """
    metadata = shown = 0
    for line in split_metadata(files.get(PKG_INFO, b"")):
        metadata += 1
        if shown < _LINES_SHOWN and (defect := find_requirement_defect(line)):
            shown += 1
            message = f"{defect} upip refuses the archive. Correct the requirement."
            yield Problem("requires-text", PKG_INFO, message)
    lists = (files[path] for path in filter(is_requirement_list, files))
    listed = sum(1 for text in lists for _ in split_requirements(text))
    count = max(metadata, listed)
    if count > REQUIREMENT_LIMIT:
        message = (
            f"The archive has {count:,} requirements. upip refuses archives with more than "
            f"{REQUIREMENT_LIMIT}. Split the package."
        )
        yield Problem("requires-count", PKG_INFO if metadata else None, message)


def _check_lines(path: str, lines: list[str]) -> Iterator[Problem]:
    wrong = [line for line in lines if not DEPENDENCY_LINE.fullmatch(line)]
    for line in wrong[:_LINES_SHOWN]:
        message = (
            f"Stock upip cannot read the line {line[:80]!r} and skips all lines after it. Stock "
            "upip supports only name and name==version. Put other requirements in Requires-Dist "
            "only."
        )
        yield Problem("requires-line", path, message)
    if len(wrong) > _LINES_SHOWN:
        message = f"{len(wrong) - _LINES_SHOWN} more lines have this problem. Fix all of them."
        yield Problem("requires-line", path, message)


def _parse(requires_dist: Iterable[str]) -> list[Requirement]:
    """Return the requirements that are valid; the others are reported with the metadata."""
    return [found for text in requires_dist if (found := parse_requirement(text)) is not None]


def _compare(path: str, lines: list[str], requirements: list[Requirement]) -> Iterator[Problem]:
    listed: dict[str, str] = {}
    for line in lines:
        name, _, version = line.partition("==")
        listed[canonicalize_name(name)] = version
    required: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        required.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    for name in sorted(listed.keys() | required.keys()):
        defect = _defect(name, listed.get(name), required.get(name, []))
        if defect:
            message = (
                f"{defect}. Stock upip reads requires.txt and other installers read PKG-INFO, so "
                "they install different packages. Build the archive again, or make both files "
                "agree."
            )
            yield Problem("requires-disagree", path, message)


def _defect(name: str, version: str | None, requirements: list[Requirement]) -> str | None:
    """Return how PKG-INFO and requires.txt differ in `name`, or None if they agree.

    `version` is that in requires.txt, "" for any, None if `name` is not there.
    """
    here = [requirement for requirement in requirements if applies_somewhere(requirement.marker)]
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
    except ValueError:  # InvalidVersion, or int() for thousands of digits
        return False

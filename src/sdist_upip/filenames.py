"""File names of archives and wheels (PEP 625, PEP 427): one parser each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from .member_paths import find_segment_defect, find_structure_defect

ARCHIVE_SUFFIX = ".tar.gz"
WHEEL_SUFFIX = ".whl"
HOST_DIRECTORIES = frozenset(
    {"benchmarks", "doc", "docs", "example", "examples", "test", "tests", "tools"}
)
"""Top-level packages that projects declare by accident, through find_packages()."""

_SDISTS = (ARCHIVE_SUFFIX, ".zip")
_ORDINARY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!~-]{0,254}")
"""At most 255 letters, the limit of file systems."""
_LONGEST = 255
_DIGITS = re.compile("[0-9]+")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9.!+_-]+")
"""The letters of a version. The pattern of PEP 440 also ignores white space around a version."""


def find_filename_defect(filename: str) -> str | None:
    """Return why `filename` cannot be one file in a directory, as a predicate, or None if it can.

    Names from URLs, pages and locks choose where files are written, so a name must be one segment
    on every file system.
    """
    if "/" in filename:
        return "contains a slash"
    if defect := find_structure_defect(filename) or find_segment_defect(filename):
        return defect
    if filename.startswith("."):
        return "begins with a dot"
    if len(filename.encode()) > _LONGEST:
        return f"has more than {_LONGEST} bytes"
    return None


def is_wheel(path: Path) -> bool:
    """Return whether `path` has the file name of a wheel."""
    return path.suffix == WHEEL_SUFFIX


def is_project_name(text: str) -> bool:
    """Return whether `text` is the name of a project (PEP 508)."""
    return bool(_NAME.fullmatch(text))


def parse_version(text: str) -> Version | None:
    """Return the version (PEP 440) that `text` is, without white space, or None."""
    if not _VERSION.fullmatch(text):
        return None
    try:
        return Version(text)
    except ValueError:  # InvalidVersion, and the error of int() for thousands of digits
        return None


def split_release(stem: str) -> tuple[str, str]:
    """Return name and version in NAME-VERSION, as they are spelled there, or "" for a part.

    The version begins at the last hyphen. Digits alone behind a version with a dot belong to that
    version: `x-3.4.0-2` is a post-release (PEP 440).
    """
    name, _, version = stem.rpartition("-")
    first, _, middle = name.rpartition("-")
    if first and _DIGITS.fullmatch(version) and "." in middle and parse_version(middle):
        return first, f"{middle}-{version}"
    return name, version


def read_archive_name(filename: str, project: str = "") -> tuple[str, str] | None:
    """Return (normalized name, version as spelled) of an archive, or None for other files.

    With `project` (normalized), the version may begin at the last hyphen, too.
    """
    if not filename.endswith(ARCHIVE_SUFFIX):
        return None
    stem = filename.removesuffix(ARCHIVE_SUFFIX)
    for name, version in _splits(stem) if project else (split_release(stem),):
        if is_project_name(name) and parse_version(version) is not None:
            normal = canonicalize_name(name)
            if project in ("", normal):
                return normal, version
    return None


def _splits(stem: str) -> Iterator[tuple[str, str]]:
    """Yield each name and version that the stem of a file name may have, the longest name first."""
    name, _, version = stem.rpartition("-")
    yield name, version
    if (split := split_release(stem)) != (name, version):
        yield split


def project_of(filename: str) -> str | None:
    """Return the normalized project name in `filename`, or None for other files.

    The version begins where `split_release` finds it, as for upip on a board.
    """
    if not _ORDINARY.fullmatch(filename) or find_filename_defect(filename):
        return None
    name = ""
    for suffix in _SDISTS:
        if filename.endswith(suffix):
            name = split_release(filename.removesuffix(suffix))[0]
    if filename.endswith(WHEEL_SUFFIX) and filename.count("-") in (4, 5):
        name = filename.partition("-")[0]
    return canonicalize_name(name) if is_project_name(name) else None


def projects_of(filename: str) -> list[str]:
    """Return the normalized names of all projects that `filename` may be a file of.

    `a-1.0-2.tar.gz` may be a release of `a`, or one of `a-1.0`.
    """
    found = [project] if (project := project_of(filename)) else []
    if found and filename.endswith(ARCHIVE_SUFFIX):
        for name, version in _splits(filename.removesuffix(ARCHIVE_SUFFIX)):
            if is_project_name(name) and parse_version(version) is not None:
                found.append(canonicalize_name(name))
    return list(dict.fromkeys(found))


def is_for_every_machine(tags: Iterable[Tag]) -> bool:
    """Return whether one of `tags` is for any machine, with Python 3 or MicroPython."""
    return any(
        tag.interpreter.startswith(("py3", "micropython"))
        and (tag.abi, tag.platform) == ("none", "any")
        for tag in tags
    )


def parse_wheel_name(filename: str) -> tuple[str, Version, frozenset[Tag]]:
    """Return normalized name, version and tags of a wheel.

    Raises InvalidWheelFilename, also for letters that names and versions do not have.
    """
    try:
        name, version, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        raise
    except ValueError as error:  # a build number of thousands of digits
        raise InvalidWheelFilename(f"Invalid wheel filename: {error}") from error
    raw_name, raw_version, *_ = filename.split("-")
    if (
        not _ORDINARY.fullmatch(filename)
        or not is_project_name(raw_name)
        or parse_version(raw_version) is None
    ):
        raise InvalidWheelFilename(f"Invalid wheel filename: {filename!r}")
    return name, version, tags


def read_pure_wheel_name(filename: str) -> tuple[str, Version] | None:
    """Return (normalized name, version) of a wheel for every machine, or None for other files."""
    try:
        name, version, tags = parse_wheel_name(filename)
    except InvalidWheelFilename:
        return None
    return (name, version) if is_for_every_machine(tags) else None

"""File names of archives and wheels (PEP 625, PEP 427): one parser each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

ARCHIVE_SUFFIX = ".tar.gz"
WHEEL_SUFFIX = ".whl"
HOST_DIRECTORIES = frozenset(
    {"benchmarks", "doc", "docs", "example", "examples", "test", "tests", "tools"}
)
"""Top-level packages that projects declare by accident, through find_packages()."""

_SDISTS = (ARCHIVE_SUFFIX, ".zip")
_ORDINARY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!~-]{0,254}")
"""At most 255 letters, the limit of file systems."""


def parse_version(text: str) -> Version | None:
    """Return the version (PEP 440) in `text`, or None if it is not a version."""
    try:
        return Version(text)
    except ValueError:  # InvalidVersion, and the error of int() for thousands of digits
        return None


def read_archive_name(filename: str) -> tuple[str, str] | None:
    """Return (normalized name, version as spelled) of an archive, or None for other files."""
    if not filename.endswith(ARCHIVE_SUFFIX):
        return None
    name, _, version = filename.removesuffix(ARCHIVE_SUFFIX).rpartition("-")
    return (canonicalize_name(name), version) if name and parse_version(version) else None


def project_of(filename: str) -> str | None:
    """Return the normalized project name in `filename`, or None for other files.

    The version of an archive begins at its last hyphen, as for upip on a board.
    """
    if not _ORDINARY.fullmatch(filename):
        return None
    name = ""
    for suffix in _SDISTS:
        if filename.endswith(suffix):
            name = filename.removesuffix(suffix).rpartition("-")[0]
    if filename.endswith(WHEEL_SUFFIX) and filename.count("-") in (4, 5):
        name = filename.partition("-")[0]
    return canonicalize_name(name) if name else None


def is_for_every_machine(tags: Iterable[Tag]) -> bool:
    """Return whether one of `tags` is for any machine, with Python 3 or MicroPython."""
    return any(
        tag.interpreter.startswith(("py3", "micropython"))
        and (tag.abi, tag.platform) == ("none", "any")
        for tag in tags
    )


def read_pure_wheel_name(filename: str) -> tuple[str, Version] | None:
    """Return (normalized name, version) of a wheel for every machine, or None for other files."""
    try:
        name, version, _, tags = parse_wheel_filename(filename)
    except ValueError:  # InvalidWheelFilename, or int() for thousands of digits
        return None
    return (name, version) if is_for_every_machine(tags) else None


def split_filename(filename: str) -> tuple[str, str]:
    """Return the name and the version in `filename`, as they are spelled there."""
    if filename.endswith(WHEEL_SUFFIX):
        name, version, *_ = [*filename.split("-"), ""]
        return name, version
    name, _, version = re.sub(r"\.(tar\.[a-z0-9]+|zip|tgz)$", "", filename).rpartition("-")
    return name, version

"""Rules of PyPI: file name and root directory (PEP 625), PKG-INFO, and limits of uploads."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from packaging.metadata import RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..filenames import ARCHIVE_SUFFIX, split_release
from ..limits import METADATA_LIMIT
from ..metadata.index_rules import (
    VERSIONS,
    FieldDefect,
    find_field_defects,
    find_place,
    find_specification_defects,
    without_early_license_files,
)
from .problem import Problem

PKG_INFO = "PKG-INFO"
FIELD_LIMIT = 1000
"""Most fields of PKG-INFO that are read; the time of `packaging` grows with their square."""

_BLANK_LINE = re.compile(rb"^\r?$", re.MULTILINE)
_FIELD = re.compile(rb"^[^ \t]", re.MULTILINE)
_SHOWN = 20
_REFUSED = "PyPI refuses the upload."


class Identity(NamedTuple):
    """A name and version, normalized so that equal ones compare equal."""

    name: str
    version: Version


def check_filename(filename: str) -> tuple[Identity | None, list[Problem]]:
    """Return the release in the file name, and its problems; `filename` has no directories."""
    name, version = split_release(filename.removesuffix(ARCHIVE_SUFFIX))
    refusal = f"Invalid file name {filename!r} (PEP 625). PyPI refuses the archive. Rename it to"
    try:
        identity = Identity(canonicalize_name(name, validate=True), Version(version))
    except ValueError:  # InvalidName, InvalidVersion, or int() for thousands of digits
        return None, [Problem("filename", None, f"{refusal} NAME-VERSION{ARCHIVE_SUFFIX}.")]
    normal = f"{identity.name.replace('-', '_')}-{identity.version}"
    if filename == f"{normal}{ARCHIVE_SUFFIX}":
        return identity, []
    message = f"{refusal} {normal}{ARCHIVE_SUFFIX}, and its root directory to {normal}."
    return identity, [Problem("filename", None, message)]


def check_root(filename: str, roots: Collection[str]) -> Iterator[Problem]:
    """Yield the problems of the top-level directories, `""` for members outside any."""
    stem = filename.removesuffix(ARCHIVE_SUFFIX)
    if len(roots) > 1 or "" in roots:
        places = ", ".join(repr(root) if root else "no directory" for root in sorted(roots)[:5])
        message = (
            f"Expected all members in one root directory, found members in {places}. PyPI refuses "
            "the archive, and stock upip removes the first part of every path. Put all members "
            f"below {stem}/."
        )
        yield Problem("root", None, message)
    elif filename.endswith(ARCHIVE_SUFFIX) and stem not in roots:
        message = (
            f"Expected the root directory {stem!r}, as in the file name, got "
            f"{next(iter(roots))!r}. PyPI refuses the archive. Build the archive again."
        )
        yield Problem("root", None, message)


def read_metadata(data: bytes) -> tuple[RawMetadata | None, list[Problem]]:
    """Return the fields of PKG-INFO, and the problems that `packaging` and PyPI have with them."""
    if len(data) > METADATA_LIMIT or _count_fields(data) > FIELD_LIMIT:
        message = (
            f"PKG-INFO has more than {METADATA_LIMIT:,} bytes or {FIELD_LIMIT:,} fields and was "
            "not read. Shorten it."
        )
        return None, [Problem("metadata", PKG_INFO, message)]
    raw, unparsed = parse_email(data)
    raw = without_early_license_files(raw)
    defects = [*find_specification_defects(raw, unparsed), *find_field_defects(raw)]
    problems = [*_check_version(raw), *map(_make_problem, defects)]
    if len(problems) > _SHOWN:
        message = f"{len(problems) - _SHOWN} more fields are invalid. {_REFUSED} {_advice('')}"
        problems[_SHOWN:] = [Problem("metadata", PKG_INFO, message)]
    return raw, problems


def _make_problem(defect: FieldDefect) -> Problem:
    message = f"{defect.reason}. {_REFUSED} {_advice(defect.field)}"
    return Problem("metadata", PKG_INFO, message)


def _advice(field: str) -> str:
    return f"Correct {find_place(field)}."


def _check_version(raw: RawMetadata) -> Iterator[Problem]:
    version = raw.get("metadata_version", "")
    if version not in VERSIONS:
        found = repr(version[:20]) if version else "none"
        message = (
            f"Expected a metadata version of {', '.join(VERSIONS[:-1])} or {VERSIONS[-1]}, got "
            f"{found}. {_REFUSED} Build the archive with the step metadata, which writes one."
        )
        yield Problem("metadata-version", PKG_INFO, message)


def identify(raw: RawMetadata) -> Identity | None:
    """Return the release that metadata names, or None if its name or version is not valid."""
    try:
        return Identity(canonicalize_name(raw["name"], validate=True), Version(raw["version"]))
    except (KeyError, ValueError):
        return None


def parse_requirement(text: str) -> Requirement | None:
    """Return the requirement (PEP 508) in `text`, or None if it is not one."""
    try:
        return Requirement(text)
    except (InvalidRequirement, RecursionError):
        return None


def check_metadata(
    raw: RawMetadata, expected: Identity | None, paths: Collection[str]
) -> Iterator[Problem]:
    """Yield where metadata and archive disagree, and valid metadata that PyPI does not accept.

    `expected` is the release in the file name. `paths` are the members below the root directory.
    """
    identity = identify(raw)
    if identity and expected and identity != expected:
        message = (
            f"Expected PKG-INFO of {expected.name} {expected.version}, as in the file name, got "
            f"{identity.name} {identity.version}. PyPI refuses the archive. Build the archive "
            "again."
        )
        yield Problem("pkg-info-mismatch", PKG_INFO, message)
    if identity and identity.version.local:
        message = (
            f"The version {identity.version} has a local part, '+{identity.version.local}'. PyPI "
            "refuses the archive. Release it under a public version."
        )
        yield Problem("local-version", PKG_INFO, message)
    for path in raw.get("license_files", []):
        if path not in paths:
            message = (
                f"License-File {path!r} is not in the archive. PyPI refuses the archive (PEP 639). "
                "Add the file or remove the field."
            )
            yield Problem("license-file", PKG_INFO, message)
    related = (*raw.get("provides_dist", []), *raw.get("obsoletes_dist", []))
    for text in (*raw.get("requires_dist", []), *related):
        if _points_to_url(text):
            message = (
                f"The requirement {text[:200]!r} points to a URL. PyPI refuses the upload, and "
                "upip cannot install the requirement. Require a released version."
            )
            yield Problem("url-requirement", PKG_INFO, message)


def _points_to_url(text: str) -> bool:
    requirement = parse_requirement(text)
    return requirement is not None and requirement.url is not None


def _count_fields(data: bytes) -> int:
    end = _BLANK_LINE.search(data)
    return len(_FIELD.findall(data, 0, end.start() if end else len(data)))

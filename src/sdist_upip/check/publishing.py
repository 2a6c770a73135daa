"""Rules of PyPI: file name and root directory (PEP 625), PKG-INFO, and what an upload may not
say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from packaging.metadata import ExceptionGroup, InvalidMetadata, Metadata, RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from .problem import Problem

PKG_INFO = "PKG-INFO"
SUFFIX = ".tar.gz"
METADATA_LIMIT = 1 << 20
"""Bytes of PKG-INFO that we read."""
FIELD_LIMIT = 1000
"""Fields of PKG-INFO that we read; `packaging` takes time by their square."""

_BLANK_LINE = re.compile(rb"^\r?$", re.MULTILINE)
_FIELD = re.compile(rb"^[^ \t]", re.MULTILINE)
_NEWEST_METADATA = (2, 5)
_SUMMARY_LIMIT = 512
_LABEL_LIMIT = 32
_SHOWN = 20
_REFUSED = "PyPI refuses the upload; mend it in the project's metadata"


class Identity(NamedTuple):
    """A name and version, normalized so that equal ones compare equal."""

    name: str
    version: Version


def check_filename(filename: str) -> tuple[Identity | None, list[Problem]]:
    """Return what release the file name tells, and its problems; `filename` is without
    directories."""
    stem = filename.removesuffix(SUFFIX)
    name, _, version = stem.rpartition("-")
    refusal = f"PyPI refuses the file name {filename!r}, by PEP 625"
    try:
        identity = Identity(canonicalize_name(name, validate=True), Version(version))
    except (InvalidName, InvalidVersion):
        return None, [Problem("filename", None, f"{refusal}: name it NAME-VERSION{SUFFIX}")]
    normal = f"{identity.name.replace('-', '_')}-{identity.version}"
    if filename == f"{normal}{SUFFIX}":
        return identity, []
    message = f"{refusal}: name it {normal}{SUFFIX}, and its root directory likewise"
    return identity, [Problem("filename", None, message)]


def check_root(filename: str, roots: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with the top-level directories, `""` for members outside any."""
    stem = filename.removesuffix(SUFFIX)
    if len(roots) > 1 or "" in roots:
        places = ", ".join(repr(root) if root else "no directory" for root in sorted(roots)[:5])
        message = (
            f"the members lie in {places}: PyPI wants one directory, and stock upip cuts off the "
            f"first part of every path, whatever it is; put all below {stem}/"
        )
        yield Problem("root", None, message)
    elif filename.endswith(SUFFIX) and stem not in roots:
        message = (
            f"the root directory is {next(iter(roots))!r}: PyPI wants {stem!r}, as the file name"
        )
        yield Problem("root", None, f"{message}; build it again")


def read_metadata(data: bytes) -> tuple[RawMetadata | None, list[Problem]]:
    """Return the fields of PKG-INFO, and what `packaging` and PyPI find wrong with them."""
    if len(data) > METADATA_LIMIT or _count_fields(data) > FIELD_LIMIT:
        message = (
            f"PKG-INFO has more than {METADATA_LIMIT:,} bytes or {FIELD_LIMIT:,} fields and was "
            "not read; shorten it"
        )
        return None, [Problem("metadata", PKG_INFO, message)]
    raw, unparsed = parse_email(data)
    defects = [("metadata", f"the field {name!r} is not known or not UTF-8") for name in unparsed]
    try:
        Metadata.from_raw(raw)
    except ExceptionGroup as group:
        defects += map(_describe, group.exceptions)
    except (RecursionError, MemoryError):
        defects.append(("metadata", "a marker or License-Expression is nested too deeply"))
    else:
        defects += _too_new(raw)
    defects += (("metadata", defect) for defect in _pypi_defects(raw))
    problems = [
        Problem(code, PKG_INFO, f"{defect}: {_REFUSED}") for code, defect in defects[:_SHOWN]
    ]
    if len(defects) > _SHOWN:
        message = f"{len(defects) - _SHOWN} more fields are wrong: {_REFUSED}"
        problems.append(Problem("metadata", PKG_INFO, message))
    return raw, problems


def identify(raw: RawMetadata) -> Identity | None:
    """Return the release that metadata tells, or None if its name or version is not valid."""
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
    raw: RawMetadata, told: Identity | None, paths: Collection[str]
) -> Iterator[Problem]:
    """Yield where metadata and archive disagree, and what PyPI does not take although it is valid.

    `told` is the release that the file name tells; `paths` are the members below the root
    directory.
    """
    identity = identify(raw)
    if identity and told and identity != told:
        message = (
            f"PKG-INFO is of {identity.name} {identity.version} and the file name of {told.name} "
            f"{told.version}: PyPI refuses it; build it again"
        )
        yield Problem("pkg-info-mismatch", PKG_INFO, message)
    if identity and identity.version.local:
        message = (
            f"the version {identity.version} has a local part, '+{identity.version.local}': PyPI "
            "refuses it; release it under a public version"
        )
        yield Problem("local-version", PKG_INFO, message)
    for path in raw.get("license_files", []):
        if path not in paths:
            message = (
                f"License-File names {path!r}, and no such member is there: PyPI refuses it (PEP "
                "639); add the file or drop the field"
            )
            yield Problem("license-file", PKG_INFO, message)
    related = (*raw.get("provides_dist", []), *raw.get("obsoletes_dist", []))
    for text in (*raw.get("requires_dist", []), *related):
        if _points_to_url(text):
            message = (
                f"{text[:200]!r} points to a URL: PyPI refuses the upload and upip cannot follow; "
                "require a released version"
            )
            yield Problem("url-requirement", PKG_INFO, message)


def _describe(error: Exception) -> tuple[str, str]:
    if isinstance(error, InvalidMetadata) and error.field == "metadata-version":
        return "metadata-version", "the metadata version is missing or not one that PyPI reads"
    return "metadata", str(error)


def _too_new(raw: RawMetadata) -> Iterator[tuple[str, str]]:
    version = raw["metadata_version"]
    if tuple(map(int, version.split("."))) > _NEWEST_METADATA:
        yield "metadata-version", f"the metadata version {version} is newer than what PyPI reads"


def _pypi_defects(raw: RawMetadata) -> Iterator[str]:
    """Yield what PyPI asks beyond the specification of core metadata."""
    summary = raw.get("summary", "")
    if len(summary) > _SUMMARY_LIMIT:
        yield f"Summary has {len(summary)} characters and may have {_SUMMARY_LIMIT}"
    for label, url in raw.get("project_urls", {}).items():
        if not 0 < len(label) <= _LABEL_LIMIT:
            yield f"the label {label!r} of Project-URL must have 1 to {_LABEL_LIMIT} characters"
        elif not url:
            yield f"Project-URL {label!r} has no URL"


def _points_to_url(text: str) -> bool:
    requirement = parse_requirement(text)
    return requirement is not None and requirement.url is not None


def _count_fields(data: bytes) -> int:
    end = _BLANK_LINE.search(data)
    return len(_FIELD.findall(data, 0, end.start() if end else len(data)))

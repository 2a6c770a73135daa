"""The metadata of a device archive, as a site publishes it: its own, as far as it has any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from ..errors import ArchiveError, ProjectError, ResolutionError
from ..filenames import is_project_name, parse_version, read_archive_name
from ..messages.text import escape
from ..metadata.core import NONE, CoreMetadata, parse_metadata, write_metadata
from ..requirements.requirement import parse_requirement

_PKG_INFO = "PKG-INFO"
_RECORD = re.compile(r"[^/]+\.egg-info/PKG-INFO")
_EXTRA = re.compile(r"\bextra *== *[\"']([A-Za-z0-9._-]+)[\"']")
_LONGEST = 500
"""Most characters of a field that is shown."""
_URLS = 50
"""Most links of a project."""
_LICENSE = "License :: "


@dataclass(frozen=True, slots=True)
class ProjectMetadata:
    """What a site shows of a release, and the file `data` that clients read in place of its
    archive.

    `declared` is the name as the metadata spells it. The other texts are lines without characters
    that are not printable.
    """

    declared: str
    data: bytes
    requires_python: str
    summary: str
    author: str
    license: str
    urls: tuple[tuple[str, str], ...]


def identify_archive(files: Mapping[str, bytes], filename: str) -> tuple[str, str]:
    """Return the normalized name and the version, as spelled, in the name of an archive.

    `files` are by their paths below its root. Raises ArchiveError if the metadata states another
    project or release.
    """
    metadata = _parse(files)[0]
    declared = _read_name(metadata) if metadata else ""
    own = declared and read_archive_name(filename, canonicalize_name(declared))
    named = own or read_archive_name(filename)
    if not named:
        raise ArchiveError(
            "The file is not named NAME-VERSION.tar.gz, so its name and version are not known. "
            "Rename the file."
        )
    if metadata is None:
        return named
    stated = (metadata.get("Version") or "").strip()
    version = parse_version(stated)
    if version is None:
        raise ArchiveError(
            f"PKG-INFO: {stated!r} is not a version (PEP 440). Build the archive again."
        )
    if (canonicalize_name(declared), version) != (named[0], parse_version(named[1])):
        raise ArchiveError(
            f"The file name states {' '.join(named)}, and PKG-INFO states {declared} {stated}. "
            "Restore the original file name, or build the archive again."
        )
    return named


def read_project_metadata(
    files: Mapping[str, bytes], name: str, version: str, requires: Sequence[str]
) -> ProjectMetadata:
    """Return the metadata of the archive of `name` (normalized) and `version` with `files`.

    `requires` are the requirements that boards read, and the result states the same ones. Without
    PKG-INFO, there is nothing else to state. Raises ArchiveError.
    """
    metadata, source = _parse(files)
    for text in requires:
        try:
            parse_requirement(text)
        except ResolutionError as error:
            raise ArchiveError(str(error)) from error
    if metadata is None:
        fields = (("Metadata-Version", "2.1"), ("Name", name), ("Version", version))
        metadata = CoreMetadata(fields)
    if _join_words(metadata.get_all("Requires-Dist")) != _join_words(requires):
        metadata = _with_requires(metadata, requires)
        source = b""
    return ProjectMetadata(
        _read_name(metadata),
        source or write_metadata(metadata),
        _read_requires_python(metadata),
        _read_line(metadata.get("Summary")),
        _read_author(metadata),
        _read_license(metadata),
        tuple(dict.fromkeys(_read_urls(metadata)))[:_URLS],
    )


def _parse(files: Mapping[str, bytes]) -> tuple[CoreMetadata | None, bytes]:
    """Return the metadata and its file: PKG-INFO at the root, or that of setuptools."""
    records = (data for path, data in files.items() if _RECORD.fullmatch(path))
    source = files.get(_PKG_INFO) or next(records, b"")
    try:
        return (parse_metadata(source) if source else None), source
    except ProjectError as error:
        raise ArchiveError(str(error)) from error


def _join_words(texts: Iterable[str]) -> list[str]:
    return [" ".join(text.split()) for text in texts]


def _read_name(metadata: CoreMetadata) -> str:
    name = (metadata.get("Name") or "").strip()
    if not is_project_name(name):
        raise ArchiveError(
            f"PKG-INFO: {name!r} is not the name of a project. Build the archive again."
        )
    return name


def _with_requires(metadata: CoreMetadata, requires: Sequence[str]) -> CoreMetadata:
    """Return `metadata` with exactly the requirements `requires`, and the extras in them."""
    extras = dict.fromkeys(metadata.get_all("Provides-Extra"))
    extras |= dict.fromkeys(extra for text in requires for extra in _EXTRA.findall(text))
    replaced = {"requires-dist", "provides-extra"}
    fields = [pair for pair in metadata.fields if pair[0].lower() not in replaced]
    fields += [("Requires-Dist", text) for text in requires]
    fields += [("Provides-Extra", extra) for extra in extras]
    return CoreMetadata(tuple(fields), metadata.description)


def _read_requires_python(metadata: CoreMetadata) -> str:
    """Return Requires-Python, "" if it is not valid. pip ignores it then, too."""
    text = (metadata.get("Requires-Python") or "").strip()
    try:
        return str(SpecifierSet(text)) if len(text) <= _LONGEST else ""
    except InvalidSpecifier:
        return ""


def _read_line(text: str | None) -> str:
    """Return the text of a field as one line, "" for a field that is not set."""
    line = escape(" ".join((text or "")[: 2 * _LONGEST].split()))
    line = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return "" if line == NONE else line


def _read_author(metadata: CoreMetadata) -> str:
    """Return the name of the author, or of the maintainer, or an address without a name."""
    for role in ("Author", "Maintainer"):
        address = _read_line(metadata.get(f"{role}-email"))
        name, mail = parseaddr(address)
        if found := _read_line(metadata.get(role)) or name or mail:
            return found
    return ""


def _read_license(metadata: CoreMetadata) -> str:
    """Return the license expression, the first line of License, or the license classifier."""
    first = (metadata.get("License") or "").strip().partition("\n")[0]
    if text := _read_line(metadata.get("License-Expression")) or _read_line(first):
        return text
    classifiers = metadata.get_all("Classifier")
    return next(
        (_read_line(one.rpartition(" :: ")[2]) for one in classifiers if one.startswith(_LICENSE)),
        "",
    )


def _read_urls(metadata: CoreMetadata) -> Iterator[tuple[str, str]]:
    """Yield the links of the project, each with its label. Only http and https are links."""
    for label, field in (("Homepage", "Home-page"), ("Download", "Download-URL")):
        yield from _read_url(label, metadata.get(field) or "")
    for text in metadata.get_all("Project-URL"):
        label, _, url = text.partition(",")
        yield from _read_url(label, url)


def _read_url(label: str, url: str) -> Iterator[tuple[str, str]]:
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    is_plain = url.isprintable() and " " not in url and len(url) <= _LONGEST
    is_page = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if is_plain and is_page:
        yield _read_line(label) or url, url

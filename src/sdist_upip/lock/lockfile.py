"""The lock of one install: chosen candidates → packages of pylock.toml, and back.

A locked package is a `packaging.pylock.Package`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from packaging.pylock import Package, PackageArchive, PackageDirectory, PackageSdist, PackageWheel
from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename

from ..errors import ConfigError, DownloadError, NotForDevicesError
from ..filenames import (
    ARCHIVE_SUFFIX,
    WHEEL_SUFFIX,
    find_filename_defect,
    projects_of,
    read_pure_wheel_name,
)
from ..files.regular import read_regular
from ..index.client import IndexClient
from ..index.link import Link
from ..index.urls import refuse_nul
from ..limits import FOREIGN_LIMIT
from ..messages.credentials import HIDDEN
from ..messages.logs import get_logger
from ..resolve.candidates import Candidate
from ..resolve.preparer import PreparedArchive
from .pylock import LOCK_AGAIN, LockedFile, list_files

logger = get_logger(__name__)


def lock_candidate(candidate: Candidate, prepared: PreparedArchive, directory: Path) -> Package:
    """Return the package that a lock in `directory` has for a chosen candidate."""
    link = prepared.link
    common: dict[str, Any] = {
        "name": canonicalize_name(candidate.name),
        "index": _without_credentials(_find_index(candidate)),
        "dependencies": [{"name": name} for name in candidate.requires] or None,
    }
    if link.source_tree:
        tree = _relative(link.source_tree, directory)
        return Package(**common, directory=PackageDirectory(path=tree))
    data = read_regular(prepared.path, FOREIGN_LIMIT)
    file: dict[str, Any] = {
        "url": _without_credentials(link.url) if link.path is None else None,
        "path": None if link.path is None else _relative(link.path, directory),
        "size": len(data),
        "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
    }
    if link.filename.endswith(WHEEL_SUFFIX):
        wheel = PackageWheel(name=link.filename, **file)
        return Package(**common, version=candidate.version, wheels=[wheel])
    if not _is_standard(link.filename, candidate.name):
        return Package(**common, archive=PackageArchive(**file))
    sdist = PackageSdist(name=link.filename, **file)
    return Package(**common, version=candidate.version, sdist=sdist)


def _find_index(candidate: Candidate) -> str | None:
    comes_from = candidate.links[0].comes_from
    return comes_from if "://" in comes_from else None


def _is_standard(filename: str, name: str) -> bool:
    """Return whether all tools read the name of the project in the file name of an archive.

    Old archives have no version of PEP 440, or one with a hyphen.
    """
    try:
        return parse_sdist_filename(filename)[0] == name
    except InvalidSdistFilename:
        return False


def _without_credentials(url: str | None) -> str | None:
    """Return `url` without user name, password and fragment."""
    if url is None:
        return None
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _relative(path: Path, directory: Path) -> str:
    try:
        return os.path.relpath(path, directory).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return path.absolute().as_posix()


def find_locked(
    package: Package, lock: Path, client: IndexClient, find_links: Sequence[str]
) -> list[Link] | Path:
    """Return the links of a locked package, its archive first, or the directory of its project.

    A file is looked for beside the lock, in `find_links`, and then at its URL. Raises ConfigError
    for a package that cannot be verified, NotForDevicesError if no file can be one for devices, and
    DownloadError for a file that is nowhere.
    """
    where = f"{lock}: {package.name}"
    if package.vcs:
        _, at, rest = (package.vcs.url or package.vcs.path or "").rpartition("@")
        shown = f"{HIDDEN}{at}{rest}" if at else rest
        raise ConfigError(
            f"{where} comes from a repository ({shown}), which has no sha256. Lock a release of it."
        )
    if package.directory:
        return _find_project(package.directory, where, lock.parent)
    return [
        _find_file(link, package.name, client, find_links) for link in _read_links(package, lock)
    ]


def _find_project(directory: PackageDirectory, where: str, base: Path) -> Path:
    if directory.editable:
        raise ConfigError(
            f"{where} is editable, which boards do not support. Remove editable from the lock."
        )
    refuse_nul(f"{directory.path}{directory.subdirectory}")
    return base / directory.path / (directory.subdirectory or "")


def _read_links(package: Package, lock: Path) -> list[Link]:
    """Return the first archive and the first pure wheel of a package, with their hashes."""
    try:
        files = list(list_files(package))
    except ValueError as error:
        raise ConfigError(
            f"{lock}: {package.name} has an invalid URL ({error}). {LOCK_AGAIN}"
        ) from error
    usable = [
        (file, filename)
        for file, filename in files
        if filename.endswith(ARCHIVE_SUFFIX) or read_pure_wheel_name(filename)
    ]
    if not usable:
        shown = ", ".join(filename for _, filename in files)
        raise NotForDevicesError(
            f"{lock}: {package.name} has neither a .tar.gz nor a wheel of pure Python, only "
            f"{shown}. Look for a package that is made for MicroPython."
        )
    return [_read_link(package, *file, lock) for file in usable][:2]


def _read_link(package: Package, file: LockedFile, filename: str, lock: Path) -> Link:
    where = f"{lock}: {filename or package.name}"
    sha256 = file.hashes.get("sha256", "").lower()
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise ConfigError(
            f"{where} has {', '.join(file.hashes)}, but no sha256 of 64 digits. {LOCK_AGAIN}"
        )
    if isinstance(file, PackageArchive) and file.subdirectory:
        raise ConfigError(
            f"{where} is to be built in its directory {file.subdirectory!r}. Lock a release."
        )
    if defect := find_filename_defect(filename):
        raise ConfigError(f"{where}: the file name {filename!r} {defect}. {LOCK_AGAIN}")
    if package.name not in projects_of(filename):
        raise ConfigError(f"{where} is not named after {package.name}. {LOCK_AGAIN}")
    # An absolute path, since a link that begins with `~` or `file:` has another meaning.
    refuse_nul(file.path or "")
    path = lock.absolute().parent / file.path if file.path else None
    location = file.url if file.url and not (path and path.is_file()) else str(path)
    return Link(filename, location, {"sha256": sha256}, size=file.size)


def _find_file(link: Link, name: str, client: IndexClient, find_links: Iterable[str]) -> Link:
    """Return the link to where the file of a locked package is."""
    if link.path and link.path.is_file():
        return link
    for place in find_links:
        for other in client.find_links(place, name):
            if other.filename == link.filename and _matches(client, other.url, link.hashes):
                return replace(link, url=other.url)
    if link.path:
        raise DownloadError(
            f"{name}: The file {link.path} of the lock does not exist. Put the file there, or into "
            "a directory that --find-links names."
        )
    return link


def _matches(client: IndexClient, url: str, hashes: Any) -> bool:
    try:
        client.download(url, hashes)
    except DownloadError as error:
        logger.warning("%s Trying other locations.", error)
        return False
    return True

"""The packages of sdist-upip that each site has: their files, and `records/own.json` about them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from ...board.device_files import read_device_modules
from ...board.pkg_resources import MODULE
from ..formats.package_json import (
    TREES,
    list_latest_paths,
    list_version_paths,
    make_package_json,
)
from ..json_types import check_types, read_list
from ..own_packages import OwnPackage, make_own_packages
from ..records import SiteFile
from ..release import content_path
from ..settings import SiteSettings
from ..store import Store

OWN = "records/own.json"
"""The file, below the root of the site."""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """One of the packages; `compiled` are the files for .mpy, None without."""

    name: str
    spellings: tuple[str, ...]
    version: str
    summary: str
    files: tuple[SiteFile, ...]
    compiled: tuple[SiteFile, ...] | None

    @classmethod
    def from_package(cls, package: OwnPackage) -> OwnRecord:
        """Return the record of a package."""
        return cls(
            package.name,
            package.spellings,
            package.version,
            package.summary,
            _describe(package.files),
            None if package.compiled is None else _describe(package.compiled),
        )

    def list_json(self) -> Iterator[tuple[str, bytes]]:
        """Yield the JSON files for mip: (path, content), those of the version first."""
        for list_paths in (list_version_paths, _list_latest):
            for tree in TREES:
                files = self.files if tree == "py" or self.compiled is None else self.compiled
                content = make_package_json(self.version, files, ())
                for path in list_paths(self.spellings, self.version, tree):
                    yield path, content

    def list_paths(self) -> Iterator[str]:
        """Yield the paths of all files of the package in the site."""
        yield from (path for path, _ in self.list_json())
        yield from (content_path(one.sha256) for one in (*self.files, *(self.compiled or ())))


@dataclass(frozen=True, slots=True)
class OwnPackages:
    """The packages of a site, and the `key` of all that they and the pages were made with."""

    key: str
    packages: tuple[OwnRecord, ...]

    @property
    def pkg_resources(self) -> tuple[str, str]:
        """Name and version of the package with pkg_resources, for dependencies."""
        return next((one.name, one.version) for one in self.packages if MODULE in one.spellings)

    @property
    def listing(self) -> list[tuple[str, str, str]]:
        """Name, version and summary of each package."""
        return [(one.name, one.version, one.summary) for one in self.packages]

    def to_json(self) -> bytes:
        """Return the content of the file."""
        return f"{json.dumps(asdict(self), separators=(',', ':'))}\n".encode()

    @classmethod
    def from_json(cls, data: bytes) -> OwnPackages:
        """Return the packages of a file. Raises ValueError for any other file."""
        try:
            content = json.loads(data)
            own = cls(content["key"], tuple(map(_read_record, read_list(content["packages"]))))
            check_types(own)
            return own
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"not a list of packages ({error})") from error


def make_key(settings: SiteSettings) -> str:
    """Return a key that changes with the settings, sdist-upip, and its modules for boards."""
    digest = sha256(settings.to_json())
    digest.update(version("sdist-upip").encode())
    for name, data in sorted(read_device_modules().items()):
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.hexdigest()


def make_own(settings: SiteSettings, key: str) -> tuple[OwnPackages, dict[str, bytes]]:
    """Return the packages for a site, and the content of their files by its path in the site."""
    packages = make_own_packages(settings)
    contents = {
        content_path(sha256(data).hexdigest()): data
        for package in packages
        for _, data in (*package.files, *(package.compiled or ()))
    }
    return OwnPackages(key, tuple(map(OwnRecord.from_package, packages))), contents


def read_own(store: Store) -> OwnPackages | None:
    """Return the packages that a site has, None for a new site or an unreadable file."""
    data = store.read(OWN)
    try:
        return None if data is None else OwnPackages.from_json(data)
    except ValueError:
        return None


def _list_latest(spellings: tuple[str, ...], _: str, tree: str) -> Iterator[str]:
    return list_latest_paths(spellings, tree)


def _describe(files: Iterable[tuple[str, bytes]]) -> tuple[SiteFile, ...]:
    return tuple(SiteFile.from_content(*file) for file in files)


def _read_record(content: dict[str, Any]) -> OwnRecord:
    values = dict(content)
    for key in ("files", "compiled"):
        if values[key] is not None:
            values[key] = tuple(SiteFile(**one) for one in read_list(values[key]))
    return OwnRecord(**{**values, "spellings": read_list(values["spellings"])})

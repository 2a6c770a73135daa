"""The catalog of a site: a line for each project with what other projects and the pages of the
whole site need of it.

`records/catalog.jsonl` follows from the records of the projects. It is read in place of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from packaging.utils import canonicalize_name

from ..errors import OutputError
from .json_types import check_types, read_list
from .records import ProjectRecord, ReleaseRecord
from .store import Store

CATALOG = "records/catalog.jsonl"
"""The file of the catalog, below the root of the site."""


@dataclass(frozen=True, slots=True)
class CatalogRelease:
    """One release of a project; see ReleaseRecord for the values.

    `top_level` are the first segments of the paths of its files, sorted.
    """

    version: str
    filename: str
    time: int
    requires: tuple[str, ...]
    yanked: str | None
    imports_pkg_resources: bool
    provides_pkg_resources: bool
    without: tuple[str, ...]
    top_level: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One project; `version`, `size` and what follows are those of its `newest` release."""

    name: str
    spellings: tuple[str, ...]
    version: str
    summary: str
    author: str
    license: str
    size: int
    installed_size: int
    releases: tuple[CatalogRelease, ...]

    @classmethod
    def from_project(cls, project: ProjectRecord) -> CatalogEntry:
        """Return the entry of a project."""
        newest = project.newest
        return cls(
            project.name,
            project.spellings,
            newest.version,
            newest.summary,
            newest.author,
            newest.license,
            newest.size,
            newest.installed_size,
            tuple(map(_summarize, project.releases)),
        )

    def to_line(self) -> bytes:
        """Return the line of the catalog, without a line break."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_line(cls, line: bytes) -> CatalogEntry:
        """Return the entry of a line. Raises ValueError for any other line."""
        try:
            content = json.loads(line)
            content["spellings"] = read_list(content["spellings"])
            content["releases"] = tuple(map(_read_release, read_list(content["releases"])))
            entry = cls(**content)
            check_types(entry)
            return entry
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"not an entry of a catalog ({error})") from error

    @property
    def required_names(self) -> set[str]:
        """The normalized names that a release requires, also with extras or for other boards."""
        texts = (text for release in self.releases for text in release.requires)
        return set(find_required_names(texts))


class Catalog(Collection[str]):
    """The projects of a site by their normalized names; in order, sorted.

    Lines are kept as bytes, and parsed when they are asked for. All that parses them raises
    OutputError for a damaged line.
    """

    def __init__(self, lines: Mapping[str, bytes] | None = None) -> None:
        self._lines = dict(lines or {})
        self._dependants: dict[str, set[str]] | None = None

    @classmethod
    def from_bytes(cls, data: bytes) -> Catalog:
        """Return the catalog in a file. Raises ValueError for any other file."""
        lines = data.split(b"\n")
        if lines.pop():
            raise ValueError("the last line of the catalog is truncated")
        return cls({_read_name(line): line for line in lines})

    @classmethod
    def read(cls, store: Store) -> Catalog:
        """Return the catalog of a site, an empty one without a site. Raises ValueError."""
        return cls.from_bytes(store.read(CATALOG) or b"")

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        return b"".join(self._lines[name] + b"\n" for name in self)

    def copy(self) -> Catalog:
        """Return a catalog that changes independently."""
        return Catalog(self._lines)

    def __contains__(self, name: object) -> bool:
        return name in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._lines))

    def __len__(self) -> int:
        return len(self._lines)

    def get(self, name: str) -> CatalogEntry | None:
        """Return the entry of a project, None without such a project."""
        return self._parse(name) if name in self._lines else None

    def entries(self) -> Iterator[CatalogEntry]:
        """Yield all entries, sorted by name."""
        return map(self._parse, self)

    def put(self, entry: CatalogEntry) -> None:
        """Add a project, or replace it."""
        self.discard(entry.name)
        self._lines[entry.name] = entry.to_line()
        self._note(entry.name)

    def discard(self, name: str) -> None:
        """Remove a project, if there is one of this name."""
        if name in self._lines and self._dependants is not None:
            for required in self._read_required(name):
                self._dependants[required].discard(name)
        self._lines.pop(name, None)

    def find_dependants(self, name: str) -> set[str]:
        """Return the projects with a release that requires `name`, as `required_names` does."""
        if self._dependants is None:
            self._dependants = {}
            for project in self._lines:
                self._note(project)
        return self._dependants.get(name, set())

    def _note(self, name: str) -> None:
        if self._dependants is not None:
            for required in self._read_required(name):
                self._dependants.setdefault(required, set()).add(name)

    def _read_required(self, name: str) -> list[str]:
        """Return the names that a project requires, without parsing the whole entry."""
        try:
            releases = json.loads(self._lines[name])["releases"]
            return [*find_required_names(text for one in releases for text in one["requires"])]
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise _refuse(name, error) from error

    def _parse(self, name: str) -> CatalogEntry:
        try:
            return CatalogEntry.from_line(self._lines[name])
        except ValueError as error:
            raise _refuse(name, error) from error


_PREFIX = b'{"name":"'
_REQUIRED = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def find_required_names(requirements: Iterable[str]) -> Iterator[str]:
    """Yield the normalized names in requirements, also of those for extras or other boards."""
    for text in requirements:
        if match := _REQUIRED.match(text.lstrip()):
            yield canonicalize_name(match[0])


def _read_name(line: bytes) -> str:
    name, quote, _ = line.removeprefix(_PREFIX).partition(b'"')
    if not line.startswith(_PREFIX) or not quote:
        raise ValueError("not a line of a catalog")
    return name.decode()


def _refuse(name: str, error: Exception) -> OutputError:
    return OutputError(
        f"{CATALOG} cannot be read: {name}: {error}. Remove this file of the site, and run the "
        "command again. It is made from the other records."
    )


def _summarize(release: ReleaseRecord) -> CatalogRelease:
    return CatalogRelease(
        release.version,
        release.filename,
        release.time,
        release.requires,
        release.yanked,
        release.imports_pkg_resources,
        release.provides_pkg_resources,
        release.without,
        tuple(sorted({file.path.partition("/")[0] for file in release.files})),
    )


def _read_release(content: Mapping[str, Any]) -> CatalogRelease:
    lists = {key: read_list(content[key]) for key in ("requires", "without", "top_level")}
    return CatalogRelease(**{**content, **lists})

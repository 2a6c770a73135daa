"""Links: the files that packages come from, and where each was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..filenames import projects_of
from .urls import is_local, local_path, redact


@dataclass(frozen=True, slots=True)
class Link:
    """A file that a package can be installed from: an archive or a wheel.

    `url` is a URL or a local path. The URL of a direct reference may have credentials, that of a
    link on an index has none. `hashes` are hexadecimal digits by algorithm. `comes_from` is the
    index or directory that has the link, "" for a direct reference. `size` is in bytes, None if the
    index does not state it. `source_tree` is the project that the file was built from in this run.
    """

    filename: str
    url: str
    hashes: Mapping[str, str] = field(default_factory=dict)
    comes_from: str = ""
    yanked: bool = False
    size: int | None = None
    source_tree: Path | None = None

    @property
    def projects(self) -> list[str]:
        """The normalized names (PEP 503) of the projects that this may be a file of."""
        return projects_of(self.filename)

    @property
    def path(self) -> Path | None:
        """The path of a local file, None for a remote file."""
        return local_path(self.url) if is_local(self.url) else None

    def __str__(self) -> str:
        """The text for messages: the source tree, the path, or the URL without credentials."""
        if self.source_tree:
            return str(self.source_tree)
        return self.url if is_local(self.url) else redact(self.url)


def group_by_project(links: Iterable[Link]) -> dict[str, list[Link]]:
    """Return the links of each project, in their order, by its normalized name.

    Files without a project are omitted. A file that may be of two projects is with both.
    """
    groups: dict[str, list[Link]] = {}
    for link in links:
        for project in link.projects:
            groups.setdefault(project, []).append(link)
    return groups

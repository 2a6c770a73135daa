"""Files of releases that are installed together, and that would replace one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ...errors import ResolutionError
from ...member_paths import parents
from .finder import CatalogFinder
from .requirements import Node

ReadFiles = Callable[[Node], Mapping[str, str]]
"""From a release to its files: path → sha256."""


def check_files(
    node: Node, together: Iterable[Node], finder: CatalogFinder, read_files: ReadFiles
) -> None:
    """Raise ResolutionError if two of the releases that `node` needs have different content for a
    path, or a directory in the place of a file.

    Files are read only of releases that share a top-level name.
    """
    owners: dict[str, list[Node]] = {}
    for one in together:
        for name in finder.get(one.name, one.version).top_level:
            owners.setdefault(name.casefold(), []).append(one)
    shared = sorted({one for nodes in owners.values() if len(nodes) > 1 for one in nodes})
    files: dict[str, tuple[str, Node]] = {}
    directories: dict[str, Node] = {}
    for owner in shared:
        for path, sha256 in read_files(owner).items():
            known = files.setdefault(path.casefold(), (sha256, owner))
            other = known[1] if known[0] != sha256 else directories.get(path.casefold())
            for directory in parents(path):
                directories.setdefault(directory.casefold(), owner)
                if directory.casefold() in files:
                    path, other = directory, files[directory.casefold()][1]
            if other and other != owner:
                raise ResolutionError(
                    f"{node} requires {other} and {owner}, which both have {path} and differ. "
                    "Boards can have one of them only. Change the requirements of one release."
                )

"""The files that the links in a tar lead to.

`tarfile` searches all entries for each link, and follows chains of links without end.
"""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterable, Iterator
from copy import copy

from ..errors import ArchiveError, LimitError
from ..filenames import split_release
from ..files.link_paths import LinkPaths, find_named
from ..limits import MEMBER_LIMIT
from ..metadata.file_tree import may_lead_nowhere


class LinkTargets:
    """Finds the regular files that a link leads to, by its name.

    A link to a directory leads to all files below it. A file is found in constant time.
    """

    def __init__(self, entries: Iterable[tarfile.TarInfo]) -> None:
        self._entries = {_normalize(entry.name): entry for entry in entries}
        links = {
            path: _find_named(entry) for path, entry in self._entries.items() if _is_link(entry)
        }
        files = (path for path, entry in self._entries.items() if entry.isreg())
        self._paths = LinkPaths(links, files)
        self._count = 0

    def follow(self, entry: tarfile.TarInfo) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarInfo]]:
        """Yield (entry, regular file) for each file that `entry` is or leads to.

        An entry that is not a link is its own file. Nothing is yielded for a link that leads
        nowhere, if its path is one of a file for people. Raises ArchiveError for any other one, and
        LimitError if links to directories lead to too many files.
        """
        if not _is_link(entry):
            yield entry, entry
            return
        target = self._paths.find(_normalize(entry.name))
        found = self._entries.get(target) if target else None
        if found is not None and found.isreg():
            yield entry, found
            return
        is_inside = target and _normalize(entry.name).startswith(f"{target}/")
        if target and found is None and not is_inside:
            below = self._paths.find_below(target)
            yield from self._spread(entry, target, below)
            if below:
                return
        root, _, path = entry.name.removeprefix("./").partition("/")
        if not may_lead_nowhere(path, split_release(root)[0]):
            raise ArchiveError(
                f"The link {entry.name!r} leads to {entry.linkname!r}, which is not a file of the "
                "archive. The package lacks the file"
            )

    def _spread(
        self, entry: tarfile.TarInfo, directory: str, names: Iterable[str]
    ) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarInfo]]:
        for name in names:
            self._count += 1
            if self._count > MEMBER_LIMIT:
                raise LimitError(f"The links of the tar lead to more than {MEMBER_LIMIT:,} files")
            placed = copy(entry)
            placed.name = f"{entry.name.rstrip('/')}{name[len(directory) :]}"
            yield placed, self._entries[name]


def _normalize(name: str) -> str:
    return posixpath.normpath(name)


def _find_named(entry: tarfile.TarInfo) -> str | None:
    """Return the path that a link names. That of a hard link is relative to the root."""
    return find_named(_normalize(entry.name) if entry.issym() else "", entry.linkname)


def _is_link(entry: tarfile.TarInfo) -> bool:
    return entry.issym() or entry.islnk()

"""The files that the links in a tar lead to.

`tarfile` searches all entries for each link, and follows chains of links without end.
"""

from __future__ import annotations

import posixpath
import tarfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from copy import copy

from ..errors import ArchiveError, LimitError
from ..filenames import split_release
from ..limits import MEMBER_LIMIT
from ..metadata.file_tree import may_lead_nowhere

_HOPS = 40
"""Most links from one to the next that are followed, as on Linux."""


class LinkTargets:
    """Finds the regular files that a link leads to, by its name.

    A link to a directory leads to all files below it. A file is found in constant time.
    """

    def __init__(self, entries: Iterable[tarfile.TarInfo]) -> None:
        self._entries = {_normalize(entry.name): entry for entry in entries}
        self._names = sorted(self._entries)
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
        target = self._find(entry.name)
        found = self._entries.get(target) if target else None
        if found is not None and found.isreg():
            yield entry, found
            return
        is_inside = target and _normalize(entry.name).startswith(f"{target}/")
        if target and found is None and not is_inside:
            below = list(self._find_below(target))
            yield from self._spread(entry, target, below)
            if below:
                return
        root, _, path = entry.name.removeprefix("./").partition("/")
        if not may_lead_nowhere(path, split_release(root)[0]):
            raise ArchiveError(
                f"The link {entry.name!r} leads to {entry.linkname!r}, which is not a file of the "
                "archive. The package lacks the file"
            )

    def _find(self, name: str) -> str | None:
        """Return the path at the end of the links from `name`, None if there is no end."""
        path = _normalize(name)
        for _ in range(_HOPS):
            entry = self._entries.get(path)
            if entry is None:
                resolved = self._resolve_directories(path)
                if resolved == path:
                    return path
                path = resolved
            elif not _is_link(entry):
                return path
            elif posixpath.isabs(entry.linkname):
                return None
            else:
                directory = posixpath.dirname(path) if entry.issym() else ""
                path = _normalize(f"{directory}/{entry.linkname}".lstrip("/"))
        return None

    def _resolve_directories(self, path: str) -> str:
        """Return `path` without the first directory in it that is a link."""
        for position, letter in enumerate(path):
            link = self._entries.get(path[:position]) if letter == "/" else None
            if link is not None and link.issym() and not posixpath.isabs(link.linkname):
                directory = posixpath.dirname(path[:position])
                target = f"{directory}/{link.linkname}{path[position:]}"
                return _normalize(target.lstrip("/"))
        return path

    def _find_below(self, directory: str) -> Iterator[str]:
        prefix = f"{directory}/"
        for name in self._names[bisect_left(self._names, prefix) :]:
            if not name.startswith(prefix):
                break
            if self._entries[name].isreg():
                yield name

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


def _is_link(entry: tarfile.TarInfo) -> bool:
    return entry.issym() or entry.islnk()

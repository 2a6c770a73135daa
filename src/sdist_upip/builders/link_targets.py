"""The files that the links in a tar lead to.

`tarfile` searches all entries for each link, and follows chains of links without end.
"""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterable

from ..errors import ArchiveError

_HOPS = 40
"""Most links from one to the next that are followed, as on Linux."""


class LinkTargets:
    """Finds the regular file that a link leads to, by its name, in constant time."""

    def __init__(self, entries: Iterable[tarfile.TarInfo]) -> None:
        self._entries = {posixpath.normpath(entry.name): entry for entry in entries}

    def follow(self, entry: tarfile.TarInfo) -> tarfile.TarInfo:
        """Return the regular file at the end of the links, or `entry` if it is not a link.

        Raises ArchiveError if there is no such file.
        """
        if not _is_link(entry):
            return entry
        found: tarfile.TarInfo | None = entry
        for _ in range(_HOPS):
            if found is None or not _is_link(found):
                break
            directory = posixpath.dirname(found.name) if found.issym() else ""
            target = f"{directory}/{found.linkname}".strip("/")
            found = self._entries.get(posixpath.normpath(target))
        if found is None or not found.isreg():
            raise ArchiveError(
                f"The target {entry.linkname!r} of the link {entry.name!r} was not found in the "
                "archive"
            )
        return found


def _is_link(entry: tarfile.TarInfo) -> bool:
    return entry.issym() or entry.islnk()

"""Where the symbolic links of an archive lead, by their paths alone. No file is read."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterable, Mapping

_HOPS = 40
"""Most links from one to the next that are followed, as on Linux."""


class LinkPaths:
    """The links of an archive, {path: path that it names}, and the paths of its regular files.

    All paths are normalized and relative to the root of the archive. The path that a link names is
    None if it is absolute. Files below a directory are found without looking at all others.
    """

    def __init__(self, links: Mapping[str, str | None], files: Iterable[str]) -> None:
        self._links = links
        self._files = sorted(files)

    def find(self, path: str) -> str | None:
        """Return the path at the end of the links from `path`, or None if they do not end.

        Directories on the way may be links, too. The result may be a path without a file.
        """
        current: str | None = path
        for _ in range(_HOPS):
            link = None if current is None else self._find_first_link(current)
            if current is None or link is None:
                return current
            target = self._links[link]
            current = None if target is None else posixpath.normpath(target + current[len(link) :])
        return None

    def _find_first_link(self, path: str) -> str | None:
        """Return the first directory in `path` that is a link, or `path` itself if it is one."""
        for position, letter in enumerate(path):
            if letter == "/" and path[:position] in self._links:
                return path[:position]
        return path if path in self._links else None

    def find_below(self, directory: str) -> list[str]:
        """Return the files below `directory`, sorted."""
        start = bisect_left(self._files, f"{directory}/")
        end = bisect_left(self._files, f"{directory}0")  # the character behind the slash
        return self._files[start:end]


def find_named(path: str, text: str) -> str | None:
    """Return the path that the symbolic link `path` with the content `text` names, or None."""
    if posixpath.isabs(text):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), text))

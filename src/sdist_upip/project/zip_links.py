"""Symbolic links in a wheel, whose content is the path of another file.

The format has no links, but zip files have them. Installers would write the path into the file.
"""

from __future__ import annotations

import posixpath
import stat
import zipfile
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from ..errors import ArchiveError, LimitError
from ..limits import MEMBER_LIMIT
from ..metadata.file_tree import may_lead_nowhere

_HOPS = 40
"""Most links from one to the next that are followed, as on Linux."""


def is_link(entry: zipfile.ZipInfo) -> bool:
    """Return whether `entry` is a symbolic link, by its mode."""
    return stat.S_ISLNK(entry.external_attr >> 16)


def resolve_links(
    filename: str, contents: Mapping[str, bytes], links: Collection[str]
) -> dict[str, bytes]:
    """Return the files of the wheel `filename`, with the content that its `links` lead to.

    A link to a directory becomes copies of the files below it. A link for people that leads nowhere
    is left out. Raises ArchiveError for any other one.
    """
    files = {path: data for path, data in contents.items() if path not in links}
    names = sorted(files)
    resolved = dict(files)
    for path in sorted(links):
        target = _find(path, contents, links)
        below = _find_below(names, target) if target not in files else []
        if len(resolved) + len(below) > MEMBER_LIMIT:
            raise LimitError(
                f"{filename}: the links lead to more than {MEMBER_LIMIT:,} files. Look for "
                "another package."
            )
        if target in files:
            resolved[path] = files[target]
        elif below and not path.startswith(f"{target}/"):
            for name in below:
                resolved.setdefault(f"{path}{name[len(target) :]}", files[name])
        elif not may_lead_nowhere(path, filename.partition("-")[0]):
            shown = contents[path][:200].decode(errors="replace")
            raise ArchiveError(
                f"{filename}: the link {path!r} leads to {shown!r}, which is not a file of the "
                "wheel. The package lacks the file. Ask its author for a wheel with the file."
            )
    return resolved


def _find_below(names: Sequence[str], directory: str) -> list[str]:
    prefix = f"{directory}/"
    start = bisect_left(names, prefix)
    end = bisect_left(names, f"{directory}0")  # the character behind the slash
    return list(names[start:end]) if directory else []


def _find(path: str, contents: Mapping[str, bytes], links: Collection[str]) -> str:
    """Return the path that a link leads to, "" if it leads out of the wheel or nowhere."""
    for _ in range(_HOPS):
        if path not in links:
            return path
        target = contents[path].decode(errors="replace")
        path = posixpath.normpath(f"{posixpath.dirname(path) or '.'}/{target}")
        if target.startswith("/") or path.startswith(".."):
            return ""
    return ""

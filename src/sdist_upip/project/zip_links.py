"""Symbolic links in a wheel, whose content is the path of another file.

The format has no links, but zip files have them. Installers would write the path into the file.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Collection, Mapping

from ..errors import ArchiveError, LimitError
from ..files.link_paths import LinkPaths, find_named
from ..limits import MEMBER_LIMIT
from ..metadata.file_tree import may_lead_nowhere


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
    named = {path: find_named(path, contents[path].decode(errors="replace")) for path in links}
    paths = LinkPaths(named, files)
    resolved = dict(files)
    for path in sorted(links):
        target = paths.find(path)
        below = paths.find_below(target) if target and target not in files else []
        if len(resolved) + len(below) > MEMBER_LIMIT:
            raise LimitError(
                f"{filename}: the links lead to more than {MEMBER_LIMIT:,} files. Look for "
                "another package."
            )
        if target and target in files:
            resolved[path] = files[target]
        elif target and below and not path.startswith(f"{target}/"):
            for name in below:
                resolved.setdefault(f"{path}{name.removeprefix(target)}", files[name])
        elif not may_lead_nowhere(path, filename.partition("-")[0]):
            shown = contents[path][:200].decode(errors="replace")
            raise ArchiveError(
                f"{filename}: the link {path!r} leads to {shown!r}, which is not a file of the "
                "wheel. The package lacks the file. Ask its author for a wheel with the file."
            )
    return resolved

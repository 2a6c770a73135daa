"""The JSON file of a project that upip of MicroPython 1.19 and older reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from ..records import ProjectRecord
from .package_json import spell_version

STOCK = "pypi"
"""The directory of the files, below the root of the site."""


def list_stock_paths(project: ProjectRecord) -> Iterator[str]:
    """Yield the paths of the file in the site, for all names of the project."""
    for spelling in project.spellings:
        yield f"{STOCK}/{spelling}/json"


def make_stock_json(project: ProjectRecord, url: str) -> bytes | None:
    """Return the file for a site at `url`, None if all releases are yanked.

    upip installs the version in `info`, or one that is named exactly as `releases` has it. It needs
    exactly one file of each.
    """
    latest = project.latest
    if latest is None:
        return None
    releases = {}
    for release in reversed(project.releases):
        files = [{"url": f"{url}/{quote(release.archive_path)}"}]
        releases[spell_version(release.version)] = releases[release.version] = files
    content = {"info": {"version": latest.version}, "releases": releases}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

"""`index.json`: the packages of the site in the form of MicroPython's own index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from packaging.version import Version

from ..catalog import CatalogEntry
from .package_json import TREES, spell_version

LISTING = "index.json"
"""The file, below the root of the site."""

OwnListing = tuple[str, str, str]
"""Name, version and summary of a package that the site itself brings."""


def make_listing(entries: Iterable[CatalogEntry], own: Sequence[OwnListing]) -> bytes:
    """Return the file. Projects that have only yanked releases are not in it."""
    packages: list[str] = []
    updated = 0
    for entry in entries:
        offered = [one for one in entry.releases if one.yanked is None]
        updated = max(updated, *(one.time for one in entry.releases))
        if offered:
            packages.append(_write(_describe(entry, [one.version for one in offered])))
    packages += (_write(one) for one in _describe_own(own))
    joined = ",\n".join(packages)
    return f'{{"v":2,"updated":{updated},"packages":[\n{joined}\n]}}\n'.encode()


def _describe(entry: CatalogEntry, versions: Iterable[str]) -> dict[str, Any]:
    ordered = [spell_version(one) for one in sorted(versions, key=Version)]
    return {
        "name": entry.name,
        "version": spell_version(entry.version),
        "author": entry.author,
        "description": entry.summary,
        "license": entry.license,
        "path": f"project/{entry.name}",
        "versions": dict.fromkeys(TREES, ordered),
    }


def _describe_own(own: Sequence[OwnListing]) -> Iterator[dict[str, Any]]:
    for name, version, summary in own:
        yield {
            "name": name,
            "version": version,
            "author": "",
            "description": summary,
            "license": "MIT",
            "path": "",
            "versions": {tree: [version] for tree in TREES},
        }


def _write(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

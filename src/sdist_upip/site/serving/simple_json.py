"""Pages of the simple index as JSON (PEP 691 and 700), from the records of a site."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from ..records import ProjectRecord, ReleaseRecord

_META = {"api-version": "1.1"}


def make_json_index(names: Iterable[str]) -> bytes:
    """Return the page with the projects of a site."""
    return _dump({"meta": _META, "projects": [{"name": name} for name in names]})


def make_json_page(project: ProjectRecord) -> bytes:
    """Return the page with the archives of a project, the oldest first."""
    releases = list(reversed(project.releases))
    return _dump(
        {
            "meta": _META,
            "name": project.name,
            "versions": [str(release.parsed_version) for release in releases],
            "files": [_describe(release) for release in releases],
        }
    )


def _describe(release: ReleaseRecord) -> dict[str, Any]:
    metadata = {"sha256": release.metadata_sha256}
    described: dict[str, Any] = {
        "filename": release.filename,
        "url": f"../../{quote(release.archive_path)}",
        "hashes": {"sha256": release.sha256},
        "size": release.size,
        "core-metadata": metadata,
        "dist-info-metadata": metadata,
        "yanked": False if release.yanked is None else release.yanked or True,
    }
    if release.requires_python:
        described["requires-python"] = release.requires_python
    return described


def _dump(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

"""Resolved releases ↔ the entries of a lock, and where the file of an entry is found again."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from ..errors import DownloadError
from ..index.client import IndexClient
from ..requirements.arguments import Given, Project
from ..resolve.preparer import Content
from ..resolve.resolver import Candidate
from ..resolve.selection import Published
from .pylock import Locked

logger = logging.getLogger(__name__)


def lock_release(candidate: Candidate, content: Content, requires: Iterable[str]) -> Locked:
    """Return the entry for a release that was chosen; `requires` are names."""
    given = content.given
    names = tuple(sorted(requires))
    if given.project:
        return Locked(candidate.name, None, None, path=given.project, requires=names)
    origin = candidate.origin
    data = content.path.read_bytes()
    return Locked(
        candidate.name,
        candidate.version,
        given.filename,
        url=None if isinstance(given.location, Path) else given.location,
        path=given.location if isinstance(given.location, Path) else None,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        index=_find_index(origin) if isinstance(origin, Published) else None,
        requires=names,
    )


def _find_index(published: Published) -> str | None:
    offer = published.archive or published.wheels[0]
    return offer.location if "://" in offer.location else None


def find_locked(locked: Locked, client: IndexClient, find_links: Iterable[str]) -> Given | Project:
    """Return where the file of an entry is: beside the lock, in find-links, or at its address."""
    if locked.filename is None or locked.sha256 is None:
        assert locked.path is not None
        return Project(locked.path)
    hashes = {"sha256": locked.sha256}
    wheel = locked.wheel and find_locked(locked.wheel, client, find_links)
    other = wheel if isinstance(wheel, Given) else None
    if locked.path and locked.path.is_file():
        return Given(locked.path, locked.filename, hashes, wheel=other)
    for place in find_links:
        for offer in client.find_links(place, locked.name):
            if offer.filename == locked.filename and _is_right(client, offer.url, hashes):
                return Given(offer.url, locked.filename, hashes, wheel=other)
    if locked.url is None:
        raise DownloadError(
            f"{locked.name}: the file of the lock, {locked.path}, is not there; put it there, or "
            "into a directory for --find-links"
        )
    return Given(locked.url, locked.filename, hashes, wheel=other)


def _is_right(client: IndexClient, url: str, hashes: dict[str, str]) -> bool:
    try:
        client.download(url, hashes)
    except DownloadError as error:
        logger.warning("%s; looking elsewhere", error)
        return False
    return True

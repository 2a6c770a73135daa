"""A release on its way into a site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .records import ReleaseRecord


@dataclass(frozen=True, slots=True)
class SourceArchive:
    """A device archive on this computer that is to be in the site.

    `comes_from` is its path, its URL, or the file that it was made of, for messages. `source` is
    the sha256 of the file that it was made of, its own if that was a device archive already.
    """

    path: Path
    comes_from: str
    source: str


@dataclass(frozen=True, slots=True)
class SiteRelease:
    """A release that was read: its normalized name, the name that its metadata declares, its
    record, and the content of its files by their sha256."""

    name: str
    declared: str
    record: ReleaseRecord
    comes_from: str
    archive: bytes
    metadata: bytes
    contents: Mapping[str, bytes]

    @property
    def files(self) -> Iterator[tuple[str, bytes]]:
        """The files of the site that the release brings: (path, content)."""
        yield self.record.archive_path, self.archive
        yield self.record.metadata_path, self.metadata
        for sha256, content in self.contents.items():
            yield content_path(sha256), content


CONTENTS = "file"
"""The directory of the files for mip, below the root of the site."""
HASH_DIGITS = 32
"""Digits of a sha256 that name a file for mip. 128 bits do not collide, also not on purpose."""


def short_hash(sha256: str) -> str:
    """Return the digits of a sha256 that mip compares, and that name the file."""
    return sha256[:HASH_DIGITS]


def content_path(sha256: str) -> str:
    """Return the path of a file for mip, below the root of the site."""
    digits = short_hash(sha256)
    return f"{CONTENTS}/{digits[:2]}/{digits}"

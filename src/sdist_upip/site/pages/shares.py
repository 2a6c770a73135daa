"""The files of a release, with their shares of the archive."""

from __future__ import annotations

from dataclasses import dataclass

from ..records import ReleaseRecord


@dataclass(frozen=True, slots=True)
class Share:
    """A file: its path, its bytes, its bytes in the archive, and these in percent, as text."""

    path: str
    size: int
    packed: int
    percent: str


def find_shares(release: ReleaseRecord) -> list[Share]:
    """Return the members of the archive, those with the largest shares first."""
    members = sorted(release.members, key=lambda one: (-one.packed, one.path))
    return [Share(one.path, one.size, one.packed, _percent(release, one.packed)) for one in members]


def find_overhead(release: ReleaseRecord) -> Share:
    """Return the part of the archive that belongs to no member."""
    return Share("", 0, release.overhead, _percent(release, release.overhead))


def _percent(release: ReleaseRecord, packed: int) -> str:
    share = 100 * packed / release.size if release.size else 0.0
    return f"{min(max(share, 0.0), 100.0):.1f}"

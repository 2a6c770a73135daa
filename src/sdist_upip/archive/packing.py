"""Members → tar → deflate: the order of members and the stream that give the smallest archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..deflate.compress import choose_effort, compress
from ..release import Member
from .tar import write_tar

if TYPE_CHECKING:
    from ..deflate.encoder.encode import Progress

_LAST_RANK = 2
_CLEAR_GAIN = 500
"""Another order must be smaller by one part in this number, by an estimate."""


class Packed(NamedTuple):
    """The members in their order, their tar, and its raw deflate stream."""

    members: tuple[Member, ...]
    tar: bytes
    stream: bytes


def pack(
    root: str,
    members: Sequence[Member],
    *,
    window: int,
    compression: str,
    mtime: int = 0,
    progress: Progress | None = None,
) -> Packed:
    """Return `members` below the directory `root` as one compressed tar.

    `window` is in bytes, `mtime` in seconds since 1970. PKG-INFO and requires.txt come first, where
    installers look for them. The other members are sorted by path or, under the best compression,
    in an order that makes the archive smaller. The same members give the same order, whatever order
    they had before. Raises ArchiveError.
    """
    named = sorted(members, key=lambda member: (_rank(member.path), member.path.encode()))
    tar = write_tar(root, named, mtime)
    if choose_effort(len(tar), compression) == "best":
        from ..deflate.encoder.estimate import estimate_bits
        from .order import order_members

        fixed = sum(_rank(member.path) < _LAST_RANK for member in named)
        ordered = order_members(root, named, fixed, window)
        if ordered != named:
            other = write_tar(root, ordered, mtime)
            usual = estimate_bits(tar, window)
            if estimate_bits(other, window) < usual - usual // _CLEAR_GAIN:
                named, tar = ordered, other
    return Packed(tuple(named), tar, compress(tar, window, compression, progress))


def _rank(path: str) -> int:
    """Return 0 for PKG-INFO, 1 for the requires.txt that upip reads, 2 for any other path."""
    if path == "PKG-INFO":
        return 0
    directory, _, name = path.partition("/")
    return 1 if name == "requires.txt" and directory.endswith(".egg-info") else _LAST_RANK

"""The order of members in which neighbors compress well within the window.

A decoder remembers the last `window` bytes, so a member compresses well after a member whose end
resembles its beginning. Installers read PKG-INFO and requires.txt first, so these two keep their
places.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..release import Member
from .tar import END, write_tar

_GRAM = 5
"""Bytes that must be equal for a repetition to count."""
_BATCH = 128
"""Members that are ordered among each other. The time grows with the square of this number."""
_LONGEST_MOVE = 3

Gains = list[list[int]]
"""gains[a][b]: number of repetitions when member b follows member a."""


def order_members(root: str, members: Sequence[Member], fixed: int, window: int) -> list[Member]:
    """Return `members` with similar members next to each other.

    The first `fixed` members keep their places. `window` is in bytes. The order depends on the
    arguments alone. More members than `_BATCH` are ordered batch by batch, so the time grows in
    proportion.
    """
    ordered = list(members[:fixed])
    for start in range(fixed, len(members), _BATCH):
        batch = [*ordered[-1:], *members[start : start + _BATCH]]
        gains = measure_gains([write_tar(root, [member])[: -len(END)] for member in batch], window)
        chain = improve_chain(build_chain(gains), gains)
        places = chain[1:] if ordered else chain
        ordered += [batch[place] for place in places]
    return ordered


def measure_gains(blobs: Sequence[bytes], window: int) -> Gains:
    """Return, for each pair of blobs, the number of places in the second that repeat the first.

    A place counts if the same bytes last occurred at most `window` bytes before it.
    """
    tails = [_tail_places(blob, window) for blob in blobs]
    heads = [_head_places(blob, window) for blob in blobs]
    return [
        [
            sum([tail[gram] + head[gram] <= window for gram in tail.keys() & head.keys()])
            if tail is not own
            else 0
            for head, own in zip(heads, tails, strict=True)
        ]
        for tail in tails
    ]


def build_chain(gains: Gains) -> list[int]:
    """Return all indexes, 0 first, each followed by the index with the largest gain."""
    chain = [0]
    left = list(range(1, len(gains)))
    while left:
        helped = gains[chain[-1]]
        following = max(left, key=lambda index: (helped[index], -index))
        left.remove(following)
        chain.append(following)
    return chain


def improve_chain(chain: list[int], gains: Gains) -> list[int]:
    """Move runs of up to three members to better places until no move helps; 0 stays first."""
    improved = True
    while improved:
        improved = False
        for size in range(1, _LONGEST_MOVE + 1):
            for start in range(1, len(chain) - size + 1):
                better = _move(chain, start, size, gains)
                if better is not None:
                    chain = better
                    improved = True
    return chain


def _move(chain: list[int], start: int, size: int, gains: Gains) -> list[int] | None:
    """Return `chain` with the run at `start` moved to its best place, or None if it is there."""
    run = chain[start : start + size]
    rest = chain[:start] + chain[start + size :]
    first, last = run[0], run[-1]

    def gain(place: int) -> int:
        before = rest[place - 1]
        if place == len(rest):
            return gains[before][first]
        behind = rest[place]
        return gains[before][first] + gains[last][behind] - gains[before][behind]

    best = max(range(1, len(rest) + 1), key=lambda place: (gain(place), -place))
    if gain(best) <= gain(start):
        return None
    return rest[:best] + run + rest[best:]


def _tail_places(blob: bytes, window: int) -> dict[bytes, int]:
    """Return the distance from the end to the last occurrence of each sequence in the last `window`
    bytes."""
    size = len(blob)
    return {
        blob[place : place + _GRAM]: size - place
        for place in range(max(0, size - window), size - _GRAM + 1)
    }


def _head_places(blob: bytes, window: int) -> dict[bytes, int]:
    """Return the place of the first occurrence of each sequence in the first `window` bytes."""
    last = min(len(blob), window) - _GRAM
    return {blob[place : place + _GRAM]: place for place in range(last, -1, -1)}

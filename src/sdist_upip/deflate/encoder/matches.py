"""All useful matches of a text: for each position and length the nearest earlier copy.

Positions are linked to the nearest earlier one with the same next 3, 4, 6 or 10 bytes. A search
follows one chain until it finds a longer match, and then the chain for the new length.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from ..format import LENGTH_BASE, LENGTH_EXTRA, MAX_MATCH, MIN_MATCH
from ..symbols import DISTANCE_SYMBOL, DISTANCE_SYMBOLS, LENGTH_SYMBOL, MATCH

Edges = tuple[tuple[int, int], ...]
"""Matches at one position and distance symbol: (length in bytes, token) by ascending length."""
Row = list[Edges]
"""All matches at one position, by ascending length."""

_NOWHERE = -1 << 30
_LADDER = (3, 4, 6, 10)
_CHAINED = 6
_SHORT = 18
_MOST_STEPS = 4
_LAST_STEP = 6
"""Ever longer matches at one position before only much longer ones count, and before it ends."""
_SYMBOL_ENDS = [
    base + (1 << extra) - 1 for base, extra in zip(LENGTH_BASE, LENGTH_EXTRA, strict=True)
]


def find_matches(text: bytes, start: int, window: int) -> list[Row | None]:
    """Return the matches at text[start:], none reaching further back than `window` bytes."""
    ladder = _link_positions(text)
    shortest, longest = ladder[MIN_MATCH - 1], ladder[MAX_MATCH]
    symbols = DISTANCE_SYMBOL
    ends = [0] * (window + 1)
    size = len(text)
    steps = _Steps()
    found: list[Row | None] = []
    for position in range(start, size):
        copy = shortest[position]
        oldest = position - window
        if copy < oldest:
            found.append(None)
            continue
        limit = position + MAX_MATCH
        if limit > size:
            limit = size
        chain = shortest
        length = MIN_MATCH - 1
        required = text[position + length]
        row: Row = []
        while copy >= oldest:
            if text[copy + length] == required:
                # A match that was measured once keeps its end for every later position in it.
                distance = position - copy
                end = ends[distance]
                if end < limit:
                    if end < position + MIN_MATCH:
                        end = position + MIN_MATCH
                    while end < limit and text[end] == text[end - distance]:
                        end += 1
                    ends[distance] = end
                else:
                    end = limit
                if end - position > length:
                    step = length << 14
                    length = end - position
                    row.append(steps[step | length << 5 | symbols[distance]])
                    if end == limit or len(row) == _LAST_STEP:
                        break
                    required = text[end]
                    longer = ladder[length] if len(row) < _MOST_STEPS else longest
                    if longer is not chain:
                        chain = longer
                        copy = chain[position]
                        continue
            copy = chain[copy]
        found.append(row)
    return found


class _Steps(dict[int, Edges]):
    """The edges that a longer match adds.

    The key holds the length already matched, the new length and the distance symbol, in 9, 9 and
    5 bits. Short lengths are all there; of long ones the longest of each length symbol, and the
    new length with the two below it.
    """

    def __init__(self) -> None:
        self._edges = [
            tuple([(n, MATCH + (LENGTH_SYMBOL[n] << 5) + symbol) for n in range(MAX_MATCH + 1)])
            for symbol in range(DISTANCE_SYMBOLS)
        ]
        self._selected = [tuple([edges[n] for n in _SYMBOL_ENDS]) for edges in self._edges]

    def __missing__(self, key: int) -> Edges:
        first, last, symbol = (key >> 14) + 1, key >> 5 & 511, key & 31
        every = self._edges[symbol]
        if last <= _SHORT:
            edges = every[first : last + 1]
        else:
            top = max(first, last - 2, _SHORT + 1)
            low = bisect_left(_SYMBOL_ENDS, max(first, _SHORT + 1))
            high = bisect_left(_SYMBOL_ENDS, top)
            edges = (
                every[first : _SHORT + 1] + self._selected[symbol][low:high] + every[top : last + 1]
            )
        self[key] = edges
        return edges


def _link_positions(text: bytes) -> list[list[int]]:
    """Return, indexed by match length, the chain that leads to longer matches."""
    positions = list(range(len(text)))
    runs = [run.span() for run in re.finditer(rb"(?s)(.)\1{%d,}" % _CHAINED, text)]
    chains = [_link(text, positions, size, runs if size >= _CHAINED else []) for size in _LADDER]
    ladder = [chains[0]] * (MAX_MATCH + 1)
    for size, chain in zip(_LADDER, chains, strict=True):
        ladder[size - 1 :] = [chain] * (MAX_MATCH + 2 - size)
    return ladder


def _link(text: bytes, positions: list[int], size: int, runs: list[tuple[int, int]]) -> list[int]:
    """Return for each position the nearest earlier one with the same next `size` bytes.

    Within a run of one byte value that goes on for more than `size` bytes, it is the nearest one
    with the same rest of the run and the same byte behind it. Everything shorter is found at
    distance 1, and without that a chain would visit every byte of every earlier run.
    """
    latest: dict[bytes, int] = {}
    find = latest.get
    chain: list[int] = []
    add = chain.append
    done = 0
    for first, last in (*runs, (len(text) - size + 1, 0)):
        for position in positions[done:first]:
            key = text[position : position + size]
            add(find(key, _NOWHERE))
            latest[key] = position
        done = max(first, last - size + 1)
        for position in positions[first:done]:
            if last - position >= MAX_MATCH:
                add(_NOWHERE)
                continue
            key = text[position : last + 1]
            add(find(key, _NOWHERE))
            latest[key] = position
    chain += [_NOWHERE] * (len(text) - len(chain))
    return chain

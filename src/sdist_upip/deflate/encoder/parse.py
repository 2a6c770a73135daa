"""The cheapest parse of a text: shortest paths through a graph of literals and matches.

A first pass over all matches, with costs learned from a greedy parse, finds how many bits each
position needs to the end. Edges that cannot be part of a nearly cheapest parse are then dropped.
The few that remain, about two for each five bytes, can be searched repeatedly as the codes change.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import add

from ..format import MAX_MATCH
from ..symbols import count_symbols
from .costs import BIT, costs_by_frequency
from .matches import Row, find_matches

SEGMENT = 56_000
"""Bytes whose matches are held in memory at once."""
_AHEAD = 1024
_PIECE = 1 << 15
_SLACK = 6 * BIT
_SLACK_PER_BIT = 4
_SHORT = 2048
_SHORT_SLACK = 64 * BIT
_FAR_AWAY = 1 << 60


@dataclass(slots=True)
class Lattice:
    """The edges of all nearly cheapest parses, by ascending source position.

    `costs` are those of the tokens when the last edges were chosen.
    """

    size: int = 0
    sources: array[int] = field(default_factory=lambda: array("I"))
    targets: array[int] = field(default_factory=lambda: array("I"))
    tokens: array[int] = field(default_factory=lambda: array("H"))
    costs: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parse:
    """A text as tokens; `starts` holds the position of each, and at its end the text's size."""

    tokens: array[int]
    starts: array[int]


def build_lattice(
    lattice: Lattice, data: bytes, first: int, last: int, window: int
) -> Iterator[int]:
    """Fill `lattice` with the parses of data[first:last], and yield after each segment its end.

    Positions in the lattice count from `first`. Matches may reach back before it.
    """
    frontier = [0]
    for start in range(first, last, SEGMENT):
        stop = min(start + SEGMENT, last)
        ahead = min(stop + _AHEAD, last)
        base = max(0, start - window)
        rows = find_matches(data[base:ahead], start - base, window)
        text = data[start:ahead]
        lattice.costs = costs_by_frequency(count_symbols(_parse_greedily(text, rows)))
        to_go = _measure_to_end(text, rows, lattice.costs)
        frontier = _add_edges(lattice, text, stop - start, rows, to_go, frontier)
        yield stop


def _parse_greedily(text: bytes, rows: list[Row | None]) -> list[int]:
    tokens = []
    position = 0
    size = len(text)
    while position < size:
        row = rows[position]
        if row is not None:
            length, token = row[-1][-1]
            after = rows[position + 1] if position + 1 < size else None
            if after is None or after[-1][-1][0] <= length:
                tokens.append(token)
                position += length
                continue
        tokens.append(text[position])
        position += 1
    return tokens


def _measure_to_end(text: bytes, rows: list[Row | None], costs: list[int]) -> list[int]:
    """Return the least cost from each position to the end of `text`."""
    to_go = [0] * (len(text) + 1)
    best = 0
    position = len(text)
    for byte, row in zip(reversed(text), reversed(rows), strict=True):
        position -= 1
        best += costs[byte]
        if row is not None:
            for edges in row:
                for length, token in edges:
                    cost = costs[token] + to_go[position + length]
                    if cost < best:
                        best = cost
        to_go[position] = best
    return to_go


def _add_edges(
    lattice: Lattice,
    text: bytes,
    size: int,
    rows: list[Row | None],
    to_go: list[int],
    frontier: list[int],
) -> list[int]:
    """Add the edges from the next `size` positions that are part of a nearly cheapest parse.

    `frontier` holds the costs at which the first positions can be reached. The return value holds
    those of the positions after the added ones, for the next call.
    """
    slack = _SHORT_SLACK
    if len(text) > _SHORT:
        slack = min(_SLACK, _SLACK_PER_BIT * to_go[0] // len(text))
    reached = frontier + [_FAR_AWAY] * (len(text) + 1 - len(frontier))
    limit = min(map(add, frontier, to_go)) + slack
    costs = lattice.costs
    sources: list[int] = []
    targets: list[int] = []
    tokens: list[int] = []
    for position in range(size):
        so_far = reached[position]
        if so_far + to_go[position] > limit:
            continue
        edges = [(1, text[position])]
        for step in rows[position] or ():
            edges += step
        for length, token in edges:
            target = position + length
            cost = so_far + costs[token]
            if cost + to_go[target] <= limit:
                sources.append(position)
                targets.append(target)
                tokens.append(token)
                if cost < reached[target]:
                    reached[target] = cost
    lattice.sources.extend([lattice.size + source for source in sources])
    lattice.targets.extend([lattice.size + target for target in targets])
    lattice.tokens.extend(tokens)
    lattice.size += size
    behind = reached[size:]
    nearest = min(behind)
    return [cost - nearest for cost in behind]


def find_parse(lattice: Lattice, bounds: Sequence[int], costs: Sequence[list[int]]) -> Parse:
    """Return the cheapest parse where block k starts at bounds[k] and its tokens cost costs[k]."""
    size = lattice.size
    sources, targets, tokens = lattice.sources, lattice.targets, lattice.tokens
    to_go = [_FAR_AWAY] * size + [0]
    choice = array("I", [0]) * size
    known = size
    edge = len(sources)
    for bound, weights in zip(reversed(bounds), reversed(costs), strict=True):
        first = bisect_left(sources, bound)
        while edge > first:
            piece = range(max(first, edge - _PIECE), edge)
            for number, source, target, token in zip(
                reversed(piece),
                reversed(sources[piece.start : edge]),
                reversed(targets[piece.start : edge]),
                reversed(tokens[piece.start : edge]),
                strict=True,
            ):
                cost = weights[token] + to_go[target]
                if cost < to_go[source]:
                    to_go[source] = cost
                    choice[source] = number
            edge = piece.start
            # No match reaches later positions. Their numbers would only take memory.
            behind = sources[edge] + MAX_MATCH + 1
            if behind < known:
                to_go[behind:known] = [_FAR_AWAY] * (known - behind)
                known = behind
    return _follow(lattice, choice)


def _follow(lattice: Lattice, choice: array[int]) -> Parse:
    """Return the parse that takes from each position the edge choice[position]."""
    targets = lattice.targets
    path = array("I")
    position = 0
    while position < lattice.size:
        edge = choice[position]
        path.append(edge)
        position = targets[edge]
    starts = array("I", map(lattice.sources.__getitem__, path))
    starts.append(position)
    return Parse(array("H", map(lattice.tokens.__getitem__, path)), starts)

"""The division of a parse into blocks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import count, pairwise
from operator import add, mul, sub

from ..format import MAX_CODE_BITS
from ..symbols import EXTRA_BITS, LITERAL_SYMBOLS, count_symbols
from .blocks import Plan, plan_block, stored_bits
from .costs import BIT, entropy
from .parse import Parse

_SHORTEST_PIECE, _LONGEST_PIECE = 64, 256
_PIECE_BYTES = 512
_PIECES, _MOST_PIECES = 64, 1024
_SHIFTS = (128, 64, 32, 16, 8, 4)
_HEADER = 97 * BIT
_HEADER_SYMBOL = 205
_HEADER_GAP = 154
"""Headers take 97 bits, 3.2 more for each symbol, and 2.4 for each gap between symbols."""


@dataclass(eq=False)
class Block:
    """A stretch of a parse: its first token, first byte, size in bytes, and its histogram."""

    token: int
    start: int
    size: int
    counts: list[int]

    @cached_property
    def plan(self) -> Plan:
        """The smallest way to write it."""
        return plan_block(self.counts, self.size)

    @cached_property
    def rough_size(self) -> int:
        """Its size with a plain Huffman code, in bits."""
        return plan_block(self.counts, self.size, [MAX_CODE_BITS]).size

    @cached_property
    def estimate(self) -> int:
        """Its approximate cost, within some percent, in cost units."""
        return min(stored_bits(self.size) * BIT, _estimate(self.counts))

    def join(self, behind: Block) -> Block:
        """Return this block and the next one, `behind`, as one."""
        counts = list(map(add, self.counts, behind.counts))
        return Block(self.token, self.start, self.size + behind.size, counts)


def split_parse(parse: Parse) -> list[Block]:
    """Return blocks that write `parse` in few bits.

    Small pieces are joined by an estimate. Then the edges between them are shifted. At last,
    neighbors that are not larger together than alone are joined.
    """
    total = len(parse.tokens)
    step = min(max(_SHORTEST_PIECE, total // _PIECES), _LONGEST_PIECE)
    step = max(step, _PIECE_BYTES * total // (parse.starts[-1] or 1), total // _MOST_PIECES)
    blocks = _cut(parse, [*range(0, total or 1, step), total])
    blocks = _Joiner(blocks, lambda block: block.estimate).run()
    blocks = _shift_edges(parse, blocks)
    return _Joiner(blocks, lambda block: block.rough_size).run()


def cut_blocks(parse: Parse, bounds: Sequence[int]) -> list[Block]:
    """Return the blocks of `parse` that begin with the first tokens at or after `bounds`."""
    total = len(parse.tokens)
    first = {bisect_left(parse.starts, bound) for bound in bounds}
    return _cut(parse, [0, *sorted(first - {0, total}), total])


def _estimate(counts: Sequence[int]) -> int:
    used = bytes(map(bool, counts))
    cost: int = (
        entropy(counts[:LITERAL_SYMBOLS])
        + entropy(counts[LITERAL_SYMBOLS:])
        + BIT * sum(map(mul, counts, EXTRA_BITS))
        + _HEADER
        + _HEADER_SYMBOL * used.count(1)
        + _HEADER_GAP * used.count(b"\0\1")
    )
    return cost


def _cut(parse: Parse, edges: Sequence[int]) -> list[Block]:
    """Return the blocks between the token numbers `edges`."""
    tokens, starts = parse.tokens, parse.starts
    return [
        Block(first, starts[first], starts[last] - starts[first], count_symbols(tokens[first:last]))
        for first, last in pairwise(edges)
    ]


def _shift_edges(parse: Parse, blocks: list[Block]) -> list[Block]:
    """Move each edge between two blocks, in ever smaller steps, as long as the estimate falls."""
    tokens = parse.tokens
    edges = [*[block.token for block in blocks], len(tokens)]
    counts = [block.counts for block in blocks]
    for right in range(1, len(blocks)):
        left = right - 1
        least = _estimate(counts[left]) + _estimate(counts[right])
        for step in (signed for size in _SHIFTS for signed in (size, -size)):
            while edges[left] < edges[right] + step < edges[right + 1]:
                edge = edges[right]
                moved = count_symbols(tokens[min(edge, edge + step) : max(edge, edge + step)])
                grow, shrink = (add, sub) if step > 0 else (sub, add)
                before = list(map(grow, counts[left], moved))
                behind = list(map(shrink, counts[right], moved))
                cost = _estimate(before) + _estimate(behind)
                if cost >= least:
                    break
                least = cost
                edges[right] += step
                counts[left], counts[right] = before, behind
    return _cut(parse, edges)


class _Joiner:
    """Joins neighbors, the pair that saves most first, until no pair saves anything."""

    def __init__(self, blocks: list[Block], measure: Callable[[Block], int]) -> None:
        self._blocks: list[Block | None] = [*blocks]
        self._measure = measure
        self._before = list(range(-1, len(blocks) - 1))
        self._behind = list(range(1, len(blocks) + 1))
        self._serial = count()
        self._pairs: list[tuple[int, int, int, Block, Block, Block]] = []
        for left in range(len(blocks)):
            self._add_pair(left)

    def run(self) -> list[Block]:
        """Return the blocks that remain."""
        blocks, before, behind = self._blocks, self._before, self._behind
        while self._pairs:
            _, _, left, first, second, joined = heappop(self._pairs)
            right = behind[left]
            # A pair is stale once either of its blocks was joined with another.
            if right == len(blocks) or blocks[left] is not first or blocks[right] is not second:
                continue
            blocks[left], blocks[right] = joined, None
            behind[left] = behind[right]
            if behind[left] < len(blocks):
                before[behind[left]] = left
            self._add_pair(left)
            if left:
                self._add_pair(before[left])
        return [block for block in blocks if block is not None]

    def _add_pair(self, left: int) -> None:
        right = self._behind[left]
        if right == len(self._blocks):
            return
        first, second = self._blocks[left], self._blocks[right]
        assert first is not None and second is not None
        joined = first.join(second)
        saving = self._measure(first) + self._measure(second) - self._measure(joined)
        if saving >= 0:
            pair = (-saving, next(self._serial), left, first, second, joined)
            heappush(self._pairs, pair)

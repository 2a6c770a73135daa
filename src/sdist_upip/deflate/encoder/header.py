"""The header of a dynamic block: two code length lists, run-length coded and then Huffman coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from ..format import LENGTH_CODE_ORDER, MAX_LENGTH_CODE_BITS
from ..huffman import assign_codes, limit_code_lengths
from ..symbols import LITERAL_SYMBOLS, number_bits

_EXTRA = (*[0] * 16, 2, 3, 7)
_LEAST_LITERALS = 257
_LEAST_CODES = 4
_ROUNDS = 4
_LEAST_REPEAT = 3
"""Equal code lengths that an item for several of them can write."""
_MOST_COVERS = 4096
Items = tuple[tuple[int, int], ...]
"""Symbols of the code length code, each with the value of its extra bits."""
_FIRST_GUESS = (*[4] * 16, 3, 4, 4)


class _Kind(NamedTuple):
    symbol: int
    least: int
    most: int

    def price(self, bits: Sequence[int]) -> int:
        return bits[self.symbol] + _EXTRA[self.symbol]


_NONZERO_KINDS = _Kind(16, 3, 6), _Kind(16, 0, 0)
_ZERO_KINDS = _Kind(17, 3, 10), _Kind(18, 11, 138)


@dataclass(frozen=True, slots=True)
class Header:
    """A dynamic block's header: `size` in bits, without the three bits of the block type."""

    literals: int
    distances: int
    items: Items
    lengths: tuple[int, ...]
    size: int

    def write(self) -> str:
        """Return the header as a string of 0 and 1, in the order of the stream."""
        codes = assign_codes(self.lengths)
        used = _used(self.lengths)
        parts = [
            number_bits(self.literals - _LEAST_LITERALS, 5),
            number_bits(self.distances - 1, 5),
            number_bits(used - _LEAST_CODES, 4),
        ]
        parts += [number_bits(self.lengths[symbol], 3) for symbol in LENGTH_CODE_ORDER[:used]]
        parts += [
            codes[symbol] + number_bits(extra, _EXTRA[symbol]) for symbol, extra in self.items
        ]
        return "".join(parts)


def plan_header(lengths: Sequence[int]) -> Header:
    """Return the smallest header found for the 286 literal and 30 distance code lengths."""
    literals = _trim(lengths[:LITERAL_SYMBOLS], _LEAST_LITERALS)
    distances = _trim(lengths[LITERAL_SYMBOLS:], 1)
    runs = _split_runs([*literals, *distances])
    guess: Sequence[int] = _FIRST_GUESS
    best: Header | None = None
    for _ in range(_ROUNDS):
        items = [item for value, run in runs for item in _cover_run(value, run, guess)]
        counts = [0] * len(LENGTH_CODE_ORDER)
        for symbol, _ in items:
            counts[symbol] += 1
        bits = limit_code_lengths(counts, MAX_LENGTH_CODE_BITS)
        size = 14 + 3 * _used(bits)
        size += sum([n * (b + x) for n, b, x in zip(counts, bits, _EXTRA, strict=True)])
        if best is not None and size >= best.size:
            break
        best = Header(len(literals), len(distances), tuple(items), tuple(bits), size)
        guess = [b or MAX_LENGTH_CODE_BITS for b in bits]
    assert best is not None
    return best


def _cover_run(value: int, run: int, bits: Sequence[int]) -> Items:
    """Return the cheapest items that write `run` equal code lengths `value`."""
    if run < _LEAST_REPEAT:
        return ((value, 0),) * run
    few, many = _NONZERO_KINDS if value else _ZERO_KINDS
    return _cover(value, run, bits[value], few.price(bits), many.price(bits))


@lru_cache(maxsize=_MOST_COVERS)
def _cover(value: int, run: int, single_price: int, few_price: int, many_price: int) -> Items:
    """Return the cheapest items for a run where its three kinds of items have these prices.

    Only the number of items of each kind matters, and every combination is tried. The same few runs
    and prices occur in most headers, so the results are kept.
    """
    first = ((value, 0),) if value else ()
    rest = run - len(first)
    few, many = _NONZERO_KINDS if value else _ZERO_KINDS
    best: tuple[int, int, int, int] | None = None
    for big in range(-(-rest // many.most) + 1 if many.most else 1):
        for small in range(-(-max(0, rest - big * many.most) // few.most) + 1):
            single = max(0, rest - big * many.most - small * few.most)
            if big * many.least + small * few.least + single > rest:
                continue
            price = big * many_price + small * few_price + single * single_price
            if best is None or price < best[0]:
                best = price, big, small, single
    assert best is not None
    _, big, small, single = best
    items = [*first, *[(value, 0)] * single]
    rest -= single
    for kind, count in ((many, big), (few, small)):
        for left in range(count, 0, -1):
            reserved = (left - 1) * kind.least + (small * few.least if kind is many else 0)
            length = min(kind.most, rest - reserved)
            items.append((kind.symbol, length - kind.least))
            rest -= length
    return tuple(items)


def _split_runs(lengths: Sequence[int]) -> list[tuple[int, int]]:
    return [(value, len(list(run))) for value, run in groupby(lengths)]


def _trim(lengths: Sequence[int], least: int) -> Sequence[int]:
    size = len(lengths)
    while size > least and not lengths[size - 1]:
        size -= 1
    return lengths[:size]


def _used(lengths: Sequence[int]) -> int:
    used = len(LENGTH_CODE_ORDER)
    while used > _LEAST_CODES and not lengths[LENGTH_CODE_ORDER[used - 1]]:
        used -= 1
    return used

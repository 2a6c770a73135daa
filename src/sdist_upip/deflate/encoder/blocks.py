"""The smallest way to write one block: stored, with the fixed codes, or with codes of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import mul

from ..format import (
    DYNAMIC,
    END_OF_BLOCK,
    FIXED,
    FIXED_DISTANCE_BITS,
    FIXED_LITERAL_BITS,
    MAX_CODE_BITS,
    STORED,
    STORED_LIMIT,
)
from ..huffman import CodeLengths, limit_code_lengths
from ..symbols import EXTRA_BITS, LITERAL_SYMBOLS
from .header import Header, plan_header

LIMITS = (MAX_CODE_BITS, 12, 11, 10, 9, 8)
SMOOTHINGS = ((4, 2), (3, 3))
"""Ways to smooth a histogram, as the arguments of `smooth_counts`."""
_LEAST_HEADER = 7, 8
"""No header is expected below this part of the smallest one of the same block."""
FIXED_LENGTHS = (*FIXED_LITERAL_BITS[:LITERAL_SYMBOLS], *FIXED_DISTANCE_BITS)
"""The fixed codes in the layout of a histogram, in bits."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to write one block: its type, code lengths in bits (316 symbols) and size in bits."""

    kind: int
    lengths: Sequence[int]
    header: Header | None
    size: int


def plan_block(counts: Sequence[int], size: int, limits: Sequence[int] = LIMITS) -> Plan:
    """Return the smallest way to write a block of `size` bytes with the histogram `counts`.

    `limits` are code lengths to try as the longest for literals. A lower limit costs bits in the
    body, and can save more of them in the header, which has fewer different lengths to write.
    """
    counts = list(counts)
    counts[END_OF_BLOCK] = 1
    extra = sum(map(mul, counts, EXTRA_BITS))
    fixed = 3 + extra + sum(map(mul, counts, FIXED_LENGTHS))
    best = Plan(FIXED, FIXED_LENGTHS, None, fixed)
    stored = stored_bits(size)
    if stored < best.size:
        best = Plan(STORED, FIXED_LENGTHS, None, stored)
    least = 0
    for lengths in _propose_codes(counts, limits):
        body = 3 + extra + sum(map(mul, counts, lengths))
        if body + least >= best.size:
            continue
        header = plan_header(lengths)
        expected = header.size * _LEAST_HEADER[0] // _LEAST_HEADER[1]
        least = min(least or expected, expected)
        if body + header.size < best.size:
            best = Plan(DYNAMIC, lengths, header, body + header.size)
    return best


def _propose_codes(counts: list[int], limits: Sequence[int]) -> Iterator[list[int]]:
    """Return the code lengths of the histogram and of each smooth one, under every limit."""
    bases = [counts]
    for run, alike in SMOOTHINGS:
        smooth = smooth_counts(counts, run, alike)
        if smooth not in bases:
            bases.append(smooth)
    for basis in bases:
        yield from _propose_lengths(basis, limits)


def _propose_lengths(counts: Sequence[int], limits: Sequence[int]) -> Iterator[list[int]]:
    literals = counts[:LITERAL_SYMBOLS]
    used = sum(map(bool, literals))
    distances = limit_code_lengths(counts[LITERAL_SYMBOLS:], MAX_CODE_BITS)
    codes = CodeLengths(literals, max(limits))
    longest = MAX_CODE_BITS + 1
    for limit in limits:
        if limit < longest and used <= 1 << limit:
            lengths = codes.limited(limit)
            longest = max(lengths)
            yield lengths + distances


def stored_bits(size: int) -> int:
    """Return the most bits that `size` bytes take in stored blocks."""
    return 8 * size + (3 + 7 + 32) * max(1, -(-size // STORED_LIMIT))


def smooth_counts(counts: Sequence[int], run: int, alike: int) -> list[int]:
    """Return `counts` with `run` or more similar neighbors made equal, for a shorter header.

    Counts are similar if the largest is at most `alike` times the smallest. Equal counts get equal
    code lengths, and a run of equal lengths is written as one item.
    """
    smooth = list(counts)
    for first, last in ((0, LITERAL_SYMBOLS), (LITERAL_SYMBOLS, len(smooth))):
        start = first
        while start < last:
            end = start + 1
            low = high = smooth[start]
            while end < last and low and smooth[end]:
                low, high = min(low, smooth[end]), max(high, smooth[end])
                if high > alike * low:
                    break
                end += 1
            if end - start >= run:
                group = smooth[start:end]
                smooth[start:end] = [max(1, (sum(group) + len(group) // 2) // len(group))] * len(
                    group
                )
            start = end
    return smooth

"""The smallest way to write one block: stored, with the fixed codes, or with codes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from .format import (
    DYNAMIC,
    END_OF_BLOCK,
    FIXED,
    FIXED_DISTANCE_BITS,
    FIXED_LITERAL_BITS,
    MAX_CODE_BITS,
    STORED,
    STORED_LIMIT,
)
from .header import Header, plan_header
from .huffman import limit_code_lengths
from .symbols import EXTRA_BITS, LITERAL_SYMBOLS

_RUN = 4
_ALIKE = 2
FIXED_LENGTHS = (*FIXED_LITERAL_BITS[:LITERAL_SYMBOLS], *FIXED_DISTANCE_BITS)
"""The fixed codes in the layout of a histogram, in bits."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to write one block: its type, code lengths in bits (316 symbols) and size in bits."""

    kind: int
    lengths: Sequence[int]
    header: Header | None
    size: int


def plan_block(counts: Sequence[int], size: int) -> Plan:
    """Return the smallest way to write a block of `size` bytes with the histogram `counts`."""
    counts = list(counts)
    counts[END_OF_BLOCK] = 1
    extra = sum(map(mul, counts, EXTRA_BITS))
    plans = [_plan_dynamic(counts, counts, extra)]
    smooth = smooth_counts(counts)
    if smooth != counts:
        plans.append(_plan_dynamic(counts, smooth, extra))
    fixed = 3 + extra + sum(map(mul, counts, FIXED_LENGTHS))
    plans.append(Plan(FIXED, FIXED_LENGTHS, None, fixed))
    plans.append(Plan(STORED, FIXED_LENGTHS, None, stored_bits(size)))
    return min(plans, key=lambda plan: plan.size)


def stored_bits(size: int) -> int:
    """Return the most bits that `size` bytes take in stored blocks."""
    return 8 * size + (3 + 7 + 32) * max(1, -(-size // STORED_LIMIT))


def _plan_dynamic(counts: Sequence[int], basis: Sequence[int], extra: int) -> Plan:
    lengths = [
        *limit_code_lengths(basis[:LITERAL_SYMBOLS], MAX_CODE_BITS),
        *limit_code_lengths(basis[LITERAL_SYMBOLS:], MAX_CODE_BITS),
    ]
    header = plan_header(lengths)
    size = 3 + header.size + extra + sum(map(mul, counts, lengths))
    return Plan(DYNAMIC, lengths, header, size)


def smooth_counts(counts: Sequence[int]) -> list[int]:
    """Return `counts` with neighbours that hardly differ made equal, for a shorter header.

    Equal counts get equal code lengths, and a run of those is written as one item.
    """
    smooth = list(counts)
    for first, last in ((0, LITERAL_SYMBOLS), (LITERAL_SYMBOLS, len(smooth))):
        start = first
        while start < last:
            end = start + 1
            low = high = smooth[start]
            while end < last and low and smooth[end]:
                low, high = min(low, smooth[end]), max(high, smooth[end])
                if high > _ALIKE * low:
                    break
                end += 1
            if end - start >= _RUN:
                group = smooth[start:end]
                smooth[start:end] = [max(1, (sum(group) + len(group) // 2) // len(group))] * len(
                    group
                )
            start = end
    return smooth

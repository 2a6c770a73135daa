"""The cost of a token, in whole 1/64 bits.

No floating point is used, so every platform and every Python finds the same parse.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..format import DISTANCE_EXTRA, END_OF_BLOCK, LENGTH_EXTRA
from ..symbols import DISTANCE_SYMBOLS, LITERAL_SYMBOLS

BIT = 64
"""The cost of one bit."""

_MANTISSA = 10
_PRECISION = 30
_ABSENT_LITERAL_BITS = 14
_ABSENT_DISTANCE_BITS = 12


def _log2_by_squaring(number: int) -> int:
    """Return log2(number) in cost units, rounded down, for 1 <= number < 2**_PRECISION."""
    exponent = number.bit_length() - 1
    result = exponent * BIT
    fraction = number << _PRECISION >> exponent
    step = BIT
    while step > 1:
        step >>= 1
        fraction = fraction * fraction >> _PRECISION
        if fraction >> _PRECISION > 1:
            fraction >>= 1
            result += step
    return result


_LOG2 = [0, *(_log2_by_squaring(number) for number in range(1, 1 << _MANTISSA))]


def log2(number: int) -> int:
    """Return log2(number) in cost units, for number >= 1."""
    shift = max(0, number.bit_length() - _MANTISSA)
    return _LOG2[number >> shift] + shift * BIT


_WEIGHED = [number * cost for number, cost in enumerate(_LOG2)]
"""number * log2(number), which saves a call for each symbol of most histograms."""


def entropy(counts: Sequence[int]) -> int:
    """Return the cost of all symbols of a histogram under an ideal code, in cost units."""
    total = sum(counts)
    if not total:
        return 0
    if max(counts) < len(_WEIGHED):
        return total * log2(total) - sum(map(_WEIGHED.__getitem__, counts))
    return total * log2(total) - sum([count * log2(count) for count in counts if count])


def costs_by_frequency(counts: Sequence[int]) -> list[int]:
    """Return the cost of each token under an ideal code for the histogram `counts`."""
    literals = [*counts[:END_OF_BLOCK], 1, *counts[END_OF_BLOCK + 1 : LITERAL_SYMBOLS]]
    return _token_costs(_ideal_costs(literals), _ideal_costs(counts[LITERAL_SYMBOLS:]))


def costs_by_code(lengths: Sequence[int]) -> list[int]:
    """Return the cost of each token under a code; `lengths` are in bits, 0 for an absent symbol."""
    literals = [BIT * (bits or _ABSENT_LITERAL_BITS) for bits in lengths[:LITERAL_SYMBOLS]]
    distances = [BIT * (bits or _ABSENT_DISTANCE_BITS) for bits in lengths[LITERAL_SYMBOLS:]]
    return _token_costs(literals, distances)


def _ideal_costs(counts: Sequence[int]) -> list[int]:
    total = log2(sum(counts) or 1)
    return [max(BIT // 2, total - log2(count or 1)) for count in counts]


def _token_costs(literals: list[int], distances: list[int]) -> list[int]:
    far = [cost + BIT * extra for cost, extra in zip(distances, DISTANCE_EXTRA, strict=True)]
    far += [0] * (32 - DISTANCE_SYMBOLS)
    costs = literals[:END_OF_BLOCK]
    for length, extra in zip(literals[END_OF_BLOCK + 1 :], LENGTH_EXTRA, strict=True):
        near = length + BIT * extra
        costs += [near + cost for cost in far]
    return costs

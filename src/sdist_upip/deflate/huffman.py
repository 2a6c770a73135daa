"""Length-limited prefix codes: the best lengths for a histogram, and the canonical codes."""

from __future__ import annotations

from collections.abc import Sequence


def limit_code_lengths(counts: Sequence[int], limit: int) -> list[int]:
    """Return the code length in bits of each symbol, at most `limit`, 0 where the count is 0.

    Package-merge (Larmore and Hirschberg, 1990): no prefix code within the limit is shorter in
    total. A single symbol gets one bit. `limit` is large enough for the symbols: 2**limit or fewer.
    """
    lengths = [0] * len(counts)
    symbols = sorted([(count, symbol) for symbol, count in enumerate(counts) if count])
    if len(symbols) < 2:
        for _, symbol in symbols:
            lengths[symbol] = 1
        return lengths
    depths = [0] * len(symbols)
    # An item is its weight doubled, plus 1 for a package, so that a leaf goes first in a tie.
    leaves = [count << 1 for count, _ in symbols]
    levels = [leaves]
    for _ in range(limit - 1):
        last = levels[-1]
        pairs = zip(last[::2], last[1::2], strict=False)
        packages = [(a >> 1) + (b >> 1) << 1 | 1 for a, b in pairs]
        levels.append(sorted(leaves + packages))
    taken = 2 * len(symbols) - 2
    for level in reversed(levels):
        packed = sum([item & 1 for item in level[:taken]])
        for index in range(taken - packed):
            depths[index] += 1
        taken = 2 * packed
    for (_, symbol), depth in zip(symbols, depths, strict=True):
        lengths[symbol] = depth
    return lengths


def assign_codes(lengths: Sequence[int]) -> list[str]:
    """Return the canonical code (RFC 1951, 3.2.2) of each symbol as a string of 0 and 1."""
    codes = [""] * len(lengths)
    code = 0
    previous = 0
    for bits, symbol in sorted([(bits, symbol) for symbol, bits in enumerate(lengths) if bits]):
        code <<= bits - previous
        codes[symbol] = f"{code:0{bits}b}"
        code += 1
        previous = bits
    return codes

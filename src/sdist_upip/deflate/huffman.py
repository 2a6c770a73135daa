"""Length-limited prefix codes: the best lengths for a histogram, and the canonical codes."""

from __future__ import annotations

from collections.abc import Sequence


def limit_code_lengths(counts: Sequence[int], limit: int) -> list[int]:
    """Return the code length in bits of each symbol, at most `limit`, 0 where the count is 0.

    No prefix code within the limit is shorter in total. A single symbol gets one bit. `limit` is
    large enough for the symbols: 2**limit or fewer.
    """
    return CodeLengths(counts, limit).limited(limit)


class CodeLengths:
    """The best code lengths of one histogram for every limit up to `most` bits.

    Package-merge (Larmore and Hirschberg, 1990). A level holds the symbols and the pairs of the
    level before it, by ascending weight, and a limit of n bits takes the first n levels. So all
    limits share one list of levels.
    """

    def __init__(self, counts: Sequence[int], most: int) -> None:
        self._size = len(counts)
        self._symbols = sorted([(count, symbol) for symbol, count in enumerate(counts) if count])
        # An item is its weight doubled, plus 1 for a package, so that a leaf goes first in a tie.
        leaves = [count << 1 for count, _ in self._symbols]
        taken = 2 * len(leaves) - 2
        self._levels = [leaves]
        for _ in range(most - 1):
            last = self._levels[-1]
            pairs = zip(last[::2], last[1::2], strict=False)
            packages = [(a >> 1) + (b >> 1) << 1 | 1 for a, b in pairs]
            level = sorted(leaves + packages)[:taken]
            if level == last:
                # All later levels are the same too.
                self._levels += [last] * (most - len(self._levels))
                break
            self._levels.append(level)

    def limited(self, limit: int) -> list[int]:
        """Return the code length of each symbol, at most `limit` bits; 0 where the count is 0."""
        lengths = [0] * self._size
        if len(self._symbols) == 1:
            lengths[self._symbols[0][1]] = 1
        taken = 2 * len(self._symbols) - 2
        done = 0
        leaves = []
        for level in reversed(self._levels[:limit]):
            packages = sum([item & 1 for item in level[:taken]])
            leaves.append(taken - packages)
            taken = 2 * packages
        # The number of levels that take a symbol is its length. Rare symbols are in more of them.
        for length in range(len(leaves), 0, -1):
            for _, symbol in self._symbols[done : leaves[length - 1]]:
                lengths[symbol] = length
            done = max(done, leaves[length - 1])
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

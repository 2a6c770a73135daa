"""Tokens: the literals and matches of a deflate block, as one small number each.

A token below 256 is a literal byte. Any other is a match, `MATCH + (length symbol << 5) + distance
symbol`, with the length symbols 257 … 285 counted from 0. Two matches of one token cost the same
number of bits, and the search for the cheapest parse uses nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .format import DISTANCE_EXTRA, END_OF_BLOCK, LENGTH_BASE, LENGTH_EXTRA, MAX_MATCH

MATCH = 256
LITERAL_SYMBOLS = 286
DISTANCE_SYMBOLS = 30

DISTANCE_SYMBOL = b"\0" + b"".join(
    bytes([symbol]) * (1 << extra) for symbol, extra in enumerate(DISTANCE_EXTRA)
)
"""The distance symbol of every distance 1 … 32768 (index 0 is unused)."""


def _length_symbols() -> bytes:
    table = bytearray(MAX_MATCH + 1)
    for symbol, base in enumerate(LENGTH_BASE):
        table[base:] = bytes([symbol]) * (MAX_MATCH + 1 - base)
    return bytes(table)


LENGTH_SYMBOL = _length_symbols()
"""The length symbol, counted from 0, of every match length 3 … 258."""

EXTRA_BITS = (*[0] * (END_OF_BLOCK + 1), *LENGTH_EXTRA, *DISTANCE_EXTRA)
"""Extra bits of the symbols of a histogram."""


def count_symbols(tokens: Iterable[int]) -> list[int]:
    """Return how often each symbol occurs: 286 literal and length symbols, 30 distance symbols.

    The end-of-block symbol is not counted.
    """
    literals = [0] * LITERAL_SYMBOLS
    distances = [0] * DISTANCE_SYMBOLS
    for token, count in Counter(tokens).items():
        if token < MATCH:
            literals[token] += count
        else:
            literals[END_OF_BLOCK + 1 + (token - MATCH >> 5)] += count
            distances[token & 31] += count
    return literals + distances


def number_bits(value: int, bits: int) -> str:
    """Return `value` in `bits` bits, lowest first."""
    return f"{value:0{bits}b}"[::-1] if bits else ""

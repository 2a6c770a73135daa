"""Blocks written as bits."""

from __future__ import annotations

from collections.abc import Iterable

from ..format import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    END_OF_BLOCK,
    FIXED,
    FIXED_LITERAL_BITS,
    LENGTH_BASE,
    LENGTH_EXTRA,
    MAX_MATCH,
    MIN_MATCH,
    STORED_LIMIT,
)
from ..huffman import assign_codes
from ..symbols import LENGTH_SYMBOL, LITERAL_SYMBOLS, MATCH, number_bits
from .blocks import Plan

_MOST_PARTS = 4096
"""Most texts of a few bits before they are joined; each takes some 60 bytes."""


class BitWriter:
    """A writer that collects a deflate stream as text of 0 and 1, in the order of the stream."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._bits = 0

    def add(self, bits: str) -> None:
        """Append `bits`, a text of 0 and 1."""
        self._parts.append(bits)
        self._bits += len(bits)

    def align(self) -> None:
        """Fill up the last byte with zeros."""
        self.add("0" * (-self._bits % 8))

    def to_bytes(self) -> bytes:
        """Return the stream, its last byte filled up with zeros."""
        bits = "".join(self._parts)
        return int(bits[::-1] or "0", 2).to_bytes((len(bits) + 7) // 8, "little")


def write_stored(writer: BitWriter, data: bytes, final: bool) -> None:
    """Write `data` in as many stored blocks as it needs, at least one."""
    for start in range(0, len(data) or 1, STORED_LIMIT):
        part = data[start : start + STORED_LIMIT]
        last = final and start + STORED_LIMIT >= len(data)
        writer.add(number_bits(last, 1) + "00")
        writer.align()
        writer.add(number_bits(len(part), 16) + number_bits(len(part) ^ 0xFFFF, 16))
        writer.add(number_bits(int.from_bytes(part, "little"), 8 * len(part)))


def write_coded(
    writer: BitWriter,
    data: bytes,
    start: int,
    tokens: Iterable[tuple[int, int]],
    plan: Plan,
    final: bool,
) -> None:
    """Write a block with Huffman codes.

    `tokens` are pairs of a token and the number of its bytes. The first token is at data[start:].
    """
    # The fixed code has two more symbols. Without them its longest codes would be different.
    fixed = plan.kind == FIXED
    literals = assign_codes(FIXED_LITERAL_BITS if fixed else plan.lengths[:LITERAL_SYMBOLS])
    distances = assign_codes(plan.lengths[LITERAL_SYMBOLS:])
    matches = [""] * MIN_MATCH
    for length in range(MIN_MATCH, MAX_MATCH + 1):
        symbol = LENGTH_SYMBOL[length]
        extra = number_bits(length - LENGTH_BASE[symbol], LENGTH_EXTRA[symbol])
        matches.append(literals[END_OF_BLOCK + 1 + symbol] + extra)
    writer.add(number_bits(final, 1) + number_bits(plan.kind, 2))
    if plan.header:
        writer.add(plan.header.write())
    position = start
    parts: list[str] = []
    for token, length in tokens:
        if token < MATCH:
            parts.append(literals[token])
        else:
            symbol = token & 31
            offset = _find_copy(data, position, length, symbol)
            parts.append(matches[length] + distances[symbol])
            parts.append(number_bits(offset, DISTANCE_EXTRA[symbol]))
        position += length
        if len(parts) >= _MOST_PARTS:
            writer.add("".join(parts))
            parts.clear()
    writer.add("".join(parts) + literals[END_OF_BLOCK])


def _find_copy(data: bytes, position: int, length: int, symbol: int) -> int:
    """Return how much further back than the symbol's least distance the nearest copy is."""
    nearest = position - DISTANCE_BASE[symbol]
    farthest = max(0, nearest - (1 << DISTANCE_EXTRA[symbol]) + 1)
    return nearest - data.rfind(data[position : position + length], farthest, nearest + length)

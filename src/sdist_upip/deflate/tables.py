"""Huffman code lengths (RFC 1951, 3.2.2) turned into tables that decode a symbol in one step.

An entry is `(bits, value, extra)`: the length of the code, its meaning, and how many extra bits
follow it. A table is indexed by the next `PRIMARY_BITS` bits of the stream. The rest of a longer
code is in a second table. The entry then has the width of the second table as `bits`, LINK as
`value` and the second table as `extra`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import StreamError
from .format import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    END_OF_BLOCK,
    FIXED_DISTANCE_BITS,
    FIXED_LITERAL_BITS,
    LENGTH_BASE,
    LENGTH_EXTRA,
    MAX_CODE_BITS,
)

PRIMARY_BITS = 10
"""Codes up to this length decode in one step; a table stays small enough to be built per block."""

INVALID = -1
LINK = -2
NO_DISTANCE = 1 << 62
"""The distance of a code without a meaning: further back than any output."""
LENGTH_OFFSET = 256
"""The value of a match is its length plus this offset.

The value of a literal is 0 … 255, and that of the end of a block is END_OF_BLOCK.
"""

Entry = tuple[int, int, Any]
Table = tuple[int, list[Entry]]
"""The index mask and the entries."""

_LITERALS: tuple[tuple[int, int], ...] = (
    *((literal, 0) for literal in range(256)),
    (END_OF_BLOCK, 0),
    *((base + LENGTH_OFFSET, extra) for base, extra in zip(LENGTH_BASE, LENGTH_EXTRA, strict=True)),
    *[(INVALID, 0)] * 2,
)
_DISTANCES: tuple[tuple[int, int], ...] = (
    *zip(DISTANCE_BASE, DISTANCE_EXTRA, strict=True),
    *[(NO_DISTANCE, 0)] * 2,
)
_PLAIN = tuple((symbol, 0) for symbol in range(19))


def build_literal_table(lengths: Sequence[int]) -> Table:
    """Return the table of a dynamic block's literal and length code, `lengths` by symbol."""
    _require_complete(lengths, "literal and length", single=True)
    return _build(lengths, _LITERALS, (1, INVALID, 0))


def build_distance_table(lengths: Sequence[int]) -> Table:
    """Return the table of a dynamic block's distance code; one code or none at all is allowed."""
    _require_complete(lengths, "distance", single=True)
    return _build(lengths, _DISTANCES, (1, NO_DISTANCE, 0))


def build_length_code_table(lengths: Sequence[int]) -> Table:
    """Return the table of the code that the code lengths of a dynamic block are written in."""
    _require_complete(lengths, "code length", single=False)
    return _build(lengths, _PLAIN, (1, INVALID, 0))


def build_fixed_tables() -> tuple[Table, Table]:
    """Return the literal and the distance table of fixed blocks."""
    return (
        _build(FIXED_LITERAL_BITS, _LITERALS, (1, INVALID, 0)),
        _build(FIXED_DISTANCE_BITS, _DISTANCES, (5, NO_DISTANCE, 0)),
    )


def _require_complete(lengths: Sequence[int], name: str, single: bool) -> None:
    """Refuse codes that inflate_table of zlib refuses.

    `single` allows a code of one 1-bit symbol.
    """
    left = 1
    for bits in range(1, MAX_CODE_BITS + 1):
        left = 2 * left - lengths.count(bits)
        if left < 0:
            raise StreamError(f"the {name} code is over-subscribed")
    if left and (not single or max(lengths) > 1):
        raise StreamError(f"the {name} code is incomplete")


def _build(lengths: Sequence[int], meanings: Sequence[tuple[int, int]], unused: Entry) -> Table:
    width = min(max(1, *lengths), PRIMARY_BITS)
    table: list[Entry] = [unused] * (1 << width)
    links: dict[int, list[tuple[int, int, int, int]]] = {}
    code = 0
    symbols = sorted((bits, symbol) for symbol, bits in enumerate(lengths) if bits)
    for bits, symbol in symbols:
        value, extra = meanings[symbol]
        if bits <= width:
            table[code :: 1 << bits] = [(bits, value, extra)] * (1 << (width - bits))
        else:
            rest = (code >> width, bits - width, value, extra)
            links.setdefault(code & ((1 << width) - 1), []).append(rest)
        code = _next_code(code, bits)
    for prefix, rests in links.items():
        table[prefix] = _build_link(rests)
    return (1 << width) - 1, table


def _build_link(rests: list[tuple[int, int, int, int]]) -> Entry:
    """Return the entry for a prefix; its codes end in `rests`: (code, bits, value, extra)."""
    width = rests[-1][1]
    table: list[Entry] = [(0, INVALID, 0)] * (1 << width)
    for code, bits, value, extra in rests:
        table[code :: 1 << bits] = [(PRIMARY_BITS + bits, value, extra)] * (1 << (width - bits))
    return (width, LINK, ((1 << width) - 1, table))


def _next_code(code: int, bits: int) -> int:
    """Return the code after `code`; both have their first bit lowest, as in the stream.

    A longer code that follows starts with the same bits and continues with zeros, so it is the same
    number.
    """
    step = 1 << (bits - 1)
    while code & step:
        code ^= step
        step >>= 1
    return code | step

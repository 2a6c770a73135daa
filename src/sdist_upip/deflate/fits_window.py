"""Whether a deflate stream (RFC 1951) keeps to a window: exactly, and nearly as fast as zlib.

A window is a power of two, and no distance symbol stands for distances on both sides of one. So a
dynamic block keeps to the window if its header gives no code to a symbol beyond it, and a stored
block always does. Only for other blocks must every symbol be followed.

Where a block ends, zlib finds out: told that the block is the last one, it stops behind it.
"""

from __future__ import annotations

import zlib

from .decoder import Decoder
from .format import DISTANCE_BASE, DYNAMIC, STORED
from .trace import trace

_BLOCKS = 1024
"""Blocks that we look at one by one. With more of them, all symbols are followed: `trace` knows
how many it can afford."""
_PIECE = 1 << 15
"""Bytes of the stream that we hope to hold a block."""
_HISTORY = 32768


def fits_window(stream: bytes, data: bytes, window: int) -> bool:
    """Tell whether no match in the raw `stream` reaches further back than `window` bytes.

    `data` is what zlib decodes `stream` to, bytes behind the last block left alone; `window` is
    one of WINDOWS. Raises LimitError as `trace` does.
    """
    if len(data) <= window:
        return True
    position = size = 0  # bits of the stream, bytes of the data
    for _ in range(_BLOCKS):
        walk = Decoder(_shift(stream, position, _PIECE), 0, ())
        final, kind = walk.take(1), walk.take(2)
        if kind == STORED:
            start = (position + 3 + 7) // 8
            length = int.from_bytes(stream[start : start + 2], "little")
            position = 8 * (start + 4 + length)
        elif kind == DYNAMIC and _has_near_codes(walk, window):
            if not final:
                history = data[max(0, size - _HISTORY) : size]
                bits, length = _measure(stream, position, history)
                position += bits
        else:
            break
        if final:
            return True
        size += length
    return trace(stream, len(data)).distance <= window


def _shift(stream: bytes, position: int, length: int) -> bytes:
    """Return at most `length` bytes of `stream` from the bit `position` on."""
    piece = stream[position // 8 : position // 8 + length + 1]
    return (int.from_bytes(piece, "little") >> position % 8).to_bytes(len(piece), "little")


def _has_near_codes(walk: Decoder, window: int) -> bool:
    """Tell whether all distances that a dynamic block has codes for lie within `window`."""
    _, lengths = walk.read_code_lengths()
    return not any(
        length and base > window for length, base in zip(lengths, DISTANCE_BASE, strict=False)
    )


def _measure(stream: bytes, position: int, history: bytes) -> tuple[int, int]:
    """Return the bits and the decoded bytes of the dynamic block at the bit `position`.

    `history` is what it may refer to.
    """
    length = _PIECE
    while True:
        piece = _shift(stream, position, length)
        block = bytes((piece[0] | 1,)) + piece[1:]
        decoder = zlib.decompressobj(-zlib.MAX_WBITS, zdict=history)
        size = len(decoder.decompress(block))
        if decoder.eof:
            end = len(block) - len(decoder.unused_data)
            return 8 * end - _spare_bits(block[:end], history), size
        length *= 2


def _spare_bits(block: bytes, history: bytes) -> int:
    """Return how many bits of the last byte of `block` lie behind its end.

    The last bit of a block completes the code of its end. Without it the decoder goes on, and
    finds the end later or not at all.
    """
    decoder = zlib.decompressobj(-zlib.MAX_WBITS, zdict=history)
    decoder.decompress(block[:-1])
    last = block[-1]
    expected = _finish(decoder, last)
    spare = 0
    while spare < 7 and _finish(decoder, last ^ 0x80 >> spare) == expected:
        spare += 1
    return spare


def _finish(decoder: zlib._Decompress, last: int) -> tuple[int, bool]:
    """Return what a copy of `decoder` makes of one more byte: decoded bytes, whether it ended."""
    copy = decoder.copy()
    try:
        return len(copy.decompress(bytes((last,)))), copy.eof
    except zlib.error:
        return 0, False

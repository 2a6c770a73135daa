"""Whether a deflate stream (RFC 1951) keeps to a window: exactly, and nearly as fast as zlib.

A window is a power of two, and the distances of a symbol are never on both sides of one. So a
dynamic block keeps to the window if its header has no code for a symbol beyond it, and a stored
block always does. Only in other blocks every symbol must be decoded.

zlib finds the end of a block: a block that is marked as the last one makes zlib stop after it.
"""

from __future__ import annotations

import zlib

from .decoder import Decoder
from .format import DISTANCE_BASE, DYNAMIC, STORED
from .trace import trace

_BLOCKS = 1024
"""Most blocks that are measured one by one. With more of them, `trace` decodes all symbols, within
limits of its own."""
_PIECE = 1 << 15
"""Bytes of the stream that contain most blocks."""
_HISTORY = 32768


def fits_window(stream: bytes, data: bytes, window: int) -> bool:
    """Return whether no match in the raw `stream` reaches further back than `window` bytes.

    `data` is the result of decoding `stream` with zlib. Bytes after the last block are ignored.
    `window` is one of WINDOWS. Raises LimitError as `trace` does.
    """
    if len(data) <= window:
        return True
    position = size = 0  # bits of the stream, bytes of the data
    for _ in range(_BLOCKS):
        decoder = Decoder(_shift(stream, position, _PIECE), 0, ())
        final, kind = decoder.take(1), decoder.take(2)
        if kind == STORED:
            start = (position + 3 + 7) // 8
            length = int.from_bytes(stream[start : start + 2], "little")
            position = 8 * (start + 4 + length)
        elif kind == DYNAMIC and _has_near_codes(decoder, window):
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


def _has_near_codes(decoder: Decoder, window: int) -> bool:
    """Return whether all distances that a dynamic block has codes for are within `window`."""
    _, lengths = decoder.read_code_lengths()
    return not any(
        length and base > window for length, base in zip(lengths, DISTANCE_BASE, strict=False)
    )


def _measure(stream: bytes, position: int, history: bytes) -> tuple[int, int]:
    """Return the bits and the decoded bytes of the dynamic block at the bit `position`.

    `history` is the data that matches of the block may refer to.
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
    """Return how many bits of the last byte of `block` are after its end.

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
    """Decode one more byte with a copy of `decoder`; return its decoded bytes, and its `eof`."""
    copy = decoder.copy()
    try:
        return len(copy.decompress(bytes((last,)))), copy.eof
    except zlib.error:
        return 0, False

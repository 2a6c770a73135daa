"""Decode a raw deflate stream (RFC 1951) and record its blocks and its largest match distance.

zlib reports the decoded bytes only. With a window of 4 KiB it accepts streams that need 32 KiB, as
long as all of the output fits its buffer. The window of a device must be as large as the largest
match distance, and only decoding every symbol finds it. `trace` accepts and refuses exactly the
streams that zlib does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import LimitError
from ..limits import WINDOWS
from .decoder import Decoder

BLOCK_LIMIT = 65536
"""Most blocks that are recorded; 16 MiB of empty ones would take 2 GB of memory."""


@dataclass(frozen=True, slots=True)
class Block:
    """One deflate block: positions in bits of the stream and in bytes of the output.

    The header, `start_bit` … `body_bit`, is the type and, for a dynamic block, its codes; for a
    stored block also the length. `kind` is STORED, FIXED or DYNAMIC.
    """

    kind: int
    start_bit: int
    body_bit: int
    end_bit: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trace:
    """The decoded stream and the facts about it.

    `distance` is the largest match distance in bytes, 0 if nothing matches. `end` is the number
    of bytes that the stream takes. `mark_bits` holds, for each mark asked for, the position in
    bits of the first symbol that adds nothing before that mark.
    """

    data: bytes
    distance: int
    end: int
    blocks: tuple[Block, ...]
    mark_bits: tuple[int, ...]

    @property
    def window(self) -> int:
        """The smallest window, in bytes, that decodes the stream."""
        return next(window for window in WINDOWS if window >= self.distance)


def trace(stream: bytes, limit: int, marks: Sequence[int] = ()) -> Trace:
    """Decode `stream` up to the end of its last block; later bytes are ignored.

    `limit` is the most bytes of output to decode. `marks` are ascending output offsets, in bytes,
    to report the bit positions of. Raises TruncatedError for a stream that stops early, StreamError
    for one that zlib refuses too, and LimitError for one that decodes to more than `limit` or has
    more than BLOCK_LIMIT blocks, or more than `decoder.TABLE_LIMIT` dynamic ones.
    """
    decoder = Decoder(stream, limit, marks)
    blocks: list[Block] = []
    final = 0
    while not final:
        if len(blocks) == BLOCK_LIMIT:
            raise LimitError(f"The deflate stream has more than {BLOCK_LIMIT:,} blocks")
        start_bit, start = decoder.bit_position, len(decoder.output)
        final = decoder.take(1)
        kind = decoder.take(2)
        body_bit = decoder.read_block(kind)
        blocks.append(
            Block(kind, start_bit, body_bit, decoder.bit_position, start, len(decoder.output))
        )
    end_bit = decoder.bit_position
    if end_bit > 8 * len(stream):
        raise decoder.truncated()
    for mark in marks[len(decoder.mark_bits) :]:
        if mark > len(decoder.output):
            raise ValueError(
                f"Mark {mark} is past the end of the output ({len(decoder.output)} bytes)"
            )
        decoder.mark_bits.append(end_bit)
    return Trace(
        data=bytes(decoder.output),
        distance=decoder.distance,
        end=(end_bit + 7) // 8,
        blocks=tuple(blocks),
        mark_bits=tuple(decoder.mark_bits),
    )

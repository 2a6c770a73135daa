"""Walk a raw deflate stream (RFC 1951) block by block, to know what a decoder of it must hold.

zlib tells the decoded bytes, and with a window of 4 KiB it accepts streams that need 32 KiB as
long as all of the output fits its buffer. What a device needs is the largest match distance, and
that takes decoding every symbol. The walk accepts and refuses exactly what zlib does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import LimitError
from ..limits import WINDOWS
from .decoder import Decoder

BLOCK_LIMIT = 65536
"""Blocks that we keep account of; 16 MiB of empty ones would take 2 GB of memory."""


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
    """What the walk over a stream found.

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
    """Walk `stream` up to the end of its last block; bytes behind that are left alone.

    `limit` is the most bytes of output to decode. `marks` are ascending output offsets, in bytes,
    to report the bit positions of. Raises TruncatedError for a stream that stops early, StreamError
    for one that zlib refuses too, and LimitError for one that decodes to more than `limit` or has
    more than BLOCK_LIMIT blocks, or more than `decoder.TABLE_LIMIT` dynamic ones.
    """
    walk = Decoder(stream, limit, marks)
    blocks: list[Block] = []
    final = 0
    while not final:
        if len(blocks) == BLOCK_LIMIT:
            raise LimitError(f"the deflate stream has more than {BLOCK_LIMIT} blocks")
        start_bit, start = walk.bit_position, len(walk.output)
        final = walk.take(1)
        kind = walk.take(2)
        body_bit = walk.read_block(kind)
        blocks.append(Block(kind, start_bit, body_bit, walk.bit_position, start, len(walk.output)))
    end_bit = walk.bit_position
    if end_bit > 8 * len(stream):
        raise walk.truncated()
    for mark in marks[len(walk.mark_bits) :]:
        if mark > len(walk.output):
            raise ValueError(f"mark {mark} is behind the end of the output, {len(walk.output)}")
        walk.mark_bits.append(end_bit)
    return Trace(
        data=bytes(walk.output),
        distance=walk.distance,
        end=(end_bit + 7) // 8,
        blocks=tuple(blocks),
        mark_bits=tuple(walk.mark_bits),
    )

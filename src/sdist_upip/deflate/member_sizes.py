"""Which part of a deflate stream pays for which part of its content."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .trace import Trace, trace


def member_sizes(stream: bytes, offsets: Sequence[int], limit: int) -> list[int]:
    """Return the bytes of `stream` that each range of its content costs; they add up to all of it.

    A range goes from one of the ascending `offsets`, the first of which is 0, to the next, the
    last one to the end. A match belongs where it starts; the codes that a block begins with are
    shared by all that it holds. `limit` and the errors are those of `trace`.
    """
    result = trace(stream, limit, offsets)
    bits = [*_fair_bits(result, offsets), 8 * result.end]
    ends = [(position + 4) // 8 for position in bits]
    ends[0] = 0
    return [end - start for start, end in pairwise(ends)]


def _fair_bits(result: Trace, offsets: Sequence[int]) -> list[int]:
    """Return the bits that the content before each offset costs."""
    positions = []
    index = headers_read = headers_paid = 0
    for offset, bit in zip(offsets, result.mark_bits, strict=True):
        while index < len(result.blocks) and result.blocks[index].end <= offset:
            headers_paid += result.blocks[index].body_bit - result.blocks[index].start_bit
            index += 1
        headers_read = headers_paid
        part = 0
        if index < len(result.blocks):
            block = result.blocks[index]
            header = block.body_bit - block.start_bit
            part = header * (offset - block.start) // (block.end - block.start)
            if block.body_bit <= bit:
                headers_read += header
        positions.append(bit - headers_read + headers_paid + part)
    return positions

"""The compressed size of each part of the content of a deflate stream."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .trace import Trace, trace


def member_sizes(stream: bytes, offsets: Sequence[int], limit: int) -> list[int]:
    """Return the bytes of `stream` that each range of its content takes; the sum is all of it.

    A range goes from one of the ascending `offsets`, the first of which is 0, to the next. The last
    range goes to the end. A match counts for the range where it starts. The codes at the start of
    a block are divided among its content. `limit` and the errors are those of `trace`.
    """
    result = trace(stream, limit, offsets)
    bits = [*_fair_bits(result, offsets), 8 * result.end]
    ends = [(position + 4) // 8 for position in bits]
    ends[0] = 0
    return [end - start for start, end in pairwise(ends)]


def _fair_bits(result: Trace, offsets: Sequence[int]) -> list[int]:
    """Return the bits that the content before each offset takes."""
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

"""The smallest deflate stream within a window, as far as a second for 100 KB finds it.

The stages of one encoding: `matches` lists all copies. `parse` turns them into a lattice of nearly
cheapest parses. This module refines parse and codes in turn, over blocks that `split` chooses.
`writer` turns them into bits.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from ..format import STORED
from .blocks import FIXED_LENGTHS
from .costs import costs_by_code, costs_by_frequency
from .parse import Lattice, Parse, build_lattice, find_parse
from .split import Block, cut_blocks, split_parse
from .writer import BitWriter, write_coded, write_stored

Progress = Callable[[int, int], None]
"""A function that is called repeatedly with the bytes done and the bytes in total."""

_GROUP = 1 << 19
"""Bytes whose parse is held in memory at once."""
_ROUNDS = (3, 4)
"""Searches before each time that blocks are split again."""
_LAST_ROUNDS = 3
_SMALL = 4096
"""Bytes up to which the fixed codes may be the best of all."""
_LATTICE_SHARE = 70
"""Percent of the time that the lattice takes."""


def encode(data: bytes, window: int, progress: Progress | None = None) -> bytes:
    """Return `data` as a raw deflate stream whose largest distance is at most `window` bytes.

    The stream is the same on every platform and Python. Time grows in proportion to the size of
    `data`, memory only up to 512 KiB of it.
    """
    size = len(data)
    writer = BitWriter()
    for first in range(0, size or 1, _GROUP):
        last = min(first + _GROUP, size)
        lattice = Lattice()
        for done in build_lattice(lattice, data, first, last, window):
            if progress:
                progress(first + (done - first) * _LATTICE_SHARE // 100, size)
        _write(writer, data, first, *_refine(lattice), last == size)
        if progress:
            progress(last, size)
    return writer.to_bytes()


def _refine(lattice: Lattice) -> tuple[Parse, list[Block]]:
    """Return the best parse found, and its blocks."""
    parse = find_parse(lattice, [0], [lattice.costs])
    blocks = cut_blocks(parse, [0])
    for rounds in _ROUNDS:
        for _ in range(rounds):
            costs = [costs_by_frequency(block.counts) for block in blocks]
            parse, blocks = _search(lattice, blocks, costs)
        blocks = split_parse(parse)
    costs = [costs_by_frequency(block.counts) for block in blocks]
    parse, blocks = _search(lattice, blocks, costs)
    candidates = [_settle(lattice, parse, blocks)]
    if lattice.size <= _SMALL:
        fixed = costs_by_code(FIXED_LENGTHS)
        candidates.append(_search(lattice, blocks[:1], [fixed]))
    return min(candidates, key=_total)


def _settle(lattice: Lattice, parse: Parse, blocks: list[Block]) -> tuple[Parse, list[Block]]:
    """Refine the parse under the codes that would be written; return the smallest result.

    Under its own codes a parse can only get shorter, and the codes of a shorter parse are at least
    as good. So the refinement ends.
    """
    best = parse, blocks
    for _ in range(_LAST_ROUNDS):
        costs = [costs_by_code(block.plan.lengths) for block in best[1]]
        found = _search(lattice, best[1], costs)
        if _total(found) >= _total(best):
            break
        best = found
    return best


def _search(
    lattice: Lattice, blocks: list[Block], costs: list[list[int]]
) -> tuple[Parse, list[Block]]:
    bounds = [block.start for block in blocks]
    parse = find_parse(lattice, bounds, costs)
    return parse, cut_blocks(parse, bounds)


def _total(candidate: tuple[Parse, list[Block]]) -> int:
    return sum(block.plan.size for block in candidate[1])


def _write(
    writer: BitWriter, data: bytes, first: int, parse: Parse, blocks: list[Block], final: bool
) -> None:
    ends = [*[block.token for block in blocks[1:]], len(parse.tokens)]
    for block, end in zip(blocks, ends, strict=True):
        start = first + block.start
        last = final and block is blocks[-1]
        if block.plan.kind == STORED:
            write_stored(writer, data[start : start + block.size], last)
            continue
        starts = parse.starts[block.token : end + 1]
        lengths = [behind - position for position, behind in pairwise(starts)]
        tokens = zip(parse.tokens[block.token : end], lengths, strict=True)
        write_coded(writer, data, start, tokens, block.plan, last)

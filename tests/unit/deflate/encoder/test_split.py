"""Blocks cover a parse without gaps, and splitting it saves bits."""

from array import array

import pytest

from sdist_upip.deflate.encoder.blocks import plan_block, stored_bits
from sdist_upip.deflate.encoder.costs import BIT
from sdist_upip.deflate.encoder.parse import Parse
from sdist_upip.deflate.encoder.split import Block, cut_blocks, split_parse
from sdist_upip.deflate.format import STORED
from sdist_upip.deflate.symbols import MATCH, count_symbols
from support.samples import NOISE, TEXT

DIGITS = bytes(48 + byte % 10 for byte in NOISE[:8000])
LETTERS = bytes(97 + byte % 26 for byte in NOISE[8000:16000])
MATCH_OF_9 = MATCH + (6 << 5) + 4


def literals(data):
    return Parse(array("H", list(data)), array("I", range(len(data) + 1)))


def make_parse(*steps):
    """Return a parse of (token, number of bytes) pairs."""
    starts = [0]
    for _, length in steps:
        starts.append(starts[-1] + length)
    return Parse(array("H", [token for token, _ in steps]), array("I", starts))


def make_block(parse, first=0, last=None):
    last = len(parse.tokens) if last is None else last
    size = parse.starts[last] - parse.starts[first]
    return Block(first, parse.starts[first], size, count_symbols(parse.tokens[first:last]))


def assert_covers(blocks, parse):
    token = start = 0
    for block, behind in zip(blocks, [*blocks[1:], None], strict=True):
        assert (block.token, block.start) == (token, start)
        token = behind.token if behind else len(parse.tokens)
        start += block.size
        assert block.size == parse.starts[token] - block.start
        assert block.counts == count_symbols(parse.tokens[block.token : token])
    assert (token, start) == (len(parse.tokens), parse.starts[-1])


def size(blocks):
    return sum(block.plan.size for block in blocks)


@pytest.mark.parametrize(
    ("bounds", "edges"),
    [
        ([0], [(0, 0)]),
        ([0, 1], [(0, 0), (1, 1)]),
        ([0, 2], [(0, 0), (2, 10)]),
        ([0, 9, 10], [(0, 0), (2, 10)]),
        ([0, 11], [(0, 0), (3, 11)]),
        ([0, 1, 11], [(0, 0), (1, 1), (3, 11)]),
        ([0, 12], [(0, 0)]),
        ([5], [(0, 0), (2, 10)]),
    ],
)
def test_blocks_begin_with_the_first_tokens_at_or_after_the_bounds(bounds, edges):
    parse = make_parse((97, 1), (MATCH_OF_9, 9), (98, 1), (99, 1))
    blocks = cut_blocks(parse, bounds)
    assert [(block.token, block.start) for block in blocks] == edges
    assert_covers(blocks, parse)


def test_no_tokens_are_one_empty_block():
    parse = make_parse()
    for blocks in (cut_blocks(parse, [0]), split_parse(parse)):
        assert [(block.token, block.start, block.size) for block in blocks] == [(0, 0, 0)]
        assert not any(blocks[0].counts)


def test_joining_adds_sizes_and_counts():
    parse = literals(TEXT[:600])
    first, behind = make_block(parse, 0, 200), make_block(parse, 200)
    joined = first.join(behind)
    whole = make_block(parse)
    assert (joined.token, joined.start, joined.size) == (0, 0, 600)
    assert joined.counts == whole.counts
    assert first.size == 200


def test_the_sizes_of_a_block():
    block = make_block(literals(TEXT[:3000]))
    assert block.plan == plan_block(block.counts, 3000)
    assert block.plan.size <= block.rough_size
    assert abs(block.estimate / BIT - block.plan.size) < 0.05 * block.plan.size
    noise = make_block(literals(NOISE[:3000]))
    assert noise.plan.kind == STORED
    assert noise.estimate <= stored_bits(3000) * BIT


@pytest.mark.parametrize(
    "parts",
    [(DIGITS, LETTERS), (LETTERS, DIGITS, LETTERS), (NOISE[20000:26000], DIGITS)],
    ids=["two", "three", "noise and digits"],
)
def test_edges_lie_where_the_content_changes(parts):
    parse = literals(b"".join(parts))
    blocks = split_parse(parse)
    assert_covers(blocks, parse)
    edges, end = [], 0
    for part in parts[:-1]:
        end += len(part)
        edges.append(end)
    assert len(blocks) == len(parts)
    assert all(abs(block.token - edge) < 32 for block, edge in zip(blocks[1:], edges, strict=True))
    assert size(blocks) < 0.95 * make_block(parse).plan.size


@pytest.mark.parametrize(
    "data", [b"a", b"a" * 100, DIGITS, TEXT], ids=["1", "100", "digits", "text"]
)
def test_content_of_one_kind_stays_one_block(data):
    parse = literals(data)
    blocks = split_parse(parse)
    assert_covers(blocks, parse)
    assert len(blocks) == 1


def test_few_tokens_of_many_bytes_are_not_cut_into_more_pieces_than_tokens():
    parse = make_parse((97, 1), *[(MATCH + (28 << 5), 258)] * 300)
    blocks = split_parse(parse)
    assert_covers(blocks, parse)
    assert len(blocks) == 1


def test_many_small_changes_cost_hardly_more_than_one_block():
    data = b"".join(
        part[start : start + 300]
        for start in range(0, 7800, 300)
        for part in (DIGITS, LETTERS, NOISE)
    )
    parse = literals(data)
    blocks = split_parse(parse)
    assert_covers(blocks, parse)
    assert size(blocks) <= 1.005 * make_block(parse).plan.size

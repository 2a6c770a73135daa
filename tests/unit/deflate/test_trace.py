"""What a decoded stream tells: its blocks, its largest distance, and where members start."""

import random

import pytest

from sdist_upip.deflate.format import DYNAMIC, FIXED, STORED
from sdist_upip.deflate.trace import trace
from sdist_upip.errors import LimitError
from support.deflate_writer import DeflateWriter, complete
from support.samples import NOISE, TEXT
from support.streams import deflate

LIMIT = 1 << 20
MIXED = TEXT[:2000] + NOISE[:700] + TEXT[1000:3000] + bytes(600) + TEXT[:2000]
ABE = complete([97, 98, 256], 257)


@pytest.mark.parametrize("distance", [1, 2, 511, 512, 513, 4096, 4097, 32768])
def test_the_largest_distance_and_its_window(distance):
    data = random.Random(1).randbytes(distance)
    stream = bytes(DeflateWriter().stored(data, False).fixed([(3, distance), 3, 256]))
    result = trace(stream, LIMIT)
    assert result.distance == distance
    assert result.window == max(512, 1 << (distance - 1).bit_length())
    assert result.data == data + (data * 3)[:3] + b"\3"


def test_no_match_is_distance_0():
    result = trace(deflate(b"abc"), LIMIT)
    assert (result.distance, result.window) == (0, 512)


def test_blocks_have_their_kinds_and_ranges():
    writer = DeflateWriter().stored(b"abc", False).fixed([97, (3, 3), 256], False)
    writer.dynamic(ABE, [0], [97, 98, 256])
    blocks = trace(bytes(writer), LIMIT).blocks
    assert [block.kind for block in blocks] == [STORED, FIXED, DYNAMIC]
    assert [(block.start, block.end) for block in blocks] == [(0, 3), (3, 7), (7, 9)]
    assert blocks[0].start_bit == 0
    assert (blocks[0].body_bit, blocks[0].end_bit) == (40, 64)
    assert (blocks[1].start_bit, blocks[1].body_bit, blocks[1].end_bit) == (64, 67, 94)
    assert (blocks[2].start_bit, blocks[2].end_bit) == (94, len(writer.bits))
    assert blocks[2].end_bit - blocks[2].body_bit == sum(ABE[s] for s in (97, 98, 256))


def test_marks_have_the_bit_where_a_member_starts():
    writer = DeflateWriter().stored(b"abc", False).fixed([97, (4, 3), 98, 256], False)
    stream = bytes(writer.stored(b"xyz"))
    first, second, third = trace(stream, LIMIT).blocks
    result = trace(stream, LIMIT, [0, 2, 3, 4, 5, 8, 9, 11, 12])
    copied = first.end_bit + 3
    assert result.mark_bits == (
        first.body_bit,
        first.body_bit + 16,
        first.end_bit,
        copied + 8,
        copied + 8 + 12,
        copied + 8 + 12,
        copied + 8 + 12 + 8,
        third.body_bit + 16,
        third.end_bit,
    )
    assert second.end_bit == copied + 8 + 12 + 8 + 7


def test_marks_change_nothing_else():
    stream = deflate(MIXED)
    plain = trace(stream, LIMIT)
    marked = trace(stream, LIMIT, range(0, len(MIXED) + 1, 97))
    assert (marked.data, marked.distance, marked.blocks) == (
        plain.data,
        plain.distance,
        plain.blocks,
    )
    assert list(marked.mark_bits) == sorted(marked.mark_bits)


def test_a_mark_behind_the_end_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="Mark 4 is past the end"):
        trace(deflate(b"abc"), LIMIT, [4])


@pytest.mark.parametrize("level", [0, 9])
def test_the_limit_is_exact(level):
    stream = deflate(MIXED, level)
    assert trace(stream, len(MIXED)).data == MIXED
    with pytest.raises(LimitError, match=f"more than {len(MIXED) - 1:,} bytes"):
        trace(stream, len(MIXED) - 1)


def test_a_bomb_stops_at_the_limit():
    stream = deflate(bytes(50_000_000))
    with pytest.raises(LimitError, match="more than 1,048,576 bytes"):
        trace(stream, 1 << 20)


def test_a_stream_of_nothing_but_empty_blocks_stops_at_the_limit(monkeypatch):
    monkeypatch.setattr("sdist_upip.deflate.trace.BLOCK_LIMIT", 9)
    writer = DeflateWriter()
    for _ in range(8):
        writer.fixed([256], final=False)
    assert len(trace(bytes(writer) + b"\3\0", LIMIT).blocks) == 9
    writer.stored(b"", final=False).stored(b"")
    with pytest.raises(LimitError, match="more than 9 blocks"):
        trace(bytes(writer), LIMIT)

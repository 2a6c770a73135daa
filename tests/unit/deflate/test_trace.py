import itertools
import random
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.format import DYNAMIC, FIXED, STORED
from sdist_upip.deflate.trace import trace
from sdist_upip.errors import LimitError, StreamError, TruncatedError
from support.deflate_writer import DeflateWriter
from support.slow_inflate import inflate

LIMIT = 1 << 20
SOURCE = b"".join(
    b"def f%d(x):\n    return x * %d + %d\n\n" % (i, i * i, i % 7) for i in range(120)
)
NOISE = random.Random(3).randbytes(3000)
MIXED = SOURCE[:2000] + NOISE[:700] + SOURCE[1000:3000] + bytes(600) + SOURCE[:2000]


def deflate(data, level=9, wbits=15, mem_level=8, strategy=0):
    compressor = zlib.compressobj(level, zlib.DEFLATED, -wbits, mem_level, strategy)
    return compressor.compress(data) + compressor.flush()


def zlib_decodes(stream):
    """Return (data, bytes taken) as zlib has it, or None where zlib refuses or wants more."""
    decompressor = zlib.decompressobj(-15)
    try:
        data = decompressor.decompress(stream)
    except zlib.error:
        return None
    return (data, len(stream) - len(decompressor.unused_data)) if decompressor.eof else None


def walk(stream):
    try:
        result = trace(stream, LIMIT)
    except StreamError:
        return None
    return result.data, result.end


@pytest.mark.parametrize("level", range(10))
@pytest.mark.parametrize("strategy", range(5))
def test_it_decodes_what_zlib_writes(level, strategy):
    for mem_level, wbits in itertools.product(range(1, 10), range(9, 16)):
        stream = deflate(MIXED, level, wbits, mem_level, strategy)
        result = trace(stream + b"behind", LIMIT)
        assert result.data == MIXED
        assert result.end == len(stream)
        assert result.distance <= max(1 << wbits, 512)


@pytest.mark.parametrize("data", [b"", b"a", MIXED, SOURCE * 8, NOISE], ids=len)
@pytest.mark.parametrize("wbits", [9, 12, 15])
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_RLE])
def test_distances_and_ends_agree_with_the_slow_inflate(data, wbits, strategy):
    stream = deflate(data, wbits=wbits, strategy=strategy)
    expected, matches, bits = inflate(stream)
    result = trace(stream, LIMIT)
    assert result.data == expected == data
    assert result.distance == max((distance for _, distance in matches), default=0)
    assert result.blocks[-1].end_bit == bits
    assert result.end == len(stream)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.tuples(st.integers(3, 258), st.integers(1, 40_000)),
        ),
        max_size=40,
    ),
    st.sampled_from([(9, 12), (1, 15), (6, 9), (0, 15)]),
    st.sampled_from([zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY, zlib.Z_FIXED]),
)
def test_any_data_agrees_with_the_slow_inflate(parts, parameters, strategy):
    data = bytearray()
    for part in parts:
        if isinstance(part, bytes):
            data += part
        elif data:
            length, distance = part
            data += data[-distance:][:length]
    level, wbits = parameters
    stream = deflate(bytes(data), level, wbits, strategy=strategy)
    _, matches, bits = inflate(stream)
    result = trace(stream, LIMIT)
    assert result.data == data
    assert result.distance == max((distance for _, distance in matches), default=0)
    assert result.blocks[-1].end_bit == bits


def mutations(stream):
    rnd = random.Random(stream)
    for _ in range(1500):
        mutant = bytearray(stream)
        for _ in range(rnd.randint(1, 3)):
            place = rnd.randrange(min(len(mutant), rnd.choice([12, 90, 10_000])))
            mutant[place] ^= 1 << rnd.randrange(8)
        yield bytes(mutant[: rnd.choice([len(mutant), rnd.randrange(len(mutant))])])


@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY])
@pytest.mark.parametrize("data", [SOURCE[:1500], b"ab" * 9, NOISE[:200]], ids=len)
def test_mutants_are_accepted_and_refused_as_by_zlib(data, strategy):
    verdicts = set()
    for mutant in mutations(deflate(data, strategy=strategy)):
        expected = zlib_decodes(mutant)
        assert walk(mutant) == expected, mutant.hex()
        verdicts.add(expected is None)
    assert verdicts == {True, False}


@settings(deadline=None, max_examples=500)
@given(st.binary(max_size=120))
@example(b"\x03")
@example(b"\x05\x00")
def test_any_bytes_are_accepted_and_refused_as_by_zlib(stream):
    assert walk(stream) == zlib_decodes(stream)


@pytest.mark.parametrize("data", [MIXED, b"aaaaaaaaaa"], ids=len)
def test_every_cut_is_called_truncated(data):
    stream = deflate(data)
    step = max(1, len(stream) // 200)
    for size in range(0, len(stream), step):
        with pytest.raises(TruncatedError, match=f"after {size} bytes"):
            trace(stream[:size], LIMIT)


def complete(used, size):
    """Return `size` code lengths of a complete code in which the symbols `used` have codes."""
    lengths = [0] * size
    bits = (len(used) - 1).bit_length()
    short = (1 << bits) - len(used)
    for index, symbol in enumerate(used):
        lengths[symbol] = bits - 1 if index < short else bits
    return lengths


ABE = complete([97, 98, 256], 257)
ALL = complete([97, 98, *range(256, 286)], 286)

ODD_CODES = {
    "only the end of the block": (DeflateWriter().dynamic([0] * 256 + [1], [0], [256]), b""),
    "end of the block and its sibling": (
        DeflateWriter().dynamic([0] * 256 + [1], [0]).code("1"),
        None,
    ),
    "one distance": (
        DeflateWriter().dynamic(complete([97, 256, 257], 258), [1], [97, (3, 1), 256]),
        b"aaaa",
    ),
    "one distance and its sibling": (
        DeflateWriter().dynamic(complete([97, 256, 257], 258), [1], [97]).code("11").code("1"),
        None,
    ),
    "one distance of two bits": (DeflateWriter().dynamic(ABE, [2], [256]), None),
    "no distance": (DeflateWriter().dynamic(ABE, [0], [97, 256]), b"a"),
    "no distance and a match": (
        DeflateWriter().dynamic(complete([97, 256, 257], 258), [0], [97]).code("11").code("0"),
        None,
    ),
    "no end of the block": (DeflateWriter().dynamic(complete([97, 98], 257), [0], [97]), None),
    "one literal of one bit": (DeflateWriter().dynamic([1] + [0] * 256, [0], [0]), None),
    "end of the block of two bits": (
        DeflateWriter().dynamic([0] * 256 + [2], [0]).code("00"),
        None,
    ),
    "literals incomplete": (
        DeflateWriter().dynamic([0] * 97 + [2, 2] + [0] * 157 + [2], [0], [256]),
        None,
    ),
    "literals over-subscribed": (DeflateWriter().dynamic([1, 1] + [0] * 254 + [1], [0]), None),
    "distances over-subscribed": (DeflateWriter().dynamic(ABE, [1, 1, 1], [256]), None),
    "distances incomplete": (DeflateWriter().dynamic(ABE, [2, 2, 2], [256]), None),
    "two distances": (DeflateWriter().dynamic(ALL, [1, 1], [97, 98, (3, 2), 256]), b"ababa"),
    "code lengths incomplete": (
        DeflateWriter().dynamic([0] * 256 + [1], [0], [256], length_code=[1] + [2] + [0] * 17),
        None,
    ),
    "code lengths of one symbol": (
        DeflateWriter().header([0] * 257, [0], length_code=[1] + [0] * 18).number(0, 300),
        None,
    ),
    "code lengths of no symbol": (
        DeflateWriter().header([0] * 257, [0], length_code=[0] * 19).number(0, 300),
        None,
    ),
    "code lengths over-subscribed": (
        DeflateWriter().header([0] * 257, [0], length_code=[1, 1, 1] + [0] * 16).number(0, 300),
        None,
    ),
    "a repeat before the first": (
        DeflateWriter().header(ABE, [0]).code("11101").number(0, 300),
        None,
    ),
    "287 literals": (DeflateWriter().header([0] * 287, [0]).number(0, 2000), None),
    "31 distances": (DeflateWriter().dynamic(ABE, [5] * 31 + [5], [256]), None),
    "block type 3": (DeflateWriter().number(7, 3).number(0, 80), None),
    "fixed symbol 286": (DeflateWriter().number(3, 3).code("11000110").number(0, 80), None),
    "fixed distance 30": (
        DeflateWriter().fixed([97]).code("0000001").code("11110").number(0, 80),
        None,
    ),
    "distance 0 bytes in": (DeflateWriter().fixed([(3, 1), 256]), None),
    "distance one too far": (DeflateWriter().fixed([97, (3, 2), 256]), None),
    "stored complement": (
        DeflateWriter().number(1, 8).number(3, 16).number(3, 16).number(0, 24),
        None,
    ),
    "stored nothing": (DeflateWriter().stored(b""), b""),
    "stored, fixed, dynamic": (
        DeflateWriter()
        .stored(b"abc", False)
        .fixed([(3, 3), 256], False)
        .dynamic(ABE, [0], [97, 256]),
        b"abcabca",
    ),
    "length 258 both ways": (DeflateWriter().fixed([97, (258, 1), 256]), b"a" * 259),
}


@pytest.mark.parametrize("name", ODD_CODES)
def test_odd_codes_are_judged_as_by_zlib(name):
    writer, expected = ODD_CODES[name]
    stream = bytes(writer) + bytes(8)
    decoded = zlib_decodes(stream)
    assert (decoded and decoded[0]) == expected
    assert walk(stream) == decoded
    if expected is None:
        with pytest.raises(StreamError, match="invalid at bit"):
            trace(stream, LIMIT)


def test_codes_of_15_bits_decode():
    lengths = [*range(1, 15), 15] + [0] * 241 + [15]
    stream = bytes(DeflateWriter().dynamic(lengths, [0], [*range(15), 14, 3, 256]))
    assert trace(stream, LIMIT).data == bytes([*range(15), 14, 3]) == zlib_decodes(stream)[0]


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


def test_a_stream_of_nothing_but_codes_stops_at_the_limit(monkeypatch):
    monkeypatch.setattr("sdist_upip.deflate.decoder.TABLE_LIMIT", 24)
    writer = DeflateWriter()
    for _ in range(24):
        writer.dynamic([0] * 256 + [1], [0], [256], final=False)
    assert trace(bytes(writer) + b"\3\0", LIMIT).data == b""
    writer.dynamic([0] * 256 + [1], [0], [256])
    with pytest.raises(LimitError, match="more than 24 dynamic blocks"):
        trace(bytes(writer), LIMIT)


def test_a_stream_of_nothing_but_empty_blocks_stops_at_the_limit(monkeypatch):
    monkeypatch.setattr("sdist_upip.deflate.trace.BLOCK_LIMIT", 9)
    writer = DeflateWriter()
    for _ in range(8):
        writer.fixed([256], final=False)
    assert len(trace(bytes(writer) + b"\3\0", LIMIT).blocks) == 9
    writer.stored(b"", final=False).stored(b"")
    with pytest.raises(LimitError, match="more than 9 blocks"):
        trace(bytes(writer), LIMIT)

"""Every valid stream decodes as by zlib and by a slow inflate, and every other is refused."""

import itertools
import random
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.decoder import Decoder
from sdist_upip.deflate.format import DYNAMIC, STORED
from sdist_upip.deflate.tables import build_length_code_table
from sdist_upip.deflate.trace import trace
from sdist_upip.errors import LimitError, StreamError, TruncatedError
from support.deflate_writer import FLAT, DeflateWriter, complete
from support.slow_inflate import code_strings, inflate
from support.streams import deflate

LIMIT = 1 << 20
SOURCE = b"".join(
    b"def f%d(x):\n    return x * %d + %d\n\n" % (i, i * i, i % 7) for i in range(120)
)
NOISE = random.Random(3).randbytes(3000)
MIXED = SOURCE[:2000] + NOISE[:700] + SOURCE[1000:3000] + bytes(600) + SOURCE[:2000]


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


def test_a_stream_of_nothing_but_codes_stops_at_the_limit(monkeypatch):
    monkeypatch.setattr("sdist_upip.deflate.decoder.TABLE_LIMIT", 24)
    writer = DeflateWriter()
    for _ in range(24):
        writer.dynamic([0] * 256 + [1], [0], [256], final=False)
    assert trace(bytes(writer) + b"\3\0", LIMIT).data == b""
    writer.dynamic([0] * 256 + [1], [0], [256])
    with pytest.raises(LimitError, match="more than 24 dynamic blocks"):
        trace(bytes(writer), LIMIT)


@pytest.mark.parametrize(("distance", "symbol"), [(1, 0), (192, 14), (193, 15), (256, 15)])
def test_distance_codes_of_15_bits_decode(distance, symbol):
    """The code of `symbol` and of the one after it have 15 bits."""
    lengths = [*range(1, 15), 15, 15]
    lengths[symbol], lengths[14] = lengths[14], lengths[symbol]
    noise = random.Random(2).randbytes(256)
    writer = DeflateWriter().stored(noise, final=False)
    writer.dynamic(ALL, lengths, [97, (3, distance), 98, 256])
    stream = bytes(writer)
    copied = (noise + b"a")[257 - distance :] * 3
    assert trace(stream, LIMIT).data == noise + b"a" + copied[:3] + b"b" == zlib_decodes(stream)[0]
    assert trace(stream, LIMIT).distance == distance


def test_bits_are_taken_lowest_first_and_counted():
    decoder = Decoder(bytes([0b10110_101, 0xFF, 0x01]), LIMIT, ())
    assert [decoder.take(3), decoder.take(5), decoder.take(0)] == [0b101, 0b10110, 0]
    assert decoder.bit_position == 8
    assert decoder.take(10) == 0b01_1111_1111
    assert decoder.bit_position == 18


def test_behind_its_end_a_stream_reads_as_zeros_until_the_next_refill():
    decoder = Decoder(b"\xff", LIMIT, ())
    assert (decoder.take(8), decoder.take(48), decoder.bit_position) == (0xFF, 0, 56)
    with pytest.raises(TruncatedError) as caught:
        decoder.take(9)
    assert str(caught.value) == ("The deflate stream is truncated after 1 bytes, inside a block")
    assert type(decoder.invalid("anything")) is TruncatedError


def test_a_defect_is_named_with_its_bit():
    decoder = Decoder(bytes(4), LIMIT, ())
    decoder.take(11)
    error = decoder.invalid("there is no block type 3")
    assert type(error) is StreamError
    assert str(error) == "The deflate stream is invalid at bit 11: there is no block type 3"


REPEATS = {
    "16: the last length, 3 to 6 times": ([(5, ""), (16, "00"), (16, "11")], [5] * (1 + 3 + 6)),
    "17: zero, 3 to 10 times": ([(17, "000"), (17, "111")], [0] * (3 + 10)),
    "18: zero, 11 to 138 times": ([(18, "0000000"), (18, "1111111")], [0] * (11 + 138)),
    "a zero can be the last length": ([(0, ""), (16, "01")], [0] * (1 + 5)),
}


@pytest.mark.parametrize("name", REPEATS)
def test_code_lengths_are_repeated(name):
    items, expected = REPEATS[name]
    codes = {symbol: text for text, symbol in code_strings(FLAT).items()}
    writer = DeflateWriter()
    for symbol, extra in items:
        writer.code(codes[symbol] + extra)
    decoder = Decoder(bytes(writer) + bytes(8), LIMIT, ())
    table = build_length_code_table(FLAT)
    assert decoder.read_lengths(table, len(expected)) == expected
    assert decoder.bit_position == len(writer.bits)
    decoder = Decoder(bytes(writer) + bytes(8), LIMIT, ())
    with pytest.raises(StreamError, match="repeats a code length past the last code"):
        decoder.read_lengths(table, len(expected) - 1)


def test_the_lengths_of_both_codes_are_read():
    writer = DeflateWriter().dynamic(ALL, [2, 2, 1], final=False)
    decoder = Decoder(bytes(writer) + bytes(8), LIMIT, ())
    assert (decoder.take(1), decoder.take(2)) == (0, DYNAMIC)
    assert decoder.read_code_lengths() == (ALL, [2, 2, 1])
    assert decoder.bit_position == len(writer.bits)


DEFECTS = {
    "block type 3": "there is no block type 3",
    "stored complement": "the length of a stored block does not match its complement",
    "287 literals": "a dynamic block has too many codes",
    "31 distances": "a dynamic block has too many codes",
    "no end of the block": "a dynamic block has no code for its end",
    "a repeat before the first": "a dynamic block repeats a code length before the first",
    "code lengths incomplete": "the code length code is incomplete",
    "code lengths over-subscribed": "the code length code is over-subscribed",
    "literals incomplete": "the literal and length code is incomplete",
    "literals over-subscribed": "the literal and length code is over-subscribed",
    "distances incomplete": "the distance code is incomplete",
    "distances over-subscribed": "the distance code is over-subscribed",
    "end of the block and its sibling": "a code has no literal or length",
    "fixed symbol 286": "a code has no literal or length",
    "fixed distance 30": "a match reaches back before the start of the output",
    "distance one too far": "a match reaches back before the start of the output",
    "no distance and a match": "a match reaches back before the start of the output",
}


@pytest.mark.parametrize("name", DEFECTS)
def test_the_error_names_the_defect(name):
    with pytest.raises(StreamError) as caught:
        trace(bytes(ODD_CODES[name][0]) + bytes(8), LIMIT)
    assert str(caught.value).endswith(f": {DEFECTS[name]}")


@pytest.mark.parametrize("limit", [4, 5])
def test_a_stored_block_obeys_the_limit_and_the_end_of_the_stream(limit):
    stream = bytes(DeflateWriter().stored(b"abcde"))
    decoder = Decoder(stream, limit, [0, 2, 9])
    assert (decoder.take(1), decoder.take(2)) == (1, STORED)
    if limit == 4:
        with pytest.raises(LimitError) as caught:
            decoder.read_block(STORED)
        assert str(caught.value) == "The deflate stream decodes to more than 4 bytes"
        return
    assert decoder.read_block(STORED) == 40
    assert (decoder.output, decoder.mark_bits) == (b"abcde", [40, 56])
    assert (decoder.distance, decoder.bit_position) == (0, 80)
    cut = Decoder(stream[:-1], limit, ())
    cut.take(3)
    with pytest.raises(TruncatedError, match="after 9 bytes"):
        cut.read_block(STORED)


def test_a_mark_behind_the_limit_does_not_raise_the_limit():
    with pytest.raises(LimitError, match="more than 400 bytes"):
        trace(deflate(bytes(500)), 400, [1000])

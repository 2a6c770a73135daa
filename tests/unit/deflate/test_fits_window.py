"""Whether a stream keeps to a window: the quick answer is that of following every symbol."""

import itertools
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.deflate import fits_window as fits_window_module
from sdist_upip.deflate.compress import compress
from sdist_upip.deflate.fits_window import fits_window
from sdist_upip.deflate.trace import trace
from support.deflate_writer import DeflateWriter
from support.streams import deflate

SOURCE = b"".join(b"def f%d(x):\n    return x * %d\n\n" % (i, i * i) for i in range(1000))
NOISE = random.Random(4).randbytes(9000)
MIXED = SOURCE[:9000] + NOISE + SOURCE[5000:15000] + bytes(3000) + NOISE + SOURCE


def assert_agrees(stream):
    found = trace(stream, 1 << 24)
    for window in (1024, 4096, 32768):
        answer = fits_window(stream + b"behind", found.data, window)
        assert answer == (found.distance <= window), (window, found.distance)


@pytest.mark.parametrize("wbits", range(9, 16))
def test_it_agrees_on_what_zlib_writes(wbits):
    for level, mem_level, strategy in itertools.product((1, 9), (1, 8), (0, zlib.Z_FIXED)):
        assert_agrees(deflate(MIXED, level, wbits, mem_level, strategy))


@pytest.mark.parametrize("data", [b"", b"a", SOURCE[:9000], NOISE, bytes(40_000)], ids=len)
def test_it_agrees_on_small_and_odd_data(data):
    for level, wbits in itertools.product((0, 9), (9, 12, 15)):
        assert_agrees(deflate(data, level, wbits))


def test_it_agrees_on_our_own_encoder():
    for window in (512, 4096):
        assert_agrees(compress(SOURCE[:30_000] + NOISE[:500] + SOURCE[:3000], window, "best"))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 9000)), min_size=1, max_size=6),
    st.sampled_from([zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_BLOCK]),
    st.sampled_from([11, 12, 13]),
)
def test_it_agrees_on_blocks_of_every_kind_in_a_row(parts, flush, wbits):
    """Flushes end blocks within a byte and put empty ones, stored and fixed, between them."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -wbits, 4)
    stream = b"".join(
        compressor.compress(MIXED[start : start + length]) + compressor.flush(flush)
        for start, length in parts
    )
    assert_agrees(stream + compressor.flush())


@pytest.mark.parametrize("distance", [4095, 4096, 4097, 4098, 6144, 6145])
@pytest.mark.parametrize("before", [0, 1, 2, 3, 500])
def test_one_byte_too_far_is_found(distance, before):
    """A single match of three bytes, in a fixed block, after `before` literals of it."""
    writer = DeflateWriter()
    writer.stored(NOISE[:7000], final=False)
    writer.fixed([*NOISE[:before], (3, distance), *NOISE[:9], 256])
    stream = bytes(writer)
    assert fits_window(stream, zlib.decompress(stream, -15), 4096) == (distance <= 4096)


@pytest.mark.parametrize("used", [False, True])
def test_a_far_code_counts_only_if_it_is_used(used):
    literals = [8] * 254 + [9] * 4
    distances = [1] + [0] * 23 + [1]  # distances 1, and 4097 to 6144
    writer = DeflateWriter()
    writer.stored(NOISE[:7000], final=False)
    symbols = [5, (3, 4100 if used else 1), 6, 256]
    writer.dynamic(literals, distances, symbols, final=False)
    writer.stored(b"end")
    stream = bytes(writer)
    assert fits_window(stream, zlib.decompress(stream, -15), 4096) is not used


@pytest.mark.parametrize("spare", range(8))
def test_the_end_of_a_block_is_found_at_every_bit(spare):
    """Literals of 8 and 9 bits shift the end; a far match follows in a block of its own."""
    literals = [8] * 254 + [9] * 4
    writer = DeflateWriter()
    writer.stored(NOISE[:7000], final=False)
    writer.dynamic(literals, [1, 1], [7, *[255] * spare, 256], final=False)
    near = DeflateWriter()
    near.bits = list(writer.bits)
    writer.fixed([(3, 4097), 256])
    near.fixed([(3, 4096), 256])
    for stream, expected in ((bytes(writer), False), (bytes(near), True)):
        assert fits_window(stream, zlib.decompress(stream, -15), 4096) is expected


def test_a_block_larger_than_a_piece(monkeypatch):
    stream = deflate(MIXED, 9, 12, 9)
    data = zlib.decompress(stream, -15)
    monkeypatch.setattr(fits_window_module, "_PIECE", 400)
    monkeypatch.setattr(fits_window_module, "trace", None)  # no need to follow the symbols
    assert fits_window(stream, data, 4096)


def test_with_too_many_blocks_the_symbols_are_followed(monkeypatch):
    stream = deflate(MIXED, 9, 12, 1)
    data = zlib.decompress(stream, -15)
    followed = []
    monkeypatch.setattr(fits_window_module, "_BLOCKS", 3)
    monkeypatch.setattr(
        fits_window_module,
        "trace",
        lambda *arguments: followed.append(arguments) or trace(*arguments),
    )
    assert fits_window(stream, data, 4096)
    assert followed == [(stream, len(data))]

"""How many bytes of a stream each member takes."""

import random
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.member_sizes import member_sizes
from support.deflate_writer import DeflateWriter
from support.slow_inflate import inflate

LIMIT = 1 << 20


def test_shares_are_exact_for_stored_blocks():
    data = bytes(range(250)) * 4
    stream = bytes(DeflateWriter().stored(data[:600], final=False).stored(data[600:]))
    assert len(stream) == 1000 + 5 + 5
    assert member_sizes(stream, [0, 300, 600, 900], LIMIT) == [303, 302, 304, 101]


def test_headers_are_shared_by_what_their_block_holds():
    data = bytes(random.Random(1).choices(range(97, 123), k=4000))
    compressor = zlib.compressobj(9, zlib.DEFLATED, -12, 9, zlib.Z_HUFFMAN_ONLY)
    stream = compressor.compress(data) + compressor.flush()
    quarters = member_sizes(stream, [0, 1000, 2000, 3000], LIMIT)
    assert sum(quarters) == len(stream)
    assert max(quarters) - min(quarters) < 12


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 3000), max_size=9), st.integers(0, 9), st.sampled_from([0, 2, 4]))
def test_shares_add_up_to_the_stream(offsets, level, strategy):
    data = (b"abcabcabd" * 200 + random.Random(level).randbytes(600)) * 2
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15, 1, strategy)
    stream = compressor.compress(data[:999]) + compressor.flush(zlib.Z_FULL_FLUSH)
    stream += compressor.compress(data[999:]) + compressor.flush()
    shares = member_sizes(stream, [0, *sorted(offsets)], LIMIT)
    assert sum(shares) == len(stream)
    assert min(shares) >= 0
    assert inflate(stream)[0] == data

"""Blocks that no plan would choose are written so that zlib reads them."""

import random
import zlib

from sdist_upip.deflate.compress import find_defect
from sdist_upip.deflate.encoder.blocks import plan_block
from sdist_upip.deflate.encoder.writer import BitWriter, write_coded
from sdist_upip.deflate.format import (
    DISTANCE_BASE,
    DYNAMIC,
    LENGTH_BASE,
    MAX_CODE_BITS,
    MAX_LENGTH_CODE_BITS,
)
from sdist_upip.deflate.symbols import MATCH, count_symbols
from sdist_upip.deflate.trace import trace


def write_alone(data, tokens):
    """Return the stream of one block of `tokens`, (token, bytes) pairs, and its plan."""
    counts = count_symbols([token for token, _ in tokens])
    plan = plan_block(counts, 1 << 24, [MAX_CODE_BITS])
    writer = BitWriter()
    write_coded(writer, data, 0, tokens, plan, True)
    return writer.to_bytes(), plan


def test_a_block_without_distances_reads_back():
    skewed = bytes(random.Random(2).choices(range(97, 123), weights=range(1, 27), k=300))
    stream, plan = write_alone(skewed, [(byte, 1) for byte in skewed])
    assert plan.kind == DYNAMIC
    assert zlib.decompress(stream, -15) == skewed
    assert trace(stream, 1000).distance == 0


def test_a_block_with_all_286_and_30_codes_reads_back():
    noise = random.Random(7).randbytes(32768)
    data = bytearray(bytes(range(256)) + noise)
    tokens = [(byte, 1) for byte in data]
    for length_symbol, base in enumerate(LENGTH_BASE):
        symbol = length_symbol if length_symbol < 29 else 0
        for distance_symbol in {symbol, 29}:
            start = len(data) - DISTANCE_BASE[distance_symbol]
            for place in range(start, start + base):
                data.append(data[place])
            tokens.append((MATCH + (length_symbol << 5) + distance_symbol, base))
    stream, plan = write_alone(bytes(data), tokens)
    assert plan.kind == DYNAMIC
    assert (plan.header.literals, plan.header.distances) == (286, 30)
    assert all(plan.lengths)
    assert find_defect(stream, bytes(data), 32768) is None


def test_codes_of_15_bits_and_length_codes_of_7_read_back():
    counts = [1, 3]
    while len(counts) < 19:
        counts.append(counts[-1] + counts[-2] + 1)
    deep = b"".join(bytes([3 * n]) * count for n, count in enumerate(counts))
    steep = bytes(random.Random(6).choices(range(256), [(1 + n) ** -2 for n in range(256)], k=3000))
    for data, of in ((deep, 0), (steep, 1)):
        stream, plan = write_alone(data, [(byte, 1) for byte in data])
        limits = (max(plan.lengths), max(plan.header.lengths))
        assert limits[of] == (MAX_CODE_BITS, MAX_LENGTH_CODE_BITS)[of]
        assert zlib.decompress(stream, -15) == data

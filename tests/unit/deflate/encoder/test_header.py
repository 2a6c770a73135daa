import random
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.decoder import Decoder
from sdist_upip.deflate.encoder.header import plan_header
from sdist_upip.deflate.format import LENGTH_CODE_ORDER
from sdist_upip.deflate.huffman import limit_code_lengths
from sdist_upip.deflate.symbols import count_symbols
from support.deflate_writer import complete
from support.samples import TEXT


def read(header):
    """Return the two lists of code lengths as the decoder reads them, and the bits it takes."""
    bits = header.write()
    stream = int(bits[::-1], 2).to_bytes((len(bits) + 7) // 8, "little")
    decoder = Decoder(stream + bytes(8), 0, ())
    return (*decoder.read_code_lengths(), decoder.bit_position)


def assert_reads_back(lengths):
    header = plan_header(lengths)
    literals, distances, bits = read(header)
    assert len(header.write()) == header.size == bits
    assert (len(literals), len(distances)) == (header.literals, header.distances)
    assert [*literals, *[0] * (286 - len(literals))] == list(lengths[:286])
    assert [*distances, *[0] * (30 - len(distances))] == list(lengths[286:])
    return header


def histograms():
    count = st.one_of(st.just(0), st.integers(1, 3), st.integers(1, 5000))
    return st.lists(count, min_size=316, max_size=316)


@settings(max_examples=60, deadline=None)
@given(histograms())
def test_it_reads_back(counts):
    counts[256] = 1
    if sum(map(bool, counts[:286])) < 2:
        counts[97] = 1
    assert_reads_back(
        [*limit_code_lengths(counts[:286], 15), *limit_code_lengths(counts[286:], 15)]
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(2, 286))
def test_runs_of_every_length_read_back(seed, runs):
    """The lengths 0 and 9 in runs, as most headers have them."""
    rnd = random.Random(seed)
    edges = sorted(rnd.sample(range(1, 286), min(runs, 285)))
    lengths = [9 * (sum(edge <= place for edge in edges) % 2) for place in range(286)]
    lengths[256] = 9
    header = plan_header([*lengths, *[0] * 30])
    written = []
    for symbol, extra in header.items:
        if symbol < 16:
            written.append(symbol)
        elif symbol == 16:
            written += written[-1:] * (3 + extra)
        else:
            written += [0] * ((3 if symbol == 17 else 11) + extra)
    assert written == [*lengths[: header.literals], 0]
    assert len(header.write()) == header.size


@pytest.mark.parametrize(
    ("literals", "distances", "expected"),
    [
        (complete([97, 256], 257), [0], (257, 1)),
        (complete([97, 256, 285], 286), [0], (286, 1)),
        (complete([97, 256, 260], 261), [0, 0, 1], (261, 3)),
        (complete([97, 256], 257), [1] * 2 + [0] * 27 + [2], (257, 30)),
    ],
)
def test_zeros_at_the_end_are_not_written(literals, distances, expected):
    lengths = [*literals, *[0] * (286 - len(literals)), *distances, *[0] * (30 - len(distances))]
    header = plan_header(lengths)
    assert (header.literals, header.distances) == expected


@pytest.mark.parametrize(
    ("before", "items"),
    [
        (1, ((0, 0),)),
        (2, ((0, 0), (0, 0))),
        (3, ((17, 0),)),
        (10, ((17, 7),)),
        (138, ((18, 127),)),
    ],
)
def test_zeros_are_written_in_one_item_where_it_is_cheaper(before, items):
    """Zeros, a code of one bit, and zeros up to the end of the block, also of one bit."""
    lengths = [*[0] * before, 1, *[0] * (255 - before), 1, *[0] * 59]
    header = assert_reads_back(lengths)
    assert header.items[: header.items.index((1, 0))] == items


def cover_greedily(lengths):
    """Return the size in bits of a header whose runs are covered by the longest items."""
    counts = [0] * 19
    extra = 0
    for value, group in groupby(lengths):
        run = len(list(group))
        if value:
            counts[value] += 1
            run -= 1
        while run:
            symbol, most = (16, 6) if value else (18, 138) if run > 10 else (17, 10)
            if run < 3:
                counts[value] += 1
                run -= 1
                continue
            counts[symbol] += 1
            extra += {16: 2, 17: 3, 18: 7}[symbol]
            run -= min(run, most)
    bits = limit_code_lengths(counts, 7)
    used = max(place for place, symbol in enumerate(LENGTH_CODE_ORDER) if bits[symbol]) + 1
    return 14 + 3 * max(4, used) + extra + sum(map(int.__mul__, counts, bits))


@pytest.mark.parametrize("size", [200, 1000, 5000, len(TEXT)])
def test_it_is_not_larger_than_with_the_longest_runs(size):
    counts = count_symbols(TEXT[:size])
    counts[256] = 1
    lengths = [*limit_code_lengths(counts[:286], 15), *[0] * 30]
    header = assert_reads_back(lengths)
    assert header.size <= cover_greedily([*lengths[: header.literals], 0])


def test_a_run_of_one_length_is_repeated():
    header = assert_reads_back(complete(range(257), 286) + [0] * 30)
    (first, second), rest = header.items[:2], header.items[2:]
    assert first == (8, 0)
    assert second[0] == 16
    assert header.size < 250
    assert rest


def test_the_code_length_code_ends_with_its_last_used_symbol():
    header = assert_reads_back([8] * 255 + [0, 8] + [0] * 59)
    used = [symbol for symbol in LENGTH_CODE_ORDER if header.lengths[symbol]]
    written = int(header.write()[10:14][::-1], 2) + 4
    assert LENGTH_CODE_ORDER[written - 1] == used[-1]

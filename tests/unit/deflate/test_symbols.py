import pytest

from sdist_upip.deflate.symbols import (
    DISTANCE_SYMBOL,
    EXTRA_BITS,
    LENGTH_SYMBOL,
    MATCH,
    count_symbols,
    number_bits,
)


@pytest.mark.parametrize(
    ("length", "symbol"),
    [
        *((3, 257), (10, 264), (11, 265), (12, 265), (13, 266), (18, 268), (19, 269)),
        *((34, 272), (35, 273), (66, 276), (67, 277), (130, 280), (131, 281)),
        *((226, 283), (227, 284), (257, 284), (258, 285)),
    ],
)
def test_lengths_have_the_symbols_of_rfc_1951(length, symbol):
    assert LENGTH_SYMBOL[length] + 257 == symbol


@pytest.mark.parametrize(
    ("distance", "symbol"),
    [
        *((1, 0), (4, 3), (5, 4), (6, 4), (7, 5), (8, 5), (9, 6), (12, 6), (13, 7)),
        *((256, 15), (257, 16), (4096, 23), (4097, 24), (24576, 28), (24577, 29), (32768, 29)),
    ],
)
def test_distances_have_the_symbols_of_rfc_1951(distance, symbol):
    assert DISTANCE_SYMBOL[distance] == symbol


def test_the_tables_end_at_the_longest_match_and_the_largest_distance():
    assert (len(LENGTH_SYMBOL), len(DISTANCE_SYMBOL), len(EXTRA_BITS)) == (259, 32769, 286 + 30)


@pytest.mark.parametrize(
    ("symbol", "bits"),
    [(0, 0), (255, 0), (256, 0), (257, 0), (265, 1), (284, 5), (285, 0), (286, 0), (315, 13)],
)
def test_extra_bits_are_in_the_order_of_a_histogram(symbol, bits):
    assert EXTRA_BITS[symbol] == bits


def test_symbols_are_counted_and_the_end_of_the_block_is_not():
    near, far = MATCH, MATCH + (28 << 5) + 29
    counts = count_symbols([97, 97, near, far, far, 0, 255])
    assert len(counts) == 316
    assert {symbol: count for symbol, count in enumerate(counts) if count} == {
        0: 1,
        97: 2,
        255: 1,
        257: 1,
        285: 2,
        286: 1,
        286 + 29: 2,
    }
    assert not any(count_symbols([]))


@pytest.mark.parametrize(
    ("value", "bits", "text"),
    [(0, 0, ""), (1, 1, "1"), (6, 3, "011"), (1, 5, "10000"), (True, 1, "1"), (0, 16, "0" * 16)],
)
def test_numbers_are_written_lowest_bit_first(value, bits, text):
    assert number_bits(value, bits) == text

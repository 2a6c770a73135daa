"""Tables hold for every code of a prefix code what a slow reading of the code finds."""

import pytest

from sdist_upip.deflate.format import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    END_OF_BLOCK,
    LENGTH_BASE,
    LENGTH_EXTRA,
)
from sdist_upip.deflate.tables import (
    INVALID,
    LENGTH_OFFSET,
    LINK,
    NO_DISTANCE,
    PRIMARY_BITS,
    build_distance_table,
    build_fixed_tables,
    build_length_code_table,
    build_literal_table,
)
from sdist_upip.errors import StreamError
from support.deflate_writer import FLAT, complete
from support.slow_inflate import code_strings

DEEP = [*range(1, 15), 15] + [0] * 241 + [15]
"""Literal code lengths from 1 to 15 bits, a complete code."""
FIXED = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8


def look_up(table, bits):
    """Return the entry for a stream that starts with `bits`, a text of 0 and 1."""
    stream = int(bits[::-1], 2)
    mask, entries = table
    found = entries[stream & mask]
    if found[1] == LINK:
        mask, entries = found[2]
        found = entries[(stream >> PRIMARY_BITS) & mask]
    return found


def literal_meaning(symbol):
    if symbol <= END_OF_BLOCK:
        return symbol, 0
    if symbol > 285:
        return INVALID, 0
    return LENGTH_BASE[symbol - 257] + LENGTH_OFFSET, LENGTH_EXTRA[symbol - 257]


def distance_meaning(symbol):
    return (DISTANCE_BASE[symbol], DISTANCE_EXTRA[symbol]) if symbol < 30 else (NO_DISTANCE, 0)


@pytest.mark.parametrize(
    ("build", "lengths", "meaning"),
    [
        (build_literal_table, DEEP, literal_meaning),
        (build_literal_table, complete(range(286), 286), literal_meaning),
        (build_literal_table, complete([0, 255, 256, 257, 284, 285], 286), literal_meaning),
        (build_distance_table, complete(range(30), 30), distance_meaning),
        (build_distance_table, [*range(1, 15), 15, 15], distance_meaning),
        (build_length_code_table, FLAT, lambda symbol: (symbol, 0)),
        (lambda lengths: build_fixed_tables()[0], FIXED, literal_meaning),
        (lambda lengths: build_fixed_tables()[1], [5] * 30, distance_meaning),
    ],
    ids=["15 bits", "all literals", "few", "all distances", "far", "lengths", "fixed", "fixed far"],
)
@pytest.mark.parametrize("behind", ["0", "1"])
def test_every_code_is_found_whatever_follows_it(build, lengths, meaning, behind):
    table = build(lengths)
    for code, symbol in code_strings(lengths).items():
        assert look_up(table, code + behind * 20) == (len(code), *meaning(symbol))


@pytest.mark.parametrize(
    ("lengths", "size"),
    [([1, 1] + [0] * 254 + [0], 2), (complete(range(257), 257), 1 << 9), (DEEP, 1 << 10)],
    ids=["1 bit", "9 bits", "15 bits"],
)
def test_a_table_is_as_large_as_its_longest_code_and_at_most_1024(lengths, size):
    mask, entries = build_literal_table(lengths)
    assert (mask + 1, len(entries)) == (size, size)


def test_a_longer_code_is_split_in_two_tables():
    _, entries = build_literal_table(DEEP)
    bits, value, (mask, rests) = entries[-1]
    assert (bits, value, mask, len(rests)) == (5, LINK, 31, 32)
    assert [entry for entry in entries if entry[1] == LINK] == [entries[-1]]


@pytest.mark.parametrize(
    ("build", "lengths", "used", "unused"),
    [
        (build_literal_table, [0] * 256 + [1], (1, 256, 0), (1, INVALID, 0)),
        (build_distance_table, [0, 0, 0, 0, 1], (1, 5, 1), (1, NO_DISTANCE, 0)),
        (build_distance_table, [0], (1, NO_DISTANCE, 0), (1, NO_DISTANCE, 0)),
    ],
)
def test_a_code_of_one_bit_may_be_alone_and_its_sibling_has_no_meaning(
    build, lengths, used, unused
):
    assert build(lengths) == (1, [used, unused])


def test_the_last_two_fixed_distances_have_no_meaning():
    _, distances = build_fixed_tables()
    for code in ("11110", "11111"):
        assert look_up(distances, code) == (5, NO_DISTANCE, 0)


@pytest.mark.parametrize(
    ("build", "lengths", "message"),
    [
        (build_literal_table, [1, 1, 1], "the literal and length code is over-subscribed"),
        (build_literal_table, [2, 2, 2], "the literal and length code is incomplete"),
        (build_literal_table, [0, 2], "the literal and length code is incomplete"),
        (build_literal_table, [1, *range(2, 16)], "the literal and length code is incomplete"),
        (build_distance_table, [1, 2, 2, 15], "the distance code is over-subscribed"),
        (build_distance_table, [2], "the distance code is incomplete"),
        (build_length_code_table, [1, 1, 7], "the code length code is over-subscribed"),
        (build_length_code_table, [1, 2], "the code length code is incomplete"),
        (build_length_code_table, [1], "the code length code is incomplete"),
        (build_length_code_table, [0] * 19, "the code length code is incomplete"),
    ],
)
def test_codes_that_zlib_refuses_are_refused(build, lengths, message):
    with pytest.raises(StreamError) as caught:
        build(lengths)
    assert str(caught.value) == message

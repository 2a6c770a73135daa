import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdist_upip.deflate.encoder.blocks import FIXED_LENGTHS
from sdist_upip.deflate.encoder.costs import (
    BIT,
    costs_by_code,
    costs_by_frequency,
    entropy,
    log2,
)
from sdist_upip.deflate.symbols import MATCH

TOKENS = MATCH + 29 * 32


def token(length_symbol, distance_symbol):
    """Return the token of a match with these symbols, both counted from 0."""
    return MATCH + (length_symbol << 5) + distance_symbol


@pytest.mark.parametrize(
    ("number", "cost"),
    [(1, 0), (2, 64), (3, 101), (4, 128), (5, 148), (1023, 639), (1024, 640), (1 << 40, 40 * 64)],
)
def test_logarithms_are_whole_and_rounded_down(number, cost):
    assert log2(number) == cost


@given(st.integers(1, 1 << 50))
def test_logarithms_are_near_and_never_too_large(number):
    exact = BIT * math.log2(number)
    assert exact - 1.2 < log2(number) < exact + 1e-6


@pytest.mark.parametrize(
    ("counts", "bits"),
    [([], 0), ([0, 0], 0), ([9], 0), ([1, 1], 2), ([4, 4, 4, 4], 32), ([2, 1, 1], 6), ([0, 8], 0)],
)
def test_entropy_is_the_size_under_an_ideal_code(counts, bits):
    assert entropy(counts) == bits * BIT


@pytest.mark.parametrize("count", [1, 3, 1023, 1024, 5000])
def test_entropy_is_the_same_by_the_table_and_by_logarithms(count):
    counts = [count, 0, 7, 1]
    total = sum(counts)
    assert entropy(counts) == total * log2(total) - count * log2(count) - 7 * log2(7)


def test_frequent_symbols_cost_less_and_none_is_free():
    counts = [0] * 316
    counts[97], counts[98] = 63, 4
    costs = costs_by_frequency(counts)
    assert len(costs) == TOKENS
    total = log2(63 + 4 + 1)  # and the end of the block
    assert costs[98] == total - log2(4)
    assert costs[99] == total
    assert costs[97] == BIT // 2 > total - log2(63)


def test_a_match_costs_both_symbols_and_their_extra_bits():
    counts = [0] * 316
    counts[257], counts[285], counts[286], counts[286 + 29] = 8, 7, 1, 1
    costs = costs_by_frequency(counts)
    lengths, distances = log2(8 + 7 + 1), log2(2)
    assert costs[token(0, 0)] == lengths - log2(8) + distances
    assert costs[token(28, 29)] == lengths - log2(7) + distances + 13 * BIT
    assert costs[token(27, 10)] == lengths + 5 * BIT + distances + 4 * BIT


def test_the_cost_under_a_code_is_its_lengths_and_extra_bits():
    costs = costs_by_code(FIXED_LENGTHS)
    assert len(costs) == TOKENS
    assert (costs[0], costs[143], costs[144], costs[255]) == (8 * BIT, 8 * BIT, 9 * BIT, 9 * BIT)
    assert costs[token(0, 0)] == (7 + 5) * BIT
    assert costs[token(8, 4)] == (7 + 1 + 5 + 1) * BIT
    assert costs[token(27, 29)] == (8 + 5 + 5 + 13) * BIT


def test_a_symbol_without_a_code_is_dear_but_possible():
    costs = costs_by_code([0] * 316)
    assert costs[97] == 14 * BIT
    assert costs[token(0, 0)] == (14 + 12) * BIT

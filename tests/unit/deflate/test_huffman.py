import heapq
import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.format import MAX_CODE_BITS, MAX_LENGTH_CODE_BITS
from sdist_upip.deflate.huffman import CodeLengths, assign_codes, limit_code_lengths

FIBONACCI = [1, 1]
while len(FIBONACCI) < 30:
    FIBONACCI.append(FIBONACCI[-1] + FIBONACCI[-2])


def kraft(lengths):
    return sum(2.0**-bits for bits in lengths if bits)


def unlimited_cost(counts):
    heap = [count for count in counts if count]
    heapq.heapify(heap)
    cost = 0
    while len(heap) > 1:
        pair = heapq.heappop(heap) + heapq.heappop(heap)
        cost += pair
        heapq.heappush(heap, pair)
    return cost


def best_cost_by_trying(counts, limit):
    used = [count for count in counts if count]
    return min(
        sum(map(int.__mul__, used, lengths))
        for lengths in itertools.product(range(1, limit + 1), repeat=len(used))
        if kraft(lengths) <= 1
    )


@given(st.lists(st.integers(0, 50_000), min_size=2, max_size=286))
def test_without_a_binding_limit_it_is_huffmans_code(counts):
    lengths = limit_code_lengths(counts, 30)
    assert [bool(bits) for bits in lengths] == [bool(count) for count in counts]
    if sum(map(bool, counts)) > 1:
        assert kraft(lengths) == 1
        assert sum(map(int.__mul__, counts, lengths)) == unlimited_cost(counts)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=6), st.integers(3, 4))
def test_within_a_limit_no_code_is_better(counts, limit):
    if sum(map(bool, counts)) > 1:
        lengths = limit_code_lengths(counts, limit)
        assert max(lengths) <= limit
        assert kraft(lengths) <= 1
        assert sum(map(int.__mul__, counts, lengths)) == best_cost_by_trying(counts, limit)


def test_the_limits_of_deflate_are_hit_and_kept():
    assert max(limit_code_lengths(FIBONACCI, 40)) == 29
    assert max(limit_code_lengths(FIBONACCI, MAX_CODE_BITS)) == 15
    assert max(limit_code_lengths(FIBONACCI[:19], MAX_LENGTH_CODE_BITS)) == 7
    assert kraft(limit_code_lengths(FIBONACCI, MAX_CODE_BITS)) == 1


def test_few_symbols():
    assert limit_code_lengths([0, 0, 0], 15) == [0, 0, 0]
    assert limit_code_lengths([0, 9, 0], 15) == [0, 1, 0]
    assert limit_code_lengths([3, 9], 15) == [1, 1]


def test_codes_are_canonical():
    assert assign_codes([3, 3, 3, 3, 3, 2, 4, 4]) == [
        *("010", "011", "100", "101", "110", "00", "1110", "1111")
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 9), st.sampled_from(FIBONACCI)), max_size=60))
def test_one_list_of_levels_gives_the_lengths_of_every_limit(counts):
    codes = CodeLengths(counts, MAX_CODE_BITS)
    for limit in range(6, MAX_CODE_BITS + 1):
        lengths = codes.limited(limit)
        assert lengths == limit_code_lengths(counts, limit)
        assert max(lengths, default=0) <= limit

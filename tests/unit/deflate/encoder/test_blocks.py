import pytest

from sdist_upip.deflate.encoder.blocks import (
    FIXED_LENGTHS,
    LIMITS,
    plan_block,
    smooth_counts,
    stored_bits,
)
from sdist_upip.deflate.format import DYNAMIC, END_OF_BLOCK, FIXED, STORED
from sdist_upip.deflate.symbols import EXTRA_BITS, LITERAL_SYMBOLS, MATCH, count_symbols
from support.samples import NOISE, TEXT


def histogram(**counts):
    """Return a histogram. The name of a symbol is its number after one letter."""
    every = [0] * 316
    for name, count in counts.items():
        every[int(name[1:])] = count
    return every


@pytest.mark.parametrize(
    ("size", "bits"),
    [
        (0, 42),
        (1, 8 + 42),
        (65_535, 65_535 * 8 + 42),
        (65_536, 65_536 * 8 + 84),
        (131_071, 131_071 * 8 + 126),
    ],
)
def test_stored_blocks_hold_65535_bytes_each(size, bits):
    assert stored_bits(size) == bits


@pytest.mark.parametrize(
    ("data", "kind", "size"),
    [
        (b"", FIXED, 3 + 7),
        (b"a", FIXED, 3 + 8 + 7),
        (b"\xff", FIXED, 3 + 9 + 7),
        (NOISE[:500], STORED, 42 + 8 * 500),
    ],
    ids=["empty", "8 bits", "9 bits", "noise"],
)
def test_short_data_takes_the_fixed_codes_and_noise_is_stored(data, kind, size):
    plan = plan_block(count_symbols(data), len(data))
    assert (plan.kind, plan.lengths, plan.header, plan.size) == (kind, FIXED_LENGTHS, None, size)


def test_extra_bits_count_in_every_plan():
    far = MATCH + (27 << 5) + 29
    plan = plan_block(count_symbols([97, far]), 258)
    assert (plan.kind, plan.size) == (FIXED, 3 + 8 + 8 + 5 + 5 + 13 + 7)


def test_a_dynamic_plan_has_codes_for_its_symbols_only():
    counts = count_symbols(TEXT)
    plan = plan_block(counts, len(TEXT))
    used = [bool(count) for count in counts]
    used[END_OF_BLOCK] = True
    assert plan.kind == DYNAMIC
    assert [bool(bits) for bits in plan.lengths] == used
    counts[END_OF_BLOCK] = 1
    body = sum(count * bits for count, bits in zip(counts, plan.lengths, strict=True))
    assert plan.size == 3 + plan.header.size + body
    assert plan.size < stored_bits(len(TEXT))


def test_the_size_counts_extra_bits_of_a_dynamic_plan():
    tokens = [*TEXT[:2000], *[MATCH + (20 << 5) + 20] * 90]
    counts = count_symbols(tokens)
    plan = plan_block(counts, 1 << 20)
    assert plan.kind == DYNAMIC
    counts[END_OF_BLOCK] = 1
    rows = zip(counts, plan.lengths, EXTRA_BITS, strict=True)
    body = sum(count * (bits + extra) for count, bits, extra in rows)
    assert plan.size == 3 + plan.header.size + body
    assert body - sum(map(int.__mul__, counts, plan.lengths)) == 90 * (4 + 9)


def test_a_lower_limit_is_taken_where_its_header_saves_more():
    steep = histogram(**{f"s{97 + n}": 1 << max(0, n - 3) for n in range(14)})
    alone = plan_block(steep, 1 << 20, LIMITS[:1])
    best = plan_block(steep, 1 << 20)
    assert best.size <= alone.size
    assert max(plan_block(steep, 1 << 20, [8]).lengths) <= 8
    assert best.size == min(plan_block(steep, 1 << 20, [limit]).size for limit in LIMITS)


def test_a_limit_below_the_number_of_symbols_is_skipped():
    counts = [1000] * LITERAL_SYMBOLS + [0] * 30
    assert plan_block(counts, 1 << 30, [8]).kind == FIXED
    assert max(plan_block(counts, 1 << 30, [8, 9]).lengths) == 9


def test_the_histogram_of_the_caller_stays():
    counts = count_symbols(TEXT)
    before = list(counts)
    plan_block(counts, len(TEXT))
    assert counts == before


@pytest.mark.parametrize(
    ("counts", "smooth"),
    [
        ([5, 6, 7, 8], [7, 7, 7, 7]),
        ([5, 6, 7], [5, 6, 7]),
        ([5, 6, 7, 11], [5, 6, 7, 11]),
        ([5, 6, 0, 7, 8], [5, 6, 0, 7, 8]),
        ([1, 2, 1, 2, 9], [2, 2, 2, 2, 9]),
        ([1, 1, 1, 1, 2], [1, 1, 1, 1, 1]),
        ([4, 4, 5, 8, 100, 101, 102, 103], [5, 5, 5, 5, 102, 102, 102, 102]),
    ],
)
def test_similar_neighbors_become_equal(counts, smooth):
    rest = [0] * (316 - len(counts))
    assert smooth_counts([*counts, *rest], 4, 2) == [*smooth, *rest]


@pytest.mark.parametrize(
    ("run", "alike", "smooth"),
    [
        (3, 3, [8, 8, 8, 0, 9, 9, 9, 9]),
        (4, 3, [5, 6, 13, 0, 9, 9, 9, 9]),
        (4, 2, [5, 6, 13, 0, 4, 9, 10, 12]),
    ],
)
def test_run_and_likeness_decide_what_becomes_equal(run, alike, smooth):
    rest = [0] * 308
    assert smooth_counts([5, 6, 13, 0, 4, 9, 10, 12, *rest], run, alike) == [*smooth, *rest]


def test_literals_and_distances_are_not_joined():
    counts = [0] * 284 + [5, 6, 7, 8] + [0] * 28
    assert smooth_counts(counts, 4, 2) == counts

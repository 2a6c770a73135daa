"""Parses spell the text, and no other parse within the window is cheaper."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.encoder import parse as parse_module
from sdist_upip.deflate.encoder.blocks import FIXED_LENGTHS
from sdist_upip.deflate.encoder.costs import BIT, costs_by_code
from sdist_upip.deflate.encoder.matches import find_matches
from sdist_upip.deflate.encoder.parse import Lattice, build_lattice, find_parse
from sdist_upip.deflate.format import DISTANCE_BASE, DISTANCE_EXTRA
from sdist_upip.deflate.symbols import LENGTH_SYMBOL, MATCH
from support.samples import NOISE, TEXT

FIXED = costs_by_code(FIXED_LENGTHS)


def build(data, window=4096, first=0, last=None):
    """Return the lattice and the ends of its segments."""
    lattice = Lattice()
    return lattice, list(build_lattice(lattice, data, first, last or len(data), window))


def steps(parse):
    return [
        (token, end - start)
        for token, start, end in zip(parse.tokens, parse.starts, parse.starts[1:], strict=False)
    ]


def price(parse, costs=FIXED):
    return sum(costs[token] for token in parse.tokens)


def cheapest(data, window, costs):
    """Return the least cost of all parses, found without a lattice."""
    to_go = [0] * (len(data) + 1)
    rows = find_matches(data, 0, window)
    for position in reversed(range(len(data))):
        edges = [(1, data[position])]
        for row in rows[position] or ():
            edges += row
        to_go[position] = min(costs[token] + to_go[position + length] for length, token in edges)
    return to_go[0]


def assert_spells(parse, data, window, first=0):
    """Every token is a literal of `data` or a match with an earlier copy within the window."""
    assert len(parse.starts) == len(parse.tokens) + 1
    assert (parse.starts[0], parse.starts[-1]) == (0, len(data) - first)
    position = first
    for token, length in steps(parse):
        if token < MATCH:
            assert (token, length) == (data[position], 1)
        else:
            assert LENGTH_SYMBOL[length] == (token - MATCH) >> 5
            least = DISTANCE_BASE[token & 31]
            most = least + (1 << DISTANCE_EXTRA[token & 31])
            copies = (
                data[position - distance : position - distance + length]
                if distance >= length
                else (data[position - distance : position] * length)[:length]
                for distance in range(least, min(most, window + 1, position + 1))
            )
            assert data[position : position + length] in copies
        position += length


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([b"abc", b"abcd", b"xab", b"....", b"q"]), min_size=1, max_size=25),
    st.sampled_from([16, 512]),
)
def test_short_texts_get_the_cheapest_parse(parts, window):
    data = b"".join(parts)
    lattice, _ = build(data, window)
    parse = find_parse(lattice, [0], [FIXED])
    assert_spells(parse, data, window)
    assert price(parse) == cheapest(data, window, FIXED)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a", [(97, 1)]),
        (b"abc", [(97, 1), (98, 1), (99, 1)]),
        (b"aaaaa", [(97, 1), (MATCH + (1 << 5) + 0, 4)]),
        (b"abcabc", [(97, 1), (98, 1), (99, 1), (MATCH + 2, 3)]),
        (b"a" * 260, [(97, 1), (97, 1), (MATCH + (28 << 5) + 0, 258)]),
    ],
    ids=len,
)
def test_the_tokens_of_small_texts(data, expected):
    lattice, ends = build(data)
    assert ends == [len(data)]
    parse = find_parse(lattice, [0], [FIXED])
    assert sorted(steps(parse)) == sorted(expected)
    assert_spells(parse, data, 4096)


def test_no_text_has_no_tokens():
    lattice, ends = build(b"")
    assert ends == []
    parse = find_parse(lattice, [0], [FIXED])
    assert (list(parse.tokens), list(parse.starts)) == ([], [0])


def test_matches_reach_back_before_the_first_position_but_not_beyond_the_window():
    data = NOISE[:100] + b"....." + NOISE[:100]
    for window, matched in ((105, True), (104, False)):
        lattice, _ = build(data, window, first=105)
        assert lattice.size == 100
        parse = find_parse(lattice, [0], [FIXED])
        assert_spells(parse, data, window, first=105)
        assert (len(parse.tokens) == 1) == matched


@pytest.mark.parametrize("segment", [700, 4096])
def test_segments_report_their_ends_and_cost_little(segment, monkeypatch):
    monkeypatch.setattr(parse_module, "SEGMENT", 1 << 20)
    whole = find_parse(build(TEXT)[0], [0], [FIXED])
    monkeypatch.setattr(parse_module, "SEGMENT", segment)
    lattice, ends = build(TEXT)
    assert ends == [*range(segment, len(TEXT), segment), len(TEXT)]
    assert lattice.size == len(TEXT)
    assert list(lattice.sources) == sorted(lattice.sources)
    cut = find_parse(lattice, [0], [FIXED])
    assert_spells(cut, TEXT, 4096)
    assert price(whole) <= price(cut) * 1.01
    assert price(cut) <= price(whole) * 1.02


def test_the_lattice_is_sparse():
    lattice, _ = build(TEXT)
    assert len(find_parse(lattice, [0], [FIXED]).tokens) < len(lattice.sources) < len(TEXT)
    assert len(lattice.sources) == len(lattice.targets) == len(lattice.tokens)


def test_each_block_has_its_own_costs():
    data = b"abcdefgh" * 3
    lattice, _ = build(data)
    dear = [cost if token < MATCH else 1000 * BIT for token, cost in enumerate(FIXED)]
    for costs, expected in (
        ([FIXED, FIXED], [1] * 8 + [16]),
        ([dear, FIXED], [1] * 16 + [8]),
        ([FIXED, dear], [1] * 8 + [16]),
        ([dear, dear], [1] * 24),
    ):
        parse = find_parse(lattice, [0, 16], costs)
        assert_spells(parse, data, 4096)
        assert [length for _, length in steps(parse)] == expected


@pytest.mark.parametrize("piece", [1, 7, 1 << 15])
@pytest.mark.parametrize("data", [TEXT[:3000], NOISE[:700] * 3], ids=["text", "long matches"])
def test_the_size_of_the_pieces_that_are_searched_changes_nothing(piece, data, monkeypatch):
    lattice, _ = build(data)
    expected = find_parse(lattice, [0, 1500], [FIXED, FIXED])
    assert_spells(expected, data, 4096)
    monkeypatch.setattr(parse_module, "_PIECE", piece)
    assert find_parse(lattice, [0, 1500], [FIXED, FIXED]) == expected

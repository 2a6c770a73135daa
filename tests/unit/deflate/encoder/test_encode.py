import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sdist_upip.deflate.compress import compress, find_defect
from sdist_upip.deflate.encoder import encode, parse
from sdist_upip.deflate.encoder.blocks import plan_block
from sdist_upip.deflate.format import DYNAMIC, FIXED, STORED
from sdist_upip.deflate.symbols import LITERAL_SYMBOLS, count_symbols
from sdist_upip.deflate.trace import trace
from sdist_upip.limits import WINDOWS
from support.samples import NOISE, TEXT
from support.streams import fast


def best(data, window=4096):
    stream = encode.encode(data, window)
    assert find_defect(stream, data, window) is None
    return stream


def kinds(stream):
    return [block.kind for block in trace(stream, 1 << 20).blocks]


def phrases():
    return st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=6).flatmap(
        lambda words: st.lists(st.sampled_from(words), max_size=120).map(b"".join)
    )


@settings(max_examples=60, deadline=None)
@given(data=st.one_of(st.binary(max_size=600), phrases()), window=st.sampled_from(WINDOWS))
@example(data=b"", window=512)
@example(data=b"\0" * 1030, window=512)
@example(data=b"ab" * 300, window=32768)
def test_round_trip_within_the_window(data, window):
    stream = best(data, window)
    assert len(compress(data, window, "best")) <= min(len(stream), len(fast(data, window)))


@pytest.mark.parametrize("window", WINDOWS)
def test_a_match_at_exactly_the_window_is_used_and_none_beyond(window):
    mark = NOISE[:64]
    apart = NOISE[64:window]
    assert trace(best(mark + apart + mark, window), 1 << 20).distance == window
    beyond = best(mark + apart + b"." + mark, window)
    assert trace(beyond, 1 << 20).distance <= window
    assert len(beyond) > len(best(mark + apart + mark, window)) + 32


@pytest.mark.parametrize("window", [512, 4096, 32768])
def test_text_gets_smaller_than_zlib_makes_it(window):
    assert len(best(TEXT, window)) < 0.98 * len(fast(TEXT, window))


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        bytes(5000),
        b"import micropython as something\n" * 200,
        bytes(random.Random(1).choices(b"ab", k=5000)),
        NOISE[:5000],
        bytes(range(256)) * 8,
        TEXT[:3000] + NOISE[:3000] + TEXT[:3000],
    ],
    ids=["one byte", "zeros", "line", "two symbols", "noise", "all bytes", "mixed"],
)
def test_degenerate_input_is_never_larger_than_zlib_makes_it(data):
    assert len(best(data)) <= len(fast(data))


@pytest.mark.parametrize("size", [65_534, 65_535, 65_536, 70_000])
def test_noise_is_stored_in_blocks_of_at_most_65535_bytes(size):
    stream = best(NOISE[:size])
    assert set(kinds(stream)) == {STORED}
    assert len(stream) == size + 5 * -(-size // 65_535)


def test_all_three_block_types_are_used():
    assert kinds(best(b"tiny")) == [FIXED]
    assert kinds(best(TEXT[:2000])) == [DYNAMIC]
    assert set(kinds(best(TEXT[:2000] + NOISE[:2000]))) == {DYNAMIC, STORED}


def test_a_block_without_and_with_one_distance_code():
    skewed = bytes(random.Random(2).choices(range(97, 123), weights=range(1, 27), k=300))
    plan = plan_block(count_symbols(skewed), len(skewed))
    assert plan.kind == DYNAMIC
    assert plan.header.distances == 1
    assert not any(plan.lengths[LITERAL_SYMBOLS:])
    one = best(skewed[:250] + bytes(4000))
    assert kinds(one) == [DYNAMIC]
    assert trace(one, 1 << 20).distance == 1


def test_segments_and_groups_join_seamlessly(monkeypatch):
    whole = best(TEXT)
    monkeypatch.setattr(parse, "SEGMENT", 2048)
    segmented = best(TEXT)
    assert len(segmented) < 1.02 * len(whole)
    monkeypatch.setattr(encode, "_GROUP", 3000)
    grouped = best(TEXT)
    assert len(grouped) < len(fast(TEXT)) * 1.1
    assert len(trace(grouped, 1 << 20).blocks) >= len(TEXT) // 3000

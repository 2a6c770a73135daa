import logging
import random
import shutil
import subprocess
import sys
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from samples import NOISE, TEXT
from sdist_upip import ConfigError
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.deflate.compress import AUTO_LIMIT, compress, find_defect
from sdist_upip.deflate.encoder import encode, parse
from sdist_upip.deflate.encoder.blocks import plan_block
from sdist_upip.deflate.encoder.writer import BitWriter, write_coded
from sdist_upip.deflate.format import (
    DISTANCE_BASE,
    DYNAMIC,
    FIXED,
    LENGTH_BASE,
    MAX_CODE_BITS,
    MAX_LENGTH_CODE_BITS,
    STORED,
)
from sdist_upip.deflate.symbols import LITERAL_SYMBOLS, MATCH, count_symbols
from sdist_upip.deflate.trace import trace
from sdist_upip.limits import WINDOWS


def fast(data, window=4096):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -(window.bit_length() - 1), 9)
    return compressor.compress(data) + compressor.flush()


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


def test_segments_and_groups_join_seamlessly(monkeypatch):
    whole = best(TEXT)
    monkeypatch.setattr(parse, "SEGMENT", 2048)
    segmented = best(TEXT)
    assert len(segmented) < 1.02 * len(whole)
    monkeypatch.setattr(encode, "_GROUP", 3000)
    grouped = best(TEXT)
    assert len(grouped) < len(fast(TEXT)) * 1.1
    assert len(trace(grouped, 1 << 20).blocks) >= len(TEXT) // 3000


def test_every_python_here_makes_the_same_bytes(tmp_path):
    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from sdist_upip.deflate.encoder.encode import encode\n"
        "print(hashlib.sha256(encode(sys.stdin.buffer.read(), 4096)).hexdigest())\n"
    )
    root = str(__import__("pathlib").Path(encode.__file__).parents[2])
    digests = set()
    for version in ("3.10", "3.11", "3.12", "3.13"):
        python = shutil.which(f"python{version}")
        if python is None:
            continue
        found = subprocess.run([python, "-c", script, root], input=TEXT[:8000], capture_output=True)
        if found.returncode == 0:
            digests.add(found.stdout)
    own = subprocess.run(
        [sys.executable, "-c", script, root], input=TEXT[:8000], capture_output=True, check=True
    )
    assert digests | {own.stdout} == {own.stdout}


def test_the_gzip_program_reads_it():
    data = TEXT + NOISE[:1000]
    wrapped = gzip_wrap(compress(data, 4096, "best"), data)
    assert (
        subprocess.run(["gzip", "-dc"], input=wrapped, capture_output=True, check=True).stdout
        == data
    )


def test_progress_reaches_the_end():
    seen = []
    compress(TEXT, 4096, "best", lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (len(TEXT), len(TEXT))


def test_auto_is_best_up_to_its_limit_and_says_when_it_is_not(caplog):
    assert compress(TEXT, 4096, "auto") == compress(TEXT, 4096, "best")
    large = bytes(AUTO_LIMIT + 1)
    assert not caplog.records
    assert compress(large, 4096, "auto") == fast(large)
    assert "compressed fast" in caplog.text


def test_bad_settings_are_refused():
    with pytest.raises(ConfigError, match="window 1000"):
        compress(b"", 1000, "best")
    with pytest.raises(ConfigError, match="compression 'zopfli'"):
        compress(b"", 4096, "zopfli")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda data, window, progress: fast(b"other"), "decodes to something else"),
        (lambda data, window, progress: b"\x07", "zlib cannot read"),
        (lambda data, window, progress: fast(data)[:-3], "decodes to something else"),
        (lambda data, window, progress: fast(data, 32768), "bytes back with a window of 512"),
    ],
    ids=["other data", "invalid", "cut", "too far"],
)
def test_a_wrong_encoder_is_reported_and_replaced(monkeypatch, caplog, wrong, why):
    monkeypatch.setattr("sdist_upip.deflate.compress.write_best", wrong)
    with caplog.at_level(logging.WARNING):
        assert compress(TEXT, 512, "best") == fast(TEXT, 512)
    assert why in caplog.text
    assert "report it" in caplog.text


def test_a_larger_result_is_replaced(monkeypatch, caplog):
    def stored(data, window, progress):
        compressor = zlib.compressobj(0, zlib.DEFLATED, -15)
        return compressor.compress(data) + compressor.flush()

    monkeypatch.setattr("sdist_upip.deflate.compress.write_best", stored)
    assert compress(TEXT, 4096, "best") == fast(TEXT)
    assert not caplog.records

"""Which stream is taken, and that it is verified."""

import logging
import zlib

import pytest

from sdist_upip import ConfigError
from sdist_upip.deflate.compress import AUTO_LIMIT, compress
from support.samples import TEXT
from support.streams import fast


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
        (lambda data, window, progress: fast(b"other"), "decodes to different data"),
        (lambda data, window, progress: b"\x07", "cannot be decoded by zlib"),
        (lambda data, window, progress: fast(data)[:-3], "decodes to different data"),
        (lambda data, window, progress: fast(data, 32768), "bytes, more than the window of 512"),
    ],
    ids=["other data", "invalid", "cut", "too far"],
)
def test_a_wrong_encoder_is_reported_and_replaced(monkeypatch, caplog, wrong, why):
    monkeypatch.setattr("sdist_upip.deflate.encoder.encode.encode", wrong)
    with caplog.at_level(logging.WARNING):
        assert compress(TEXT, 512, "best") == fast(TEXT, 512)
    assert why in caplog.text
    assert "Report it" in caplog.text


def test_a_larger_result_is_replaced(monkeypatch, caplog):
    def stored(data, window, progress):
        compressor = zlib.compressobj(0, zlib.DEFLATED, -15)
        return compressor.compress(data) + compressor.flush()

    monkeypatch.setattr("sdist_upip.deflate.encoder.encode.encode", stored)
    assert compress(TEXT, 4096, "best") == fast(TEXT)
    assert not caplog.records

"""Our streams on real MicroPython, decoded with exactly the window that they were made for."""

import hashlib
from functools import cache

import pytest

from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.deflate.compress import compress
from sdist_upip.deflate.trace import trace
from sdist_upip.limits import WINDOWS
from support.samples import NOISE, TEXT

READ = """
import hashlib, sys
WBITS = {wbits}
with open("a.gz", "rb") as file:
    try:
        import deflate
        stream = deflate.DeflateIO(file, deflate.GZIP, WBITS)
    except ImportError:
        import uzlib
        stream = uzlib.DecompIO(file, 16 + WBITS)
    digest = hashlib.sha256()
    size = 0
    while True:
        part = stream.read(512)
        if not part:
            break
        size += len(part)
        digest.update(part)
print(size, "".join("%02x" % byte for byte in digest.digest()))
"""


@cache
def compress_best(data, window):
    """Return the stream, made once for all devices."""
    return compress(data, window, "best")


def sample(window):
    """Text, runs, noise to store, and a match at exactly `window` bytes."""
    mark = NOISE[:40]
    filler = (NOISE[40:700] + TEXT + bytes(900))[: window - len(mark)]
    filler += bytes(window - len(mark) - len(filler))
    return mark + filler + mark + TEXT[:2000] + NOISE[1000:2500] + b"\xff" * 600


@pytest.mark.parametrize("window", WINDOWS)
def test_devices_read_it_within_the_window(micropython, window):
    data = sample(window)
    stream = compress_best(data, window)
    assert trace(stream, len(data)).distance == window
    code = READ.format(wbits=window.bit_length() - 1)
    outcome = micropython.run(code, {"a.gz": gzip_wrap(stream, data)})
    assert outcome.lines == [f"{len(data)} {hashlib.sha256(data).hexdigest()}"]


@pytest.mark.parametrize(
    "data",
    [b"", b"x", bytes(4000), bytes(range(256)) * 2, NOISE[:66_000], TEXT[:1500]],
    ids=["empty", "one byte", "zeros", "all bytes", "stored", "text"],
)
def test_devices_read_every_kind_of_block(micropython, data):
    outcome = micropython.run(
        READ.format(wbits=12), {"a.gz": gzip_wrap(compress_best(data, 4096), data)}
    )
    assert outcome.lines == [f"{len(data)} {hashlib.sha256(data).hexdigest()}"]


def test_a_smaller_window_is_refused_by_devices(micropython):
    data = sample(4096)
    wrapped = gzip_wrap(compress_best(data, 4096), data)
    outcome = micropython.run(READ.format(wbits=11), {"a.gz": wrapped})
    assert outcome.exit_code != 0

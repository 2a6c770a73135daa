"""Fuzz the deflate walker: it accepts, refuses and decodes as zlib does, and raises no other error.

Run it as tests/fuzz/README.md says.
"""

import sys
import zlib

import atheris

with atheris.instrument_imports(include=["sdist_upip"]):
    from sdist_upip.deflate.trace import trace
    from sdist_upip.errors import LimitError, StreamError

LIMIT = 1 << 16


def expected(stream):
    """Return (data, bytes taken) by zlib, None where it refuses, LIMIT where it goes beyond."""
    decoder = zlib.decompressobj(-15)
    try:
        data = decoder.decompress(stream, LIMIT + 1)
    except zlib.error:
        return None
    if len(data) > LIMIT:
        return LIMIT
    return (data, len(stream) - len(decoder.unused_data)) if decoder.eof else None


def found(stream):
    try:
        result = trace(stream, LIMIT)
    except LimitError:
        return LIMIT
    except StreamError:
        return None
    assert result.distance <= result.window
    assert [block.start for block in result.blocks[1:]] == [b.end for b in result.blocks[:-1]]
    return result.data, result.end


def compare(stream):
    wanted, got = expected(stream), found(stream)
    # Beyond the limit the walker may see an error before zlib does, and the reverse.
    if wanted != got and LIMIT not in (wanted, got):
        raise AssertionError(f"zlib {wanted!r:.80}, trace {got!r:.80}: {stream.hex()}")


atheris.Setup(sys.argv, compare)
atheris.Fuzz()

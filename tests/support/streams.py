"""Streams of zlib."""

import zlib


def fast(data, window=4096):
    """Return the stream of zlib for `data` at level 9, with matches within `window`."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -(window.bit_length() - 1), 9)
    return compressor.compress(data) + compressor.flush()


def deflate(data, level=9, wbits=15, mem_level=8, strategy=0):
    """Return the stream of zlib for `data` with these parameters of `compressobj`."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -wbits, mem_level, strategy)
    return compressor.compress(data) + compressor.flush()

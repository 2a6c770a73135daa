"""Streams of zlib."""

import zlib


def fast(data, window=4096):
    """Return the stream of zlib for `data` at level 9, with matches within `window`."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -(window.bit_length() - 1), 9)
    return compressor.compress(data) + compressor.flush()

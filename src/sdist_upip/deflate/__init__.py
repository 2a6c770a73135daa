"""Deflate (RFC 1951) within a small window: the sink of every archive.

`compress` is the one seam: whatever produces the stream, no match in it reaches further back
than the window, so a device needs that much contiguous memory and no more.
"""

from __future__ import annotations

import zlib

from ..errors import ConfigError
from .format import WINDOWS

__all__ = ["WINDOWS", "compress"]


def compress(data: bytes, window: int, compression: str) -> bytes:
    """Return `data` as a raw deflate stream whose largest match distance is at most `window` bytes.

    `window` is one of WINDOWS; `compression` is "fast", which is zlib at level 9.
    """
    if window not in WINDOWS:
        raise ConfigError(f"window {window} is not one of {', '.join(map(str, WINDOWS))} bytes")
    compressor = zlib.compressobj(9, zlib.DEFLATED, -(window.bit_length() - 1), 9)
    return compressor.compress(data) + compressor.flush()

"""Deflate (RFC 1951) within a small window: the sink of every archive.

`compress` is the one seam: whatever produces the stream, no match in it reaches further back
than the window, so a device needs that much contiguous memory and no more.
"""

from __future__ import annotations

import logging
import zlib

from ..errors import ArchiveError, ConfigError
from ..limits import WINDOWS
from .encoder.encode import Progress
from .encoder.encode import encode as write_best
from .trace import trace as follow

COMPRESSIONS = ("auto", "best", "fast")
AUTO_LIMIT = 1 << 20
"""Bytes up to which "auto" is "best"."""

logger = logging.getLogger(__name__)


def choose_effort(size: int, compression: str) -> str:
    """Return "best" or "fast": what `compression`, one of COMPRESSIONS, means for `size` bytes."""
    if compression not in COMPRESSIONS:
        raise ConfigError(f"compression {compression!r} is not one of {', '.join(COMPRESSIONS)}")
    if compression == "auto":
        return "best" if size <= AUTO_LIMIT else "fast"
    return compression


def compress(data: bytes, window: int, compression: str, progress: Progress | None = None) -> bytes:
    """Return `data` as a raw deflate stream whose largest match distance is at most `window` bytes.

    `window` is one of WINDOWS. `compression` is "best", our own encoder, "fast", zlib at level 9,
    or "auto", the best up to AUTO_LIMIT bytes. The best is proved before it is used, and is never
    larger than what zlib makes. `progress` is told the bytes done and the bytes in all.
    """
    if window not in WINDOWS:
        raise ConfigError(f"window {window} is not one of {', '.join(map(str, WINDOWS))} bytes")
    fast = _deflate(data, window)
    if choose_effort(len(data), compression) == "fast":
        if compression == "auto":
            logger.warning(
                '%d bytes are more than %d: compressed fast, with zlib; compression = "best" '
                "makes it about 3 %% smaller in about %d s",
                len(data),
                AUTO_LIMIT,
                len(data) // 50_000,
            )
        return fast
    best = write_best(data, window, progress)
    defect = find_defect(best, data, window)
    if defect:
        logger.warning(
            "our deflate encoder %s; zlib is used instead. This is a bug of sdist-upip: report it "
            "with its version and the project's files",
            defect,
        )
        return fast
    return best if len(best) <= len(fast) else fast


def find_defect(stream: bytes, data: bytes, window: int) -> str | None:
    """Say why `stream` is not `data` within `window`, or return None if it is."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        decoded = decoder.decompress(stream) + decoder.flush()
    except zlib.error as error:
        return f"wrote what zlib cannot read ({error})"
    if decoded != data or not decoder.eof or decoder.unused_data:
        return "wrote what decodes to something else"
    try:
        walk = follow(stream, len(data))
    except ArchiveError as error:
        return f"wrote what cannot be followed ({error})"
    if walk.distance > window:
        return f"reached {walk.distance} bytes back with a window of {window}"
    return None


def _deflate(data: bytes, window: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -(window.bit_length() - 1), 9)
    return compressor.compress(data) + compressor.flush()

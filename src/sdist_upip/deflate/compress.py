"""Deflate (RFC 1951) within a small window: the last stage of every archive.

`compress` ensures that no match of a stream reaches further back than the window, whichever encoder
wrote it. So a device needs that much contiguous memory and no more.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from ..errors import ArchiveError, ConfigError
from ..limits import WINDOWS
from ..messages.logs import get_logger

if TYPE_CHECKING:
    from .encoder.encode import Progress

COMPRESSIONS = ("auto", "best", "fast")
AUTO_LIMIT = 1 << 20
"""Bytes up to which "auto" is "best"."""

logger = get_logger(__name__)


def choose_effort(size: int, compression: str) -> str:
    """Return "best" or "fast": the effort of `compression`, one of COMPRESSIONS, for `size` bytes.

    Raises ConfigError for another compression.
    """
    if compression not in COMPRESSIONS:
        raise ConfigError(
            f"Unknown compression {compression!r}. Use one of {', '.join(COMPRESSIONS)}."
        )
    if compression == "auto":
        return "best" if size <= AUTO_LIMIT else "fast"
    return compression


def compress(data: bytes, window: int, compression: str, progress: Progress | None = None) -> bytes:
    """Return `data` as a raw deflate stream whose largest match distance is at most `window` bytes.

    `window` is one of WINDOWS. `compression` is "best" (the encoder of this package), "fast" (zlib
    at level 9) or "auto" (best up to AUTO_LIMIT bytes). The best stream is decoded and compared
    before it is used, and is never larger than that of zlib. `progress` is called with the bytes
    done and the bytes in total. Raises ConfigError for another window or compression.
    """
    if window not in WINDOWS:
        choices = ", ".join(map(str, WINDOWS))
        raise ConfigError(f"Invalid window {window}. Use one of {choices} bytes.")
    fast = _deflate(data, window)
    if choose_effort(len(data), compression) == "fast":
        if compression == "auto":
            logger.warning(
                "The tar has %d bytes, more than %d, and was compressed fast, with zlib. Set "
                'compression = "best" to make the archive about 3 %% smaller in about %d s.',
                len(data),
                AUTO_LIMIT,
                len(data) // 50_000,
            )
        return fast
    from .encoder.encode import encode as encode_best

    best = encode_best(data, window, progress)
    defect = find_defect(best, data, window)
    if defect:
        logger.warning(
            "The stream of the deflate encoder %s. zlib is used instead. This is a bug of "
            "sdist-upip. Report it with the version of sdist-upip and the files of the project.",
            defect,
        )
        return fast
    return best if len(best) <= len(fast) else fast


def find_defect(stream: bytes, data: bytes, window: int) -> str | None:
    """Return why `stream` is not `data` within `window`, as a predicate, or None if it is."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        decoded = decoder.decompress(stream) + decoder.flush()
    except zlib.error as error:
        return f"cannot be decoded by zlib ({error})"
    if decoded != data or not decoder.eof or decoder.unused_data:
        return "decodes to different data"
    from .trace import trace

    try:
        distance = trace(stream, len(data)).distance
    except ArchiveError as error:
        return f"cannot be traced ({error})"
    if distance > window:
        return f"has a match distance of {distance} bytes, more than the window of {window}"
    return None


def _deflate(data: bytes, window: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -(window.bit_length() - 1), 9)
    return compressor.compress(data) + compressor.flush()

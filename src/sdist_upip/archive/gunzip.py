"""Whole gzip files (RFC 1952), decoded within a limit: every member, with CRC and length."""

from __future__ import annotations

import zlib

from ..errors import LimitError, StreamError, TruncatedError

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 16
_MEMBERS = 100
"""Most gzip members of a file. Tools that work in parallel write a few."""


def decompress(data: bytes, limit: int) -> bytes:
    """Return what the gzip file with the bytes `data` holds, at most `limit` bytes.

    As with pip, several members follow one another, and zeros may follow the last one. Raises
    LimitError for more bytes or members, TruncatedError, and StreamError for other data. Memory is
    about twice the result.
    """
    if not data.startswith(_MAGIC):
        raise StreamError("This is not a gzip file")
    output = bytearray()
    position = 0
    for _ in range(_MEMBERS):
        position = _read_member(data, position, output, limit)
        if data[position : position + 1] == b"\0":
            position = len(data) - len(data[position:].lstrip(b"\0"))
        if position == len(data):
            return bytes(output)
        if not data.startswith(_MAGIC, position):
            raise StreamError(f"{len(data) - position:,} bytes follow the gzip data")
    raise LimitError(f"The gzip file has more than {_MEMBERS} members")


def _read_member(data: bytes, position: int, output: bytearray, limit: int) -> int:
    """Add the content of the gzip member at `position` to `output`, and return where it ends."""
    decoder = zlib.decompressobj(_GZIP)
    while not decoder.eof:
        piece = data[position : position + _CHUNK]
        if not piece:
            raise TruncatedError("The gzip data is truncated")
        try:
            output += decoder.decompress(piece, limit + 1 - len(output))
        except zlib.error as error:
            raise StreamError(f"The gzip data is damaged: {error}") from error
        if len(output) > limit:
            raise LimitError(f"The gzip data decodes to more than {limit:,} bytes")
        position += len(piece) - len(decoder.unused_data)
    return position

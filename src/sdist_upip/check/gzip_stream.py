"""The gzip container (RFC 1952) of a file nobody vouches for: header, deflate stream, trailer."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from ..deflate.trace import Trace, trace
from ..errors import LimitError, StreamError, TruncatedError
from ..limits import SIZE_LIMIT
from .problem import Problem

_MAGIC = b"\x1f\x8b"
_DEFLATE = 8
_HEADER_CRC, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16
_RESERVED = 0xE0
_FIELDS = {
    _EXTRA: "extra field",
    _NAME: "file name",
    _COMMENT: "comment",
    _HEADER_CRC: "header CRC",
}
_CHUNK = 1 << 16
_TOO_LARGE = (
    "we read no further, no device holds as much and PyPI takes files up to 100 MB: split it"
)
_TRUNCATED = "devices install half a package: build or download it again"


@dataclass(frozen=True, slots=True)
class GzipStream:
    """A file taken apart: the raw deflate `stream` with what follows it, and its trace.

    `trace` is None where nothing could be decoded; the problems say why.
    """

    stream: bytes
    trace: Trace | None
    problems: tuple[Problem, ...]


class _HeaderError(Exception):
    """The header ends the reading: a problem's code and message."""


def read_gzip(data: bytes) -> GzipStream:
    """Take the first gzip member of `data` apart and walk its stream.

    Never more than SIZE_LIMIT bytes are read or decoded; zlib counts them first, because it tells
    a bomb in milliseconds.
    """
    if len(data) > SIZE_LIMIT:
        return _failed("too-large", f"the file has more than {SIZE_LIMIT:,} bytes; {_TOO_LARGE}")
    try:
        start, problems = _read_header(data)
    except _HeaderError as error:
        return _failed(*error.args)
    stream = data[start:]
    try:
        _refuse_bomb(stream)
        result = trace(stream, SIZE_LIMIT)
    except LimitError as error:
        return _failed("too-large", f"{error}; {_TOO_LARGE}")
    except TruncatedError as error:
        return _failed("gzip-truncated", f"{error}; {_TRUNCATED}")
    except StreamError as error:
        return _failed(
            "gzip-data", f"{error}; every installer stops here with half a package: build it again"
        )
    problems += _check_trailer(stream, result)
    return GzipStream(stream, result, tuple(problems))


def _failed(code: str, message: str) -> GzipStream:
    return GzipStream(b"", None, (Problem(code, None, message),))


def _read_header(data: bytes) -> tuple[int, list[Problem]]:
    if data[:2] != _MAGIC:
        raise _HeaderError(
            "not-gzip",
            "the file does not begin with 1f 8b, so it is no gzip file and no installer reads it; "
            "build it as .tar.gz",
        )
    if len(data) < 10:
        raise _HeaderError("gzip-truncated", f"the gzip header is cut short; {_TRUNCATED}")
    method, flags = data[2], data[3]
    if method != _DEFLATE or flags & _RESERVED:
        raise _HeaderError(
            "gzip-header",
            f"the gzip header has method {method} and flags {flags:#04x}, which every decoder "
            "refuses; build it again",
        )
    end = find_stream(data)
    present = [name for flag, name in _FIELDS.items() if flags & flag]
    if not present:
        return end, []
    message = (
        f"the gzip header carries {' and '.join(present)}, {end - 10} bytes that decoders for the "
        "smallest boards may not skip; write a plain header of 10 bytes (gzip -n does)"
    )
    return end, [Problem("gzip-flags", None, message)]


def find_stream(data: bytes) -> int:
    """Return where the deflate stream starts, in the bytes of a gzip file that zlib accepts."""
    flags = data[3]
    position = 10
    if flags & _EXTRA:
        position += 2 + int.from_bytes(data[10:12], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            position = data.find(b"\0", position) + 1 or len(data) + 1
    if flags & _HEADER_CRC:
        stated = int.from_bytes(data[position : position + 2], "little")
        if position + 2 <= len(data) and stated != zlib.crc32(data[:position]) & 0xFFFF:
            raise _HeaderError(
                "gzip-header", "the CRC of the gzip header is wrong; pip refuses it: build it again"
            )
        position += 2
    if position > len(data):
        raise _HeaderError("gzip-truncated", f"the gzip header is cut short; {_TRUNCATED}")
    return position


def _refuse_bomb(stream: bytes) -> None:
    """Raise LimitError if `stream` decodes to more than SIZE_LIMIT; keep nothing of it."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    try:
        for start in range(0, len(stream), _CHUNK):
            rest = stream[start : start + _CHUNK]
            while rest and not decoder.eof:
                size += len(decoder.decompress(rest, _CHUNK))
                if size > SIZE_LIMIT:
                    raise LimitError(f"the deflate stream decodes to more than {SIZE_LIMIT} bytes")
                rest = decoder.unconsumed_tail
    except zlib.error:
        return  # the walk will say where and why


def _check_trailer(stream: bytes, result: Trace) -> list[Problem]:
    trailer, rest = stream[result.end : result.end + 8], stream[result.end + 8 :]
    if len(trailer) < 8:
        return [
            Problem(
                "gzip-truncated",
                None,
                f"only {len(trailer)} of the trailer's 8 bytes are there: pip and current devices "
                "report an error, stock upip does not notice; build or download it again",
            )
        ]
    problems = []
    crc, length = struct.unpack("<II", trailer)
    if crc != zlib.crc32(result.data):
        message = (
            "the CRC does not match the content, so something in it is damaged: pip and current "
            "devices refuse it, stock upip installs the damage; build or download it again"
        )
        problems.append(Problem("gzip-crc", None, message))
    if length != len(result.data) & 0xFFFFFFFF:
        message = (
            f"the trailer tells {length:,} bytes where {len(result.data):,} decode: pip and "
            "current devices refuse it; build or download it again"
        )
        problems.append(Problem("gzip-length", None, message))
    if rest[:2] == _MAGIC:
        message = (
            "a second gzip member follows, which pip reads and devices do not; only the first was "
            "checked: compress the tar in one go"
        )
        problems.append(Problem("gzip-members", None, message))
    elif rest:
        message = (
            f"{len(rest):,} bytes follow the gzip member: devices download them in vain, and pip "
            "refuses what is not zeros; cut them off"
        )
        problems.append(Problem("gzip-trailing", None, message))
    return problems

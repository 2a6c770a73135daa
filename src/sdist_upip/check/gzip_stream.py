"""The gzip container (RFC 1952) of an untrusted file: header, deflate stream, trailer."""

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
_TOO_LARGE = "Larger archives are not read. Split the package."
_SECOND = (
    "pip reads it, but upip refuses the archive. Only the first member was checked. Compress the "
    "tar as one member."
)
_TRAILING = "upip refuses the archive, and pip refuses data that is not zero. Remove the data."
_TRUNCATED = "Devices install only a part of the package. Build or download the archive again."


@dataclass(frozen=True, slots=True)
class GzipStream:
    """A parsed file: the raw deflate `stream` with all bytes that follow it, and its trace.

    `trace` is None where nothing could be decoded. The problems give the reason.
    """

    stream: bytes
    trace: Trace | None
    problems: tuple[Problem, ...]


class _HeaderError(Exception):
    """Reading cannot continue after the header. The arguments are a problem's code and message."""


def read_gzip(data: bytes) -> GzipStream:
    """Parse the first gzip member of `data` and trace its stream.

    Never more than SIZE_LIMIT bytes are read or decoded. zlib counts them first, because it finds
    a bomb in milliseconds.
    """
    if len(data) > SIZE_LIMIT:
        return _failed("too-large", f"The file has more than {SIZE_LIMIT:,} bytes. {_TOO_LARGE}")
    try:
        start, problems = _read_header(data)
    except _HeaderError as error:
        return _failed(*error.args)
    stream = data[start:]
    try:
        _refuse_bomb(stream)
        result = trace(stream, SIZE_LIMIT)
    except LimitError as error:
        return _failed("too-large", f"{error}. {_TOO_LARGE}")
    except TruncatedError as error:
        return _failed("gzip-truncated", f"{error}. {_TRUNCATED}")
    except StreamError as error:
        return _failed(
            "gzip-data",
            f"{error}. Every installer stops here and leaves a part of the package behind. Build "
            "the archive again.",
        )
    problems += _check_trailer(stream, result)
    return GzipStream(stream, result, tuple(problems))


def _failed(code: str, message: str) -> GzipStream:
    return GzipStream(b"", None, (Problem(code, None, message),))


def _read_header(data: bytes) -> tuple[int, list[Problem]]:
    if data[:2] != _MAGIC:
        raise _HeaderError(
            "not-gzip",
            f"Not a gzip file: expected the first bytes {_MAGIC.hex(' ')}, got "
            f"{data[:2].hex(' ') or 'none'}. No installer can read the file. Build the archive as "
            ".tar.gz.",
        )
    if len(data) < 10:
        raise _HeaderError("gzip-truncated", f"The gzip header is truncated. {_TRUNCATED}")
    method, flags = data[2], data[3]
    if method != _DEFLATE or flags & _RESERVED:
        raise _HeaderError(
            "gzip-header",
            f"Unsupported gzip header: method {method}, flags {flags:#04x}. Every decoder refuses "
            "it. Build the archive again.",
        )
    end = find_stream(data)
    present = [name for flag, name in _FIELDS.items() if flags & flag]
    if not present:
        return end, []
    message = (
        f"The gzip header has optional fields ({', '.join(present)}: {end - 10} bytes). Decoders "
        "for the smallest boards may not skip them. Write a plain header of 10 bytes, for example "
        "with gzip -n."
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
        actual = zlib.crc32(data[:position]) & 0xFFFF
        if position + 2 <= len(data) and stated != actual:
            raise _HeaderError(
                "gzip-header",
                f"CRC mismatch in the gzip header: expected {stated:04x}, got {actual:04x}. pip "
                "refuses the archive. Build the archive again.",
            )
        position += 2
    if position > len(data):
        raise _HeaderError("gzip-truncated", f"The gzip header is truncated. {_TRUNCATED}")
    return position


def _refuse_bomb(stream: bytes) -> None:
    """Raise LimitError if `stream` decodes to more than SIZE_LIMIT bytes; keep none of them."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    try:
        for start in range(0, len(stream), _CHUNK):
            rest = stream[start : start + _CHUNK]
            while rest and not decoder.eof:
                size += len(decoder.decompress(rest, _CHUNK))
                if size > SIZE_LIMIT:
                    raise LimitError(
                        f"The deflate stream decodes to more than {SIZE_LIMIT:,} bytes"
                    )
                rest = decoder.unconsumed_tail
    except zlib.error:
        return  # `trace` reports where and why


def _check_trailer(stream: bytes, result: Trace) -> list[Problem]:
    trailer, rest = stream[result.end : result.end + 8], stream[result.end + 8 :]
    if len(trailer) < 8:
        return [
            Problem(
                "gzip-truncated",
                None,
                f"The gzip trailer is truncated: expected 8 bytes, got {len(trailer)}. pip and "
                "current devices report an error, but stock upip does not notice. Build or "
                "download the archive again.",
            )
        ]
    problems = []
    crc, length = struct.unpack("<II", trailer)
    actual = zlib.crc32(result.data)
    if crc != actual:
        message = (
            f"CRC mismatch: expected {crc:08x}, got {actual:08x}. The archive is damaged. pip and "
            "current devices refuse it, but stock upip installs it. Build or download the archive "
            "again."
        )
        problems.append(Problem("gzip-crc", None, message))
    if length != len(result.data) & 0xFFFFFFFF:
        message = (
            f"Length mismatch: expected {length:,} bytes, got {len(result.data):,}. pip and "
            "current devices refuse the archive. Build or download the archive again."
        )
        problems.append(Problem("gzip-length", None, message))
    if rest:
        is_member = rest.startswith(_MAGIC)
        message = f"{describe_rest(rest)} {_SECOND if is_member else _TRAILING}"
        problems.append(Problem("gzip-members" if is_member else "gzip-trailing", None, message))
    return problems


def describe_rest(rest: bytes) -> str:
    """Return the fact that `rest` follows the first gzip member of a file, as a sentence."""
    if rest.startswith(_MAGIC):
        return "A second gzip member follows."
    size = f"{len(rest):,} byte{'s' * (len(rest) > 1)}"
    return f"The file continues after the gzip member, by {size}."

"""The targets of the fuzzers. Each takes bytes, and raises if the code under test is wrong."""

import zlib

from sdist_upip.check.archive import check_scan
from sdist_upip.check.problem import CODES
from sdist_upip.check.tar_scan import scan_tar
from sdist_upip.deflate.trace import trace
from sdist_upip.errors import LimitError, StreamError

LIMIT = 1 << 16
BLOCK = 512


def fuzz_trace(stream):
    """Assert that the decoder accepts, refuses and decodes as zlib does."""
    expected, found = _by_zlib(stream), _by_trace(stream)
    # Beyond the limit the decoder may find an error before zlib does, and the reverse.
    if expected != found and LIMIT not in (expected, found):
        raise AssertionError(f"zlib {expected!r:.80}, trace {found!r:.80}: {stream.hex()}")


def fuzz_tar(data):
    """Assert that every tar gives a list of problems.

    The first byte selects whether to correct the checksums of all headers, which no fuzzer guesses.
    """
    tar = bytearray(data[1:])
    scan = scan_tar(bytes(correct_checksums(tar) if data[:1] > b"\x40" else tar))
    problems = [*scan.problems, *check_scan(scan, "x-1.0.tar.gz")]
    assert all(problem.code in CODES and problem.message for problem in problems)
    assert all(entry.offset + BLOCK + len(entry.data) == entry.end for entry in scan.entries)


def _by_zlib(stream):
    """Return (data, bytes read), None if zlib refuses it, LIMIT if it exceeds the limit."""
    decoder = zlib.decompressobj(-15)
    try:
        data = decoder.decompress(stream, LIMIT + 1)
    except zlib.error:
        return None
    if len(data) > LIMIT:
        return LIMIT
    return (data, len(stream) - len(decoder.unused_data)) if decoder.eof else None


def _by_trace(stream):
    try:
        result = trace(stream, LIMIT)
    except LimitError:
        return LIMIT
    except StreamError:
        return None
    assert result.distance <= result.window
    assert [block.start for block in result.blocks[1:]] == [b.end for b in result.blocks[:-1]]
    return result.data, result.end


def correct_checksums(tar):
    for offset in range(0, len(tar) - BLOCK + 1, BLOCK):
        header = tar[offset : offset + BLOCK]
        if header.startswith(b"ustar", 257):
            total = sum(header) - sum(header[148:156]) + 8 * 32
            tar[offset + 148 : offset + 156] = b"%06o\0 " % total
    return tar

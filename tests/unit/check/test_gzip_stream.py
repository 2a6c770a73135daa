import gzip
import struct
import zlib

import pytest

from sdist_upip.archive.reader import GZIP_HEADER
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.check.gzip_stream import read_gzip
from sdist_upip.deflate.compress import compress
from sdist_upip.limits import SIZE_LIMIT
from support.odd_archives import CLEAN, tar

CONTENT = tar(CLEAN)
STREAM = compress(CONTENT, 4096, "fast")
PLAIN = gzip_wrap(STREAM, CONTENT)
TRAILER = PLAIN[-8:]


def codes(data):
    return [problem.code for problem in read_gzip(data).problems]


def header(flags, *fields):
    return bytes((*GZIP_HEADER[:3], flags, *GZIP_HEADER[4:])) + b"".join(fields)


def test_a_plain_file_is_taken_apart():
    result = read_gzip(PLAIN)
    assert result.problems == ()
    assert result.trace.data == CONTENT
    assert result.stream == STREAM + TRAILER
    assert result.trace.end == len(STREAM)


FIELDS = {
    "name": header(8, b"name.tar\0"),
    "comment": header(16, b"a comment\0"),
    "extra": header(4, struct.pack("<H", 5), b"extra"),
    "all": header(4 + 8 + 16, struct.pack("<H", 2), b"\0\0", b"n\0", b"\0"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields_of_the_header_are_skipped_as_pythons_gzip_does(name):
    data = FIELDS[name] + STREAM + TRAILER
    assert gzip.decompress(data) == CONTENT
    assert codes(data) == ["gzip-flags"]
    assert read_gzip(data).trace.data == CONTENT


def test_the_crc_of_the_header_is_verified():
    start = header(2 + 8, b"name\0")
    good = struct.pack("<H", zlib.crc32(start) & 0xFFFF)
    assert codes(start + good + STREAM + TRAILER) == ["gzip-flags"]
    assert codes(start + bytes((good[0] ^ 1, good[1])) + STREAM + TRAILER) == ["gzip-header"]


def test_the_text_flag_has_no_field_and_is_not_a_problem():
    assert codes(header(1) + STREAM + TRAILER) == []


@pytest.mark.parametrize("name", [*FIELDS, "plain"])
def test_every_cut_is_a_truncation(name):
    data = FIELDS.get(name, GZIP_HEADER) + STREAM + TRAILER
    for size in (*range(2, 40), len(data) // 2, *range(len(data) - 9, len(data))):
        assert [code for code in codes(data[:size]) if code != "gzip-flags"] == ["gzip-truncated"]


@pytest.mark.parametrize("data", [b"", b"\x1f", b"\x8b\x1f" * 20, b"<!DOCTYPE html>"])
def test_other_files_are_not_gzip(data):
    assert codes(data) == ["not-gzip"]


def test_only_the_first_of_two_members_is_read():
    result = read_gzip(PLAIN + gzip.compress(b"second"))
    assert [problem.code for problem in result.problems] == ["gzip-members"]
    assert result.trace.data == CONTENT


def test_crc_and_length_are_separate_problems():
    broken = PLAIN[:-8] + struct.pack("<II", 1, 2)
    assert codes(broken) == ["gzip-crc", "gzip-length"]


def test_the_limit_of_decoded_bytes_is_exact():
    assert codes(gzip.compress(bytes(SIZE_LIMIT), 9, mtime=0)) == []
    assert codes(gzip.compress(bytes(SIZE_LIMIT + 1), 9, mtime=0)) == ["too-large"]


def test_a_file_beyond_the_limit_is_not_even_walked():
    result = read_gzip(GZIP_HEADER + bytes(SIZE_LIMIT))
    assert [problem.code for problem in result.problems] == ["too-large"]
    assert "The file has more than 16,777,216 bytes" in result.problems[0].message

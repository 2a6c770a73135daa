"""Whole gzip files within a limit."""

import gzip

import pytest

from sdist_upip.archive.gunzip import decompress
from sdist_upip.errors import LimitError, StreamError, TruncatedError
from support.samples import NOISE

TEXT = b"text" * 1000
FILE = gzip.compress(TEXT, mtime=0)
LARGE = NOISE * (1 + (200_000 // len(NOISE)))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (FILE, TEXT),
        (gzip.compress(b"", mtime=0), b""),
        (FILE + FILE, TEXT + TEXT),
        (FILE + bytes(1000), TEXT),
        (FILE + bytes(3) + FILE, TEXT + TEXT),
        (gzip.compress(LARGE, mtime=0), LARGE),
    ],
)
def test_every_member_is_read(data, expected):
    assert decompress(data, len(expected)) == expected


@pytest.mark.parametrize(
    ("data", "error", "reason"),
    [
        (b"", StreamError, "not a gzip file"),
        (b"PK", StreamError, "not a gzip file"),
        (FILE[:-9], TruncatedError, "truncated"),
        (FILE[:-1], TruncatedError, "truncated"),
        (FILE[:5], TruncatedError, "truncated"),
        (FILE[:-8] + b"1234" + FILE[-4:], StreamError, "damaged"),
        (FILE[:-4] + b"1234", StreamError, "damaged"),
        (FILE + b"x", StreamError, "1 bytes follow"),
        (FILE + bytes(9) + b"\x1f", StreamError, "1 bytes follow"),
        (gzip.compress(b"", mtime=0) + FILE[:-1], TruncatedError, "truncated"),
        (gzip.compress(TEXT + b"x", mtime=0), LimitError, "more than 4,000 bytes"),
        (FILE + gzip.compress(b"x", mtime=0), LimitError, "more than 4,000 bytes"),
        (gzip.compress(b"", mtime=0) * 101, LimitError, "more than 100 members"),
    ],
)
def test_a_file_that_is_not_whole_or_too_large_is_refused(data, error, reason):
    with pytest.raises(error, match=reason) as caught:
        decompress(data, 4000)
    assert type(caught.value) is error

"""Fuzz the tar reader and the rules: every tar gives a list of problems, and no exception.

The first byte tells whether to put right the checksums of all headers, which no fuzzer guesses.
Run it as tests/fuzz/README.md says.
"""

import sys

import atheris

with atheris.instrument_imports(include=["sdist_upip"]):
    from sdist_upip.check import check_scan
    from sdist_upip.checks.problem import CODES
    from sdist_upip.tar_scan import scan_tar

BLOCK = 512


def mend(tar):
    for offset in range(0, len(tar) - BLOCK + 1, BLOCK):
        header = tar[offset : offset + BLOCK]
        if header.startswith(b"ustar", 257):
            total = sum(header) - sum(header[148:156]) + 8 * 32
            tar[offset + 148 : offset + 156] = b"%06o\0 " % total
    return tar


def read(data):
    tar = bytearray(data[1:])
    scan = scan_tar(bytes(mend(tar) if data[:1] > b"\x40" else tar))
    problems = [*scan.problems, *check_scan(scan, "x-1.0.tar.gz")]
    assert all(problem.code in CODES and problem.message for problem in problems)
    assert all(entry.offset + BLOCK + len(entry.data) == entry.end for entry in scan.entries)


atheris.Setup(sys.argv, read)
atheris.Fuzz()

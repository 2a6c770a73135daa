"""Archives that are small and decode to more than any computer holds."""

import random
import struct
import subprocess
import sys
import zlib

import pytest

from sdist_upip.archive.reader import GZIP_HEADER

BOMB = """
import re, sys
from sdist_upip.check.archive import check_archive
from pathlib import Path
report = check_archive(Path(sys.argv[1]))
print(*(problem.code for problem in report.problems))
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def bomb(pieces, piece):
    """Return `pieces` times `piece` in one gzip member that states the length of a small file."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)
    return GZIP_HEADER + block * pieces + b"\x03\0" + struct.pack("<II", 0, 512)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc has the peak of the memory")
@pytest.mark.parametrize(
    ("pieces", "piece"),
    [
        (100, bytes(1 << 20)),
        (10_000, bytes(1 << 20)),
        (100, random.Random(1).randbytes(1 << 16) * 16),
    ],
    ids=["100 MB of zeros", "10 GB of zeros", "100 MB of noise that repeats"],
)
def test_bombs_are_refused_in_little_memory(tmp_path, pieces, piece):
    path = tmp_path / "x-1.0.tar.gz"
    path.write_bytes(bomb(pieces, piece))
    result = subprocess.run(
        [sys.executable, "-c", BOMB, path], capture_output=True, encoding="utf-8", check=True
    )
    code, peak = result.stdout.split()
    assert code == "too-large"
    assert 1024 * int(peak) < 100_000_000

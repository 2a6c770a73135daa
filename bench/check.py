"""CPU seconds of `check`: for each MB decoded, by size and content; for bombs; within a build.

Run: python bench/check.py [DIRECTORY OF PYTHON SOURCES]
The sources default to the standard library of this Python. Every figure is the best of 3 runs.
"""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from sdist_upip import Member, Release
from sdist_upip.archive.reader import GZIP_HEADER
from sdist_upip.archive.tar import write_tar
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.check.archive import check_bytes
from sdist_upip.check.release import check_release
from sdist_upip.deflate.compress import compress
from sdist_upip.deflate.trace import trace

MB = 1 << 20
FILENAME = "x-1.0.tar.gz"
PKG_INFO = Member("PKG-INFO", b"Metadata-Version: 2.4\nName: x\nVersion: 1.0\n")
CHILD = """
import re, sys, time
from pathlib import Path
from sdist_upip.check.archive import check_archive
start = time.process_time()
report = check_archive(Path(sys.argv[1]))
peak = re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(*(p.code for p in report.problems), time.process_time() - start, time.process_time(), peak)
"""


def seconds(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of three runs."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def sources(directory: Path, size: int) -> Iterator[Member]:
    """Yield modules from `directory`, over and over, up to `size` bytes."""
    found = [path.read_bytes() for path in sorted(directory.glob("*.py"))]
    total = 0
    for number in range(100_000):
        data = found[number % len(found)]
        if total + len(data) <= size:
            total += len(data)
            yield Member(f"x/m{number}.py", data)


def data_files(size: int) -> Iterator[Member]:
    """Yield random data files up to `size` bytes, the worst case of the decoder."""
    for number in range(size // 65536):
        yield Member(f"x/data/{number}.bin", random.Random(number).randbytes(65536))


def print_speed(directory: Path) -> None:
    """Print the time of the whole check and of its decoder, for sources and for random data."""
    print(f"{'content':<10}{'MB':>6}{'packed':>8}{'check s':>9}{'s per MB':>10}{'decode s':>10}")
    for name, make in (("sources", lambda size: sources(directory, size)), ("random", data_files)):
        for size in (MB // 4, MB, 4 * MB):
            members = [PKG_INFO, Member("x/__init__.py", b""), *make(size)]
            tar = write_tar("x-1.0", members)
            stream = compress(tar, 4096, "fast")
            data = gzip_wrap(stream, tar)
            check = seconds(lambda data=data: check_bytes(data, FILENAME))
            decode = seconds(lambda stream=stream: trace(stream, 16 * MB))
            mb = len(tar) / MB
            print(
                f"{name:<10}{mb:>6.2f}{len(data) / MB:>8.2f}{check:>9.3f}"
                f"{check / mb:>10.3f}{decode:>10.3f}"
            )


def print_bombs() -> None:
    """Print CPU seconds and peak memory for bombs, each in its own process (Linux)."""
    print(f"\n{'bomb':<28}{'MB':>7}{'check s':>9}{'process s':>11}{'peak MB':>9}")
    noise = random.Random(1).randbytes(1 << 16) * 16
    words = b"".join(b"word %d " % (i * i) for i in range(90_000))[:MB]
    bombs = (
        ("100 MB of zeros", 100, bytes(MB)),
        ("10 GB of zeros", 10_000, bytes(MB)),
        ("100 MB of noise", 100, noise),
        ("100 MB of words", 100, words),
        ("30 MB of words", 30, words),
    )
    for name, pieces, piece in bombs:
        compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
        block = compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)
        data = GZIP_HEADER + block * pieces + b"\x03\0" + struct.pack("<II", 0, 512)
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, FILENAME)
            path.write_bytes(data)
            command = [sys.executable, "-c", CHILD, str(path)]
            result = subprocess.run(command, capture_output=True, text=True, check=True)
        code, check, process, peak = result.stdout.split()
        if code != "too-large":
            raise SystemExit(f"{name} was not refused: {code}")
        print(
            f"{name:<28}{len(data) / MB:>7.2f}{float(check):>9.3f}{float(process):>11.3f}"
            f"{int(peak) / 1024:>9.1f}"
        )


def print_release(directory: Path) -> None:
    """Print the time in which a build checks a release of 300 modules and 2 MB."""
    modules = [
        Member(f"x/m{i}.py", m.data[:7000]) for i, m in enumerate(sources(directory, 9 * MB))
    ]
    members = (PKG_INFO, *modules[:300])
    release = Release("x", "1.0", members)
    trusted = {member.path for member in members}
    size = sum(len(member.data) for member in members) / MB
    work = seconds(lambda: check_release(release, FILENAME, trusted))
    print(f"\ncheck_release, {len(members) - 1} modules, {size:.2f} MB: {work:.4f} s")


def main() -> None:
    """Print all tables."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("stdlib"))
    print_speed(directory)
    print_bombs()
    print_release(directory)


if __name__ == "__main__":
    main()

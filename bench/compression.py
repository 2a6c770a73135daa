"""Sizes, seconds and memory of compression on real packages.

    python bench/compression.py [--cache DIRECTORY] [--svg FILE]

Downloads the packages named in packages.py with pip. "Legacy" is the archive of the copied
sdist_upip.py: a tar with all metadata, zlib at level 9 and wbits 12. "Fast" and "best" are those of
sdist-upip. Times are CPU seconds of this process for 100 KB of tar (1 KB is 1000 bytes), with
ordering and verification.
"""

from __future__ import annotations

import argparse
import math
import random
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from packages import Package, build_examples, fetch_packages
from scatter import draw_scatter

from sdist_upip.archive.packing import Packed, pack
from sdist_upip.deflate.compress import compress

WINDOW = 4096
GZIP_BYTES = 18
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Result:
    """One package: bytes of each archive, and CPU seconds of each method."""

    name: str
    members: int
    tar: int
    legacy: int
    fast: int
    best: int
    same_tar: int
    seconds: tuple[float, float, float]

    def per_100_kb(self, method: int) -> float:
        """Return the CPU seconds of a method for 100 KB of tar."""
        return self.seconds[method] / self.tar * 100_000


def timed(work: Callable[[], Packed | bytes]) -> tuple[Packed | bytes, float]:
    start = time.process_time()
    done = work()
    return done, time.process_time() - start


def deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -12)
    return compressor.compress(data) + compressor.flush()


def measure(package: Package) -> Result:
    def pack_with(compression: str) -> Packed:
        return pack(package.root, package.members, window=WINDOW, compression=compression)

    legacy, legacy_time = timed(lambda: deflate(package.legacy))
    fast, fast_time = timed(lambda: pack_with("fast"))
    best, best_time = timed(lambda: pack_with("best"))
    assert isinstance(legacy, bytes)
    assert isinstance(fast, Packed)
    assert isinstance(best, Packed)
    return Result(
        package.root,
        len(package.members),
        len(best.tar),
        len(legacy) + GZIP_BYTES,
        len(fast.stream) + GZIP_BYTES,
        len(best.stream) + GZIP_BYTES,
        len(deflate(best.tar)) + GZIP_BYTES,
        (legacy_time, fast_time, best_time),
    )


def geometric_mean(values: Iterable[float]) -> float:
    logarithms = [math.log(value) for value in values]
    return math.exp(sum(logarithms) / len(logarithms))


def print_table(results: list[Result]) -> None:
    print(
        "| package | members | tar | legacy | fast | best | best / legacy "
        "| zlib, same tar | best / zlib | s / 100 KB |"
    )
    print("|---" * 10 + "|")
    for r in results:
        print(
            f"| {r.name} | {r.members} | {r.tar:,} | {r.legacy:,} | {r.fast:,} | {r.best:,} "
            f"| {r.best / r.legacy:.4f} | {r.same_tar:,} | {r.best / r.same_tar:.4f} "
            f"| {r.per_100_kb(2):.2f} |"
        )
    print(
        f"| **geometric mean of {len(results)}** | | | 1 "
        f"| {geometric_mean(r.fast / r.legacy for r in results):.4f} | "
        f"| **{geometric_mean(r.best / r.legacy for r in results):.4f}** | "
        f"| **{geometric_mean(r.best / r.same_tar for r in results):.4f}** "
        f"| **{geometric_mean(r.per_100_kb(2) for r in results):.2f}** |"
    )
    larger = [r.name for r in results if r.best > r.fast]
    print(f"\nbest larger than fast: {', '.join(larger) or 'never'}")


def print_growth(text: bytes) -> None:
    print("\n| input | bytes | fast | best | s / 100 KB |\n|---|---|---|---|---|")
    rows = [(f"{size} KB of packages", text[: 1000 * size]) for size in (50, 100, 400, 1000)]
    noise = random.Random(1).randbytes(100_000)
    rows += [
        ("zeros", bytes(100_000)),
        ("one line repeated", (b"import micropython as something\n" * 3125)),
        ("random bytes", noise),
        ("two symbols", bytes(97 + (byte & 1) for byte in noise)),
        ("empty", b""),
        ("1 byte", b"x"),
    ]
    for name, data in rows:
        best, seconds = timed(lambda data=data: compress(data, WINDOW, "best"))
        assert isinstance(best, bytes)
        rate = f"{seconds / len(data) * 100_000:.2f}" if len(data) > 1 else f"({seconds:.3f} s)"
        fast = compress(data, WINDOW, "fast")
        print(f"| {name} | {len(data):,} | {len(fast):,} | {len(best):,} | {rate} |")


def print_memory(text: bytes) -> None:
    """Print the largest resident size of a process that imports, and of one that compresses.

    The figures are from /proc, on Linux only. Those of getrusage would include this process, from
    which the others are forked.
    """
    if not Path("/proc/self/status").exists():
        return
    script = (
        "import sys\n"
        "from sdist_upip.deflate.compress import compress\n"
        "data = sys.stdin.buffer.read()\n"
        "compress(data, 4096, 'best')\n"
        "peak = [line for line in open('/proc/self/status') if line.startswith('VmHWM')]\n"
        "print(peak[0].split()[1])\n"
    )
    peaks = []
    for data in (b"", text[:MEGABYTE]):
        done = subprocess.run(
            [sys.executable, "-c", script], input=data, stdout=subprocess.PIPE, check=True
        )
        peaks.append(int(done.stdout) / 1024)
    print(
        f"\npeak memory: {peaks[1]:.1f} MiB for 1 MB of tar, "
        f"of which Python and the imports take {peaks[0]:.1f} MiB"
    )


def draw(results: list[Result], target: Path) -> None:
    series = {}
    for method, name in enumerate(("zlib", "fast", "best")):
        size = ("legacy", "fast", "best")[method]
        cloud = [(max(r.per_100_kb(method), 1e-4), getattr(r, size) / r.legacy) for r in results]
        mean = (geometric_mean(x for x, _ in cloud), geometric_mean(y for _, y in cloud))
        series[name] = (cloud, mean)
    svg = draw_scatter(
        "Archive size against CPU time, 4 KiB window",
        "CPU seconds for 100 KB of tar",
        "size relative to the legacy tool",
        series,
    )
    target.write_text(svg, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(tempfile.gettempdir(), "sdist-upip-bench")
    parser.add_argument("--cache", type=Path, default=default, help="directory for the packages")
    parser.add_argument("--svg", type=Path, help="file to draw the plot into")
    options = parser.parse_args()
    packages = fetch_packages(options.cache)
    results = [measure(package) for package in (*packages, *build_examples())]
    print_table(results)
    tars = [
        pack(package.root, package.members, window=WINDOW, compression="fast").tar
        for package in packages
    ]
    text = b"".join(tars)
    print_growth(text)
    print_memory(text)
    if options.svg:
        draw(results, options.svg)


if __name__ == "__main__":
    main()

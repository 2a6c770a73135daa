"""`sdist-upip index` of synthetic releases: seconds, peak memory, bytes and files.

    python bench/index.py [--releases N ...] [--files N] [--size BYTES] [--work DIRECTORY]

Each project has two releases, and requires up to three earlier projects. "add" adds one release to
the site, "again" is the same command with nothing to do. Peak memory is that of the largest
process. Needs the extras index and test.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.archives import make_archive  # noqa: E402

VERSIONS = ("1.0", "1.1")


def write_archive(number: int, directory: Path, files: int, size: int) -> None:
    """Write the archive of release `number`."""
    source = random.Random(number)
    project, version = number // len(VERSIONS), VERSIONS[number % len(VERSIONS)]
    group = project - project % 20  # requirements stay within 20 projects
    others = {source.randrange(group, project + 1) for _ in range(3)} - {project}
    contents = {
        f"p{project}/m{file}.py": f"x = {source.randbytes(size // 2).hex()!r}\n"
        for file in range(files)
    }
    requires = [f"p{other}>=1.0,<2" for other in sorted(others)]
    name = f"p{project}"
    data = make_archive(name, version, contents, requires)
    (directory / f"{name}-{version}.tar.gz").write_bytes(data)


def measure(command: list[str]) -> tuple[float, float]:
    """Run `command`. Return wall seconds, and peak memory in MB of its largest process."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PIP_CONFIG_FILE": os.devnull}
    start = time.perf_counter()
    child = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command[:6])} … failed")
    return seconds, usage.ru_maxrss / 1024


def run(
    releases: int, directory: Path, files: int, size: int
) -> Iterator[tuple[str, float, float]]:
    """Yield (what, seconds, MB) of each command."""
    dist = directory / "dist"
    dist.mkdir()
    with ProcessPoolExecutor() as pool:
        write = partial(write_archive, directory=dist, files=files, size=size)
        list(pool.map(write, range(releases + 1), chunksize=50))
    *archives, last = (
        str(dist / f"p{number // len(VERSIONS)}-{VERSIONS[number % len(VERSIONS)]}.tar.gz")
        for number in range(releases + 1)
    )
    tool = [sys.executable, "-m", "sdist_upip", "index", "-o", str(directory / "site")]
    yield "all", *measure([*tool, "--url", "https://example.org/site", *archives])
    yield "add", *measure([*tool, last])
    yield "again", *measure([*tool, last])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--releases", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--files", type=int, default=3)
    parser.add_argument("--size", type=int, default=1024, help="bytes of a file")
    parser.add_argument("--work", type=Path, help="directory for the sites (default: temporary)")
    options = parser.parse_args()
    print(f"files a release {options.files}, bytes a file {options.size}")
    print("| releases | what | seconds | peak MB | MB of site | files of site |")
    print("|---|---|---|---|---|---|")
    for releases in options.releases:
        with tempfile.TemporaryDirectory(dir=options.work) as name:
            directory = Path(name)
            for what, seconds, memory in run(releases, directory, options.files, options.size):
                paths = (path for path in (directory / "site").rglob("*") if path.is_file())
                sizes = [path.stat().st_size for path in paths]
                print(
                    f"| {releases} | {what} | {seconds:.2f} | {memory:.0f} "
                    f"| {sum(sizes) / 1e6:.1f} | {len(sizes)} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()

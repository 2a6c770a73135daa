"""`sdist-upip install` from a loopback index: seconds and peak memory for 20 and 200 packages.

    python bench/install.py [--packages N] [--files N] [--size BYTES]

Each package requires the next one and one or two more, so that all are found one after the other.
The index runs in its own process. "again" has all archives in the cache, "list" measures the start
alone, and "upip" is the device's upip on this Python, which opens a connection for each page and
archive. Needs the extra test.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.archives import make_release, pack  # noqa: E402
from support.index_server import Index  # noqa: E402


def serve(packages: int, files: int, size: int, channel: Connection) -> None:
    """Serve the packages until the channel closes. Send the URL of the index first."""
    random.seed(8)
    with Index() as index:
        for number in range(packages):
            contents = {
                f"p{number}/m{file}.py": f"x = {random.randbytes(size // 2).hex()!r}\n"
                for file in range(files)
            }
            more = {random.randrange(number + 1, packages + 1) for _ in range(2)}
            requires = [f"p{other}>=1.0,<2" for other in {number + 1, *more} if other < packages]
            release = make_release(f"p{number}", "1.0", contents, requires)
            index.add_release(release, pack(release))
        channel.send(index.simple)
        channel.poll(None)


def measure(command: list[str], environ: dict[str, str]) -> tuple[float, float]:
    """Run `command`. Return wall seconds, and peak memory in MB of its largest process."""
    start = time.perf_counter()
    child = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--packages", type=int, default=200)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--size", type=int, default=1024, help="bytes of a file")
    options = parser.parse_args()
    print(f"files a package {options.files}, bytes a file {options.size}")
    print("| packages | what | seconds | peak MB |")
    print("|---|---|---|---|")
    for packages in sorted({max(1, options.packages // 10), options.packages}):
        channel, other_end = multiprocessing.Pipe()
        server = multiprocessing.Process(
            target=serve, args=(packages, options.files, options.size, other_end)
        )
        server.start()
        url = channel.recv()
        try:
            with tempfile.TemporaryDirectory() as name:
                for what, seconds, memory in run(url, Path(name)):
                    print(f"| {packages} | {what} | {seconds:.2f} | {memory:.0f} |")
        finally:
            channel.send("done")
            server.join()


def run(url: str, directory: Path) -> list[tuple[str, float, float]]:
    """Return (what, seconds, MB) of each way to install into `directory`."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PIP_CONFIG_FILE": os.devnull}
    tool, lib = [sys.executable, "-m", "sdist_upip"], directory / "lib"
    cache = ["--cache-dir", str(directory / "cache")]
    install = [*tool, "install", "-p", str(lib), "-i", url, *cache, "p0"]
    rows = [("list", *measure([*tool, "list", "-p", str(lib)], environ))]
    rows.append(("install", *measure(install, environ)))
    shutil.rmtree(lib)
    rows.append(("again", *measure(install, environ)))
    subprocess.run(
        [*tool, "device", "-p", directory / "upip", "--cpython", "--no-index"],
        check=True,
        env=environ,
        stdout=subprocess.DEVNULL,
    )
    upip = [sys.executable, str(directory / "upip" / "upip.py"), "install", "-i", url, "p0"]
    rows.append(("upip", *measure([*upip, "-p", str(directory / "lib2")], environ)))
    return rows


if __name__ == "__main__":
    main()

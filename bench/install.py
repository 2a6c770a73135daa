"""`sdist-upip install`, uv and pip from a loopback index: seconds and peak memory, side by side.

    python bench/install.py [--packages N] [--files N] [--size BYTES] [--runs N] [--delay MS]

Each package requires the next one and one or two more, so that all are found one after the other.
uv and pip install wheels with the same files, and sdist-upip device archives. nginx serves them if
it is installed, else the server of the tests. With `--delay` that server is used, and each request
takes so many milliseconds. Pages may be used again for ten minutes, as those of PyPI.

"cold" has an empty cache, "warm" has all pages and archives in the cache, "nothing to do" has all
packages installed, and "upip" is the device's upip on this Python. Figures are of whole processes:
the least and the median of the runs, which take turns, and the ratio of the least one to that of uv
with an empty cache. Every run has new directories, because some file systems create files slowly
where many were deleted. Needs the extra test.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path

from static_index import write_index

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.static_server import StaticServer  # noqa: E402

ENVIRON = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPATH": str(ROOT / "src"),
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
TOOL = [sys.executable, "-m", "sdist_upip"]
NGINX = """
daemon off; master_process off; pid {0}/pid; error_log {0}/errors;
events {{ worker_connections 512; }}
http {{
    access_log off; types {{ text/html html; }} default_type application/octet-stream;
    keepalive_requests 1000000; client_body_temp_path {0}/1; proxy_temp_path {0}/2;
    fastcgi_temp_path {0}/3; uwsgi_temp_path {0}/4; scgi_temp_path {0}/5;
    add_header Cache-Control "max-age=600";
    server {{ listen 127.0.0.1:{1}; root {2}; index index.html; }}
}}
"""


@dataclass
class Row:
    """One way to install: a function of a new directory to the command, after what it prepares."""

    name: str
    prepare: Callable[[Path], list[object]]
    seconds: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def run(self, directory: Path) -> None:
        """Run the command once, and record wall seconds and the MB of its largest process."""
        directory.mkdir()
        command = list(map(str, self.prepare(directory)))
        start = time.perf_counter()
        with (directory / "errors").open("wb") as errors:
            child = subprocess.Popen(
                command, env=ENVIRON, cwd=directory, stdout=subprocess.DEVNULL, stderr=errors
            )
            _, status, usage = os.wait4(child.pid, 0)
        self.seconds.append(time.perf_counter() - start)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)}: {(directory / 'errors').read_text()}")
        self.memory.append(usage.ru_maxrss / 1024)


def serve(directory: Path, delay: float, channel: Connection) -> None:
    """Serve a directory until the channel closes. Send its URL first."""
    headers = {"Cache-Control": "max-age=600"}
    with StaticServer(directory, delay=delay, headers=headers) as server:
        channel.send(server.url)
        channel.poll(None)


@contextmanager
def serving(directory: Path, delay: float) -> Iterator[str]:
    """Have the URL of a directory that is served, in the context."""
    nginx = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
    if nginx and not delay:
        own = directory.with_name("nginx")
        own.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        (own / "conf").write_text(NGINX.format(own, port, directory))
        server = subprocess.Popen([nginx, "-c", own / "conf"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()
        return
    if not delay:
        print("nginx is not installed: a server in Python is used, which is slower.\n")
    channel, other_end = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(directory, delay, other_end))
    process.start()
    try:
        yield channel.recv()
    finally:
        channel.send("done")
        process.join()


def make_rows(url: str, directory: Path) -> list[Row]:
    """Return the ways to install p0 with all that it requires."""
    source = ("-i", f"{url}/simple/")
    uv = shutil.which("uv", path=f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}")

    def install(place: Path, cache: Path) -> list[object]:
        return [*TOOL, "install", "-p", place / "lib", *source, "--cache-dir", cache, "p0"]

    def peer(tool: str, place: Path, cache: Path) -> list[object]:
        command = [uv, "pip"] if tool == "uv" else [sys.executable, "-m", "pip"]
        command += ["install", "-q", "--target", place / "lib", "--cache-dir", cache]
        return [*command, "--index-url", f"{url}/wheels/", "p0"]

    def warm(name: str, tool: Callable[[Path, Path], list[object]]) -> Row:
        cache = directory / f"{name}-cache"
        Row(name, lambda place: tool(place, cache)).run(directory / f"{name}-first")
        return Row(f"{name}, warm", lambda place: tool(place, cache))

    def nothing(place: Path) -> list[object]:
        return install(directory / "sdist-upip-first", directory / "sdist-upip-cache")

    def upip(place: Path) -> list[object]:
        return [sys.executable, directory / "upip/upip.py", "install", *source, "p0", "-p", place]

    rows = []
    for name in ("uv", "pip"):
        if not (uv if name == "uv" else find_spec("pip")):
            print(f"{name} is not installed, so its rows are left out.\n")
            continue
        tool = partial(peer, name)
        rows.append(Row(f"{name}, cold", lambda place, tool=tool: tool(place, place / "cache")))
        rows.append(warm(name, tool))
    device = [*TOOL, "device", "-p", directory / "upip", "--cpython", "--no-index"]
    subprocess.run(device, check=True, env=ENVIRON, stdout=subprocess.DEVNULL)
    return [
        *rows,
        Row("sdist-upip, cold", lambda place: install(place, place / "cache")),
        warm("sdist-upip", install),
        Row("sdist-upip, nothing to do", nothing),
        Row("upip", upip),
    ]


def make_starts(directory: Path, filled: Path) -> list[Row]:
    """Return the commands that need no network; `filled` has 20 packages."""
    return [
        Row("python -c pass", lambda place: [sys.executable, "-c", "pass"]),
        Row("sdist-upip --version", lambda place: [*TOOL, "--version"]),
        Row("sdist-upip list, no packages", lambda place: [*TOOL, "list", "-p", place]),
        Row("sdist-upip list, 20 packages", lambda place: [*TOOL, "list", "-p", filled]),
    ]


def measure(title: str, rows: list[Row], directory: Path, runs: int) -> None:
    """Run all rows in turns, and print their table."""
    for number in range(runs):
        for place, row in enumerate(rows):
            row.run(directory / f"run-{place}-{number}")
    base = next((min(row.seconds) for row in rows if row.name == "uv, cold"), None)
    print(f"| {title} | least s | median s | ratio to uv | peak MB |")
    print("|---|---|---|---|---|")
    for row in rows:
        least = min(row.seconds)
        ratio = f"{least / base:.2f}" if base else ""
        median = statistics.median(row.seconds)
        print(f"| {row.name} | {least:.3f} | {median:.3f} | {ratio} | {max(row.memory):.0f} |")
    print()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--packages", type=int, default=200)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--size", type=int, default=1024, help="bytes of a file")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--delay", type=float, default=0, help="milliseconds of each request")
    options = parser.parse_args()
    print(
        f"files a package {options.files}, bytes a file {options.size}, runs {options.runs}, "
        f"delay of a request {options.delay:g} ms\n"
    )
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        for packages in sorted({max(1, options.packages // 10), options.packages}):
            directory = base / str(packages)
            write_index(directory / "index", packages, options.files, options.size)
            with serving(directory / "index", options.delay / 1000) as url:
                rows = make_rows(url, directory)
                measure(f"{packages} packages", rows, directory, options.runs)
            if packages == max(1, options.packages // 10):
                starts = make_starts(directory, directory / "sdist-upip-first/lib")
                (directory / "starts").mkdir()
                measure("start", starts, directory / "starts", options.runs)


if __name__ == "__main__":
    main()

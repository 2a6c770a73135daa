"""upip compared with stock mip: time over loopback, and the least heap for the same files.

    MICROPYTHON=/opt/micropython-1.28-m32 python bench/upip.py [--runs N] [--row WORD]

MICROPYTHON names executables of the unix port with mip frozen in. The package is 60 KB in 20 files
of real Python. Its index page lists 500 releases. Times are the least of the runs, which take
turns. The heap is MicroPython's own. On the unix port, mbedtls allocates from C, while boards have
one heap for all. --row measures only the rows with this word. Needs the extras test and mpy.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from sdist_upip.board.device_files import compile_modules, read_device_modules  # noqa: E402
from sdist_upip.release import Release  # noqa: E402
from support.archives import make_archive, make_release, pack  # noqa: E402
from support.index_server import Index, Reply  # noqa: E402
from support.pax_archives import make_pax_archive, make_sdist  # noqa: E402

FILES, SIZE, RELEASES = 20, 3072, 500
CHAIN = 20
STEP = 256


@dataclass(frozen=True)
class Contender:
    """One way to install the package: the files of the board, and the arguments of MicroPython."""

    name: str
    files: Mapping[str, bytes]
    arguments: tuple[str, ...]

    def run(self, program: str, heap: int | None = None) -> tuple[float, float] | None:
        """Return wall and CPU time in seconds, None after a failure."""
        options = [] if heap is None else ["-X", f"heapsize={heap}"]
        with tempfile.TemporaryDirectory() as name:
            board = Path(name)
            for path, data in self.files.items():
                (board / path).write_bytes(data)
            start = time.perf_counter()
            child = subprocess.Popen(
                [program, *options, *self.arguments],
                cwd=board,
                env={"MICROPYPATH": ":.frozen"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            done = all((board / f"lib/big/m{i}.py").is_file() for i in range(FILES))
            complete = done and (board / f"lib/big/m{FILES - 1}.py").stat().st_size == SIZE
            return (wall, usage.ru_utime + usage.ru_stime) if complete else None

    def least_heap(self, program: str) -> int:
        """Return the least heap that is enough, in bytes, accurate to STEP bytes."""
        low, high = 4 * 1024, 512 * 1024
        while high - low > STEP:
            middle = (low + high) // 2 // 64 * 64
            if self.run(program, middle):
                high = middle
            else:
                low = middle
        return high


def make_package() -> Release:
    """Return the package, built from sources of the standard library."""
    text = b"".join(path.read_bytes() for path in sorted(Path(ssl.__file__).parent.glob("a*.py")))
    files = {f"big/m{i}.py": text[i * SIZE : (i + 1) * SIZE] for i in range(FILES)}
    return make_release("big", f"{RELEASES - 1}.0", files)


def add_releases(index: Index, name: str, data: bytes) -> None:
    """Add `data` as the newest of 500 releases."""
    for number in range(RELEASES):
        index.add(f"{name}-{number}.0.tar.gz", data if number == RELEASES - 1 else b"old")


def fill(index: Index, package: Release) -> None:
    """Add the package to `index` for upip, with and without older releases, and for mip."""
    add_releases(index, "big", pack(package))
    only = (index.page("big") or b"").rpartition(b"<a ")[2]
    index.replies["/one/big/"] = Reply(b"<a " + only.replace(b"../..", index.url().encode()))
    hashes = []
    for member in package:
        if member.path != "PKG-INFO":
            digest = hashlib.sha256(member.data).hexdigest()[:8]
            hashes.append([member.path, digest])
            index.replies[f"/mip/file/{digest[:2]}/{digest}"] = Reply(member.data)
    page = json.dumps({"v": 1, "version": package.version, "hashes": hashes}).encode()
    index.replies["/mip/package/py/big/latest.json"] = Reply(page)


def add_dependents(index: Index) -> None:
    """Add packages that require the package, and a chain of packages that ends in it."""
    index.add("one-1.0.tar.gz", make_archive("one", "1.0", None, ["big"]))
    add_releases(index, "many", make_archive("many", f"{RELEASES - 1}.0", None, ["big"]))
    for number in range(CHAIN - 1):
        needed = f"link{number + 1}" if number < CHAIN - 2 else "big"
        name = f"link{number}"
        index.add(f"{name}-1.0.tar.gz", make_archive(name, "1.0", None, [needed]))


def add_others(index: Index, package: Release) -> None:
    """Add the package as other tools write it."""
    files = {member.path: member.data for member in package if member.path != "PKG-INFO"}
    add_releases(index, "ordinary", make_sdist("ordinary", f"{RELEASES - 1}.0", files))
    add_releases(index, "pax", make_pax_archive(make_release("pax", f"{RELEASES - 1}.0", files)))


def contenders(plain: Index, secure: Index, root: bytes) -> list[Contender]:
    """Return every way to install, those of upip first."""
    source = read_device_modules()
    compiled = compile_modules(source, "1.28")
    certified = {**compiled, "upip_ca.der": root}

    def call(url: str, name: str = "big") -> tuple[str, ...]:
        return "-c", f"import upip; upip.install({name!r}, 'lib', [{url!r}])"

    line = ("-m", "upip", "install", "-p", "lib", "-i", plain.simple, "big")
    mip = f"import mip; mip.install('big', {plain.url('/mip')!r}, 'lib', mpy=False)"
    return [
        Contender("upip.mpy, HTTP", compiled, call(plain.simple)),
        Contender("the same as a dependency", compiled, call(plain.simple, "one")),
        Contender("of a package with 500 releases", compiled, call(plain.simple, "many")),
        Contender(f"the same in a chain of {CHAIN}", compiled, call(plain.simple, "link0")),
        Contender("the same with -m upip", compiled, line),
        Contender("upip.py, HTTP", source, call(plain.simple)),
        Contender("upip.mpy, HTTPS verified", certified, call(secure.simple)),
        Contender("upip.mpy, HTTP, 1 release", compiled, call(plain.url("/one/"))),
        Contender("PAX headers, 4 KiB", compiled, call(plain.simple, "pax")),
        Contender("ordinary sdist, 32 KiB", compiled, call(plain.simple, "ordinary")),
        Contender("mip frozen, HTTP", {}, ("-c", mip)),
    ]


def main() -> None:
    """Print a table for each executable."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--row", default="")
    options = parser.parse_args()
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    root = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    package = make_package()
    with Index() as plain, Index(context) as secure:
        fill(plain, package)
        add_dependents(plain)
        add_others(plain, package)
        fill(secure, package)
        for program in filter(None, os.environ.get("MICROPYTHON", "").split(os.pathsep)):
            ways = [way for way in contenders(plain, secure, root) if options.row in way.name]
            times: dict[str, list[tuple[float, float]]] = {way.name: [] for way in ways}
            for _ in range(options.runs):
                for way in ways:
                    times[way.name] += filter(None, [way.run(program)])
            print(f"\n{program}\n{'':31}  wall ms   CPU ms   heap KB")
            for way in ways:
                if not times[way.name]:  # this build has no TLS, or no mip
                    print(f"{way.name:31} {'-':>8} {'-':>8} {'-':>9}")
                    continue
                wall, cpu = (min(column) * 1000 for column in zip(*times[way.name], strict=True))
                heap = way.least_heap(program) / 1024
                print(f"{way.name:31} {wall:8.1f} {cpu:8.1f} {heap:9.1f}")


if __name__ == "__main__":
    main()

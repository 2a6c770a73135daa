"""Pages that are large, or that take a hundred times their size to parse: memory stays small."""

import json
import sys
import zlib
from dataclasses import asdict
from functools import cache

import pytest

from support.archives import make_archive
from support.index_server import Reply
from support.install_runs import ask_once
from support.warm_python import run_warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc has the peak of the memory")

JSON = "application/vnd.pypi.simple.v1+json"
RUN = """
import json, re, resource, sys
from contextlib import nullcontext
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from sdist_upip.cli.main import main
from sdist_upip.index import pip_settings
settings = json.loads(sys.argv[2])
answer = pip_settings.PipSettings(**settings)
pip_settings.asking_pip = lambda: nullcontext(lambda: answer)
code = main(["install", "-p", "lib", "-i", sys.argv[1], "x"])
print(code, 1024 * int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]))
"""


@cache
def compress_zeros():
    """Return 1 GB of zeros as gzip, in few bytes."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    return b"".join(compressor.compress(piece) for _ in range(1000)) + compressor.flush()


def filled(item, size=6_000_000):
    return item * (size // len(item))


PAGES = {
    "tags": (filled(b"<a "), {}),
    "attributes": (b"<a " + filled(b"b "), {}),
    "values": (b"<a " + filled(b"b='>' "), {}),
    "comments": (filled(b"<!--"), {}),
    "sections": (filled(b"<![CDATA["), {}),
    "instructions": (filled(b"<?"), {}),
    "script": (b"<script>" + filled(b"</scrip "), {}),
    "references": (filled(b"&amp"), {}),
    "links": (filled(b"<a href=x-1.zip>"), {}),
    "objects": (b'{"files":[' + filled(b"{},") + b"0]}", {"Content-Type": JSON}),
    "arrays": (filled(b"["), {"Content-Type": JSON}),
    "strings": (b'{"files":[' + filled(b'"ab",') + b"0]}", {"Content-Type": JSON}),
    "gzip": (compress_zeros, {"Content-Encoding": "gzip"}),
    "gzip of gzip": (compress_zeros, {"Content-Encoding": "gzip, gzip"}),
    "brotli": (b"", {"Content-Encoding": "br"}),
}


@pytest.fixture
def run(tmp_path, own_pip, own_network):
    """A function that installs x, and returns the exit code, the error and the peak in bytes."""

    settings = json.dumps(asdict(ask_once("")))

    def run(url):
        result = run_warm("-c", RUN, url, settings, cwd=tmp_path)
        assert result.returncode == 0, result
        code, peak = map(int, result.stdout.splitlines()[-1].split())
        return code, result.stderr, peak

    return run


@pytest.mark.parametrize("kind", PAGES)
def test_memory_is_a_small_multiple_of_the_page(kind, index, run):
    body, headers = PAGES[kind]
    if callable(body):
        body = body()
    index.replies["/simple/x/"] = Reply(body, headers={"Content-Type": "text/html", **headers})
    code, error, peak = run(index.simple)
    assert code == 1
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert peak < 250_000_000


@pytest.mark.parametrize("as_json", [False, True])
def test_a_page_of_forty_megabytes_is_read(as_json, index, run, tmp_path):
    path = index.add("x-1.0.tar.gz", make_archive("x", "1.0"))
    digest = index._files["x"][0].sha256
    files = [(f"0.{number}", digest[::-1], "o" * 450) for number in range(60_000)]
    if as_json:
        entries = [
            {
                "filename": f"x-{version}.tar.gz",
                "url": f"https://files.test/{more}/x-{version}.tar.gz",
                "hashes": {"sha256": sha256},
                "requires-python": ">=3.4",
                "yanked": False,
            }
            for version, sha256, more in files
        ]
        last = {"filename": "x-1.0.tar.gz", "url": path, "hashes": {"sha256": digest}}
        body = json.dumps({"meta": {"api-version": "1.0"}, "files": [*entries, last]}).encode()
    else:
        lines = [
            f'<a href="https://files.test/{more}/x-{version}.tar.gz#sha256={sha256}" '
            f'data-requires-python="&gt;=3.4">x-{version}.tar.gz</a><br />\n'
            for version, sha256, more in files
        ]
        body = "".join([*lines, f"<a href={path}#sha256={digest}>"]).encode()
    assert 35_000_000 < len(body) < 64 << 20
    kind = JSON if as_json else "text/html"
    index.replies["/simple/x/"] = Reply(body, headers={"Content-Type": kind})
    code, error, peak = run(index.simple)
    assert (code, error) == (0, "")
    assert peak < 8 * len(body)

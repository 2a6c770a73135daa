"""upip's command line over real sockets and TLS: on the unix port of MicroPython and CPython."""

import os
import ssl
import subprocess

import pytest
import trustme

from micropython import Unsupported
from support.archives import make_release, pack
from support.index_server import Index, Reply
from support.trees import read_tree
from support.upip_device import upip_files


@pytest.fixture
def line(executable, tmp_path):
    """Runs `-m upip` as a process of its own, in a directory with upip's modules."""
    for path, data in upip_files().items():
        (tmp_path / path).write_bytes(data)

    def run(*arguments, expect=0):
        process = subprocess.run(
            [executable.program, "-m", "upip", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "MICROPYPATH": ".frozen", "PYTHONPATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert process.returncode == expect, process.stdout + process.stderr
        return process.stdout + process.stderr

    return run


@pytest.fixture
def lib(tmp_path):
    return tmp_path / "new" / "lib"


def fill(index):
    for name, version, requires in (
        ("app", "1.0", ["dep>=1,<2"]),
        ("dep", "1.5", []),
        ("dep", "2.0", []),
    ):
        release = make_release(name, version, None, requires)
        index.add_release(release, pack(release))


def test_the_command_line_over_http(line, lib):
    with Index() as index:
        fill(index)
        line("install", "-p", lib, "-i", index.simple, "app")
    assert line("list", "-p", lib) == "app 1.0\ndep 1.5\n"
    line("uninstall", "-p", lib, "app", "dep")
    assert read_tree(lib) == {}
    assert "Error: gone is not installed" in line("uninstall", "-p", lib, "gone", expect=1)
    assert "Use -h for help" in line("install", "-p", lib, expect=2)


def test_tls_is_verified(line, executable, lib, tmp_path):
    tls = executable.identity.tls
    if tls != "verifies":
        refused = {"blind": "cannot verify certificates", "none": "has no TLS"}[tls]
        address = "https://localhost:1/simple"
        (tmp_path / "upip_ca.der").write_bytes(b"0")
        assert refused in line("install", "-p", lib, "-i", address, "app", expect=1)
        return
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    roots = {"right": authority, "wrong": trustme.CA()}
    for name, ca in roots.items():
        der = ssl.PEM_cert_to_DER_cert(ca.cert_pem.bytes().decode())
        (tmp_path / f"{name}.der").write_bytes(der)
    with Index(context) as index:
        fill(index)
        options = ["install", "-p", lib, "-i", index.simple, "app"]
        assert "no root certificate" in line(*options, expect=1)
        assert "request to localhost failed (certificate not trusted" in line(
            *options, "--cafile", "wrong.der", expect=1
        )
        elsewhere = ["install", "-p", lib, "-i", index.url("/simple/", host="127.0.0.1"), "app"]
        assert "request to 127.0.0.1 failed (certificate not trusted" in line(
            *elsewhere, "--cafile", "right.der", expect=1
        )
        assert index.requests == []
        assert read_tree(lib) == {}
        line(*options, "--cafile", "right.der")
        assert line("list", "-p", lib) == "app 1.0\ndep 1.5\n"
        line("uninstall", "-p", lib, "app")
        (tmp_path / "upip_ca.der").write_bytes((tmp_path / "right.der").read_bytes())
        assert "no root certificate in" in line(*options, "--cafile", "gone.der", expect=1)
        line(*options)
        line("uninstall", "-p", lib, "app")
        (tmp_path / "upip_ca.der").unlink()
        lib.joinpath("upip_ca.der").write_bytes((tmp_path / "right.der").read_bytes())
        line(*options)


def test_insecure_tls_warns(line, executable, lib):
    if executable.identity.tls == "none":
        raise Unsupported(f"this {executable.identity} has no TLS")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:AES128-SHA256")
    key_type = trustme.KeyType.RSA  # all that axTLS knows, the TLS of 1.19
    authority = trustme.CA(key_type=key_type)
    authority.issue_cert("localhost", key_type=key_type).configure_cert(context)
    with Index(context) as index:
        fill(index)
        output = line("install", "-p", lib, "--insecure", "-i", index.simple, "dep==2.0")
    assert "Warning: certificates are not verified" in output
    assert line("list", "-p", lib) == "dep 2.0\n"


def test_cut_and_stalled_connections(line, lib):
    with Index() as index:
        release = make_release("x", "1", {"x.bin": os.urandom(3000)})
        data = pack(release)
        path = index.add_release(release, data)
        for framing in ("length", "chunked", "close"):
            for cut in (0, 512, 2048):
                index.replies[path] = Reply(data, framing=framing, cut=cut)
                output = line("install", "-p", lib, "-i", index.simple, "x", expect=1)
                assert "Error: nothing is installed: x: " in output
                assert read_tree(lib) == {}
        index.replies[path] = Reply(data, pause=1.3, cut=512)
        output = line("install", "-p", lib, "-i", index.simple, "--timeout", "1", "x", expect=1)
        assert "connection lost" in output
        index.replies[path] = Reply(b"", 302, {"Location": "/elsewhere"})
        index.replies["/elsewhere"] = Reply(data, framing="chunked")
        line("install", "-p", lib, "-i", index.simple, "x")
        assert len(read_tree(lib)["x.bin"]) == 3000

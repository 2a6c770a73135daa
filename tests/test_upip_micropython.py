"""upip in real interpreters: over a transport where there are no sockets, and over sockets."""

import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from archives import header, make_archive, make_release, member, pack, raw_archive, stored_gzip
from conftest import read_tree
from index_server import Index
from micropython import EXECUTABLES
from sdist_upip.tar import write_tar
from upip_device import upip_files

TRANSPORT = """
import upip

def transport(url):
    try:
        return open("net/" + url.partition("//")[2].rstrip("/"), "rb")
    except OSError:
        return None

def install(*packages, **options):
    try:
        upip.install(list(packages), path="lib", transport=transport, **options)
    except upip.Error as e:
        print("Error:", e)
"""
INDEX = "http://x/simple"


def offer(files, name, version, *requires, contents=None, data=None):
    """Add a release to the files that the transport finds: page and archive."""
    release = make_release(name, version, contents, requires)
    data = data or pack(release)
    page = f"net/x/simple/{name}"
    with Index() as index:
        index.add_release(release, data)
        anchor = index.page(name)
    files[page] = files.get(page, b"") + anchor.replace(b"../../files", b"http://x/files")
    files[f"net/x/files/{release.root}.tar.gz"] = data


def below_lib(outcome):
    return {
        path.removeprefix("lib/"): data
        for path, data in outcome.files.items()
        if path.startswith("lib/")
    }


@pytest.fixture
def board():
    """upip's files, and an index with an application that needs ranges, extras and markers."""
    files = upip_files()
    contents = {"app/__init__.py": "import dep\n", "app/d/x.bin": bytes(range(256)) * 9}
    offer(
        files, "app", "1.0", "dep>=1.0,<2", "net[tls]; implementation_name != ''", contents=contents
    )
    offer(files, "app", "0.9")
    for version in ("0.9", "1.2", "1.10", "2.0"):
        offer(files, "dep", version)
    offer(files, "net", "3", "tls==1; extra == 'tls'", "never; sys_platform == 'none'")
    offer(files, "tls", "1")
    return files


EXPECTED = {
    *(".upip/app", ".upip/dep", ".upip/net", ".upip/tls"),
    *("app/__init__.py", "app/d/x.bin", "dep.py", "net.py", "tls.py"),
}


def test_an_application_and_its_needs(interpreter, board):
    code = TRANSPORT + f"install('app', index_urls={INDEX!r})\nprint(upip.list('lib'))\n"
    outcome = interpreter.run(code, board)
    listed = "[('app', '1.0'), ('dep', '1.10'), ('net', '3'), ('tls', '1')]"
    assert outcome.lines[-1] == listed, outcome.stdout
    tree = below_lib(outcome)
    assert set(tree) == EXPECTED
    assert tree["app/d/x.bin"] == bytes(range(256)) * 9


def test_every_interpreter_writes_the_same_tree(board, interpreter, upip, tmp_path):
    """The record and the files are those that CPython in this process writes."""
    folder = tmp_path / "archives"
    folder.mkdir()
    for path, data in board.items():
        if path.startswith("net/x/files/"):
            (folder / path.rpartition("/")[2]).write_bytes(data)
    upip.install("app", str(tmp_path / "lib"), index_urls=str(folder))
    code = TRANSPORT + f"install('app', index_urls={INDEX!r})\n"
    assert below_lib(interpreter.run(code, board)) == read_tree(tmp_path / "lib")


def test_what_was_installed_imports_upgrades_and_goes(interpreter, board):
    code = (
        TRANSPORT
        + f"""
import sys
install("dep<1.10", index_urls={INDEX!r})
sys.path.append("lib")
import dep
print(dep.version)
install("dep", index_urls={INDEX!r})
install("dep", index_urls={INDEX!r})
print(upip.list("lib"))
upip.uninstall("dep", "lib")
print(upip.list("lib"))
try:
    upip.uninstall("dep", "lib")
except upip.Error as e:
    print(e)
"""
    )
    outcome = interpreter.run(code, board)
    assert outcome.lines == [
        "Installing to: lib/",
        "Installing dep 1.2 from http://x/files/dep-1.2.tar.gz",
        "1.2",
        "Installing to: lib/",
        "Installing dep 2.0 from http://x/files/dep-2.0.tar.gz",
        "Installing to: lib/",
        "dep 2.0 is installed",
        "[('dep', '2.0')]",
        "[]",
        "dep is not installed in lib",
    ]
    assert below_lib(outcome) == {}


def test_modules_are_dropped_after_use(interpreter, board):
    code = TRANSPORT + (
        f"install('app', index_urls={INDEX!r})\n"
        "import sys\nprint(sorted(name for name in sys.modules if name[:5] == 'upip_'))\n"
    )
    lines = interpreter.run(code, board).lines
    assert lines[-1] in ("[]", "['upip_cpython']")


def refusals():
    """Yield (name, archive, what the message tells)."""
    good = member("x-1/x.py", b"good")
    noise = os.urandom(9000)
    release = make_release("x", "1", {"x.bin": noise, "y.bin": noise})
    yield "up", raw_archive(good, member("x-1/../e.py", b"evil")), "file name"
    yield "absolute", raw_archive(good, member("/e.py", b"evil")), "file name"
    yield "backslash", raw_archive(good, member("x-1/a\\e.py", b"evil")), "file name"
    yield "link", raw_archive(good, member("x-1/l", kind=b"2")), "no plain file"
    yield "pax", raw_archive(good, member("x-1/p", b"x", b"x")), "no plain file"
    yield "size", raw_archive(good, header(b"x-1/z", 9999)), "damaged"
    yield "base256", raw_archive(good, header(b"x-1/z", size_field=b"\x80" * 12)), "broken header"
    yield "window", stored_gzip(write_tar("x-1", release.members)), "window exceeds 4096"
    yield "src", raw_archive(good, member("x-1/src/x.py")), "it has src"
    yield "pyproject", raw_archive(good, member("x-1/pyproject.toml")), "it has pyproject"
    yield "setup", raw_archive(good, member("x-1/setup.py", b"import setuptools")), "setup.py"
    yield "html", b"<html>", "no gzip"
    yield "cut", make_archive("x", "1")[:-9], "damaged"
    yield "twice", raw_archive(good, good), "would replace"


def test_every_refusal_leaves_nothing(interpreter):
    files = upip_files()
    code = TRANSPORT
    expected = []
    for name, data, match in refusals():
        files[f"{name}/x-1.tar.gz"] = data
        code += f"install('{name}/x-1.tar.gz')\n"
        expected.append(match)
    outcome = interpreter.run(code, files)
    errors = [line for line in outcome.lines if line.startswith("Error:")]
    assert len(errors) == len(expected), outcome.stdout
    for line, match in zip(errors, expected, strict=True):
        # zlib has a little more than the window, which noise of 9000 bytes exceeds as well.
        assert match in line
    assert below_lib(outcome) == {}


FLIPS = """
import upip_store

right = None
original = open("x-1.tar.gz", "rb").read()
passed = 0
for position in range(len(original)):
    broken = bytearray(original)
    broken[position] ^= 1 << position % 8
    with open("t/x-1.tar.gz", "wb") as f:
        f.write(broken)
    try:
        upip.install("t/x-1.tar.gz", path="lib")
    except upip.Error:
        assert not upip_store.kind("lib/.upip") and not upip_store.kind("lib/x.py"), position
        continue
    with open("lib/x.py", "rb") as f:
        assert f.read() == b"print('hello')\\n" * 9, position
    passed += 1
    upip.uninstall("x", "lib")
print()
print("passed", passed)
"""


def test_every_flipped_byte_is_found_or_harmless(micropython):
    files = upip_files()
    files["x-1.tar.gz"] = data = make_archive("x", "1", {"x.py": b"print('hello')\n" * 9})
    files["t/"] = b""
    outcome = micropython.run("import upip\n" + FLIPS, files, timeout=120)
    passed = int(outcome.lines[-1].removeprefix("passed "))
    assert 6 <= passed < len(data) // 8


CUTS = """
import os
import upip, upip_store

class Cut(BaseException):
    pass

class Os:
    # Stands in for os: cuts the power at one call that changes the file system, and stays dark.
    limit = calls = 0

    def __getattr__(self, name):
        function = getattr(os, name)
        if name not in ("mkdir", "rmdir", "remove", "rename", "replace"):
            return function

        def call(*arguments):
            if self.limit >= 0:
                self.calls += 1
                if self.calls > self.limit:
                    raise Cut
            return function(*arguments)

        return call

def read(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return None

def state():
    return [read("lib/" + path) for path in ("a.py", "d/old.py", "d/new.py", "n/x.py")]

import sys
cut = Os()
def patched():
    sys.modules.pop("upip_store", None)
    import upip_store
    upip_store.os = cut
    if hasattr(os, "replace"):
        upip_store._rename = cut.replace
    else:
        upip_store._rename = cut.rename
    upip._forget = lambda *names: None

limit = 0
news = []
while True:
    cut.limit = -1
    patched()
    upip.install("1/x-1.tar.gz", path="lib")
    old = state()
    cut.limit, cut.calls = limit, 0
    done = False
    try:
        upip.install("2/x-2.tar.gz", path="lib")
        done = True
    except Cut:
        pass
    cut.limit = -1
    version = upip.list("lib")[0][1]
    found = state()
    assert found == (old if version == "1" else ["2", None, "2", "2"]), (limit, version, found)
    assert os.listdir("lib/.upip") == ["x"], os.listdir("lib/.upip")
    news.append(version)
    if done:
        break
    limit += 1
print("cuts", limit, news == sorted(news), news[0], news[-1])
"""


def test_power_cuts_on_real_file_systems(interpreter):
    files = upip_files()
    old = {"a.py": "1", "d/old.py": "1"}
    new = {"a.py": "2", "d/new.py": "2", "n/x.py": "2"}
    files["1/x-1.tar.gz"] = make_archive("x", "1", old)
    files["2/x-2.tar.gz"] = make_archive("x", "2", new)
    last = interpreter.run(CUTS, files).lines[-1].split()
    assert last[0] == "cuts"
    assert int(last[1]) > 6
    assert last[2:] == ["True", "1", "2"]


def test_the_command_line_with_a_folder_of_archives(interpreter, board):
    """`-m upip`, wherever the interpreter runs: in Node the harness stands in for -m."""
    files = {path: data for path, data in board.items() if not path.startswith("net/")}
    for path, data in board.items():
        if path.startswith("net/x/files/"):
            files[path.replace("net/x/files", "archives")] = data
    outcome = interpreter.run_module(
        "upip", files, "install", "-p", "lib", "-i", "archives", "app<=1.0", "net~=3.0"
    )
    assert outcome.exit_code == 0, outcome.stdout + outcome.stderr
    assert set(below_lib(outcome)) == EXPECTED
    outcome = interpreter.run_module(
        "upip", files, "install", "-p", "lib", "-i", "archives", "gone"
    )
    assert outcome.exit_code == 1
    assert "nothing is installed: gone: no .tar.gz of it in archives" in (
        outcome.stdout + outcome.stderr
    )
    outcome = interpreter.run_module("upip", files, "install", "--nonsense")
    assert outcome.exit_code == 2


# --- over sockets: the unix port and CPython ---

PROGRAMS = [*EXECUTABLES, Path(sys.executable)]


@pytest.fixture(params=PROGRAMS, ids=[path.name for path in PROGRAMS])
def line(request, tmp_path):
    """Runs `-m upip` as a process of its own, in a folder with upip's modules."""
    for path, data in upip_files().items():
        (tmp_path / path).write_bytes(data)

    def run(*arguments, expect=0):
        process = subprocess.run(
            [request.param, "-m", "upip", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "MICROPYPATH": ".frozen", "PYTHONPATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert process.returncode == expect, process.stdout + process.stderr
        return process.stdout + process.stderr

    run.verifies = "1.19" not in request.param.name and "1.20" not in request.param.name
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
    assert "-h tells the usage" in line("install", "-p", lib, expect=2)


def test_tls_is_verified(line, lib, tmp_path):
    if not line.verifies:
        pytest.skip("MicroPython before 1.21 cannot verify certificates")
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
        assert "no answer from localhost (no trust" in line(
            *options, "--cafile", "wrong.der", expect=1
        )
        elsewhere = ["install", "-p", lib, "-i", index.url("/simple/", host="127.0.0.1"), "app"]
        assert "no answer from 127.0.0.1 (no trust" in line(
            *elsewhere, "--cafile", "right.der", expect=1
        )
        assert index.requests == []
        assert read_tree(lib) == {}
        line(*options, "--cafile", "right.der")
        assert line("list", "-p", lib) == "app 1.0\ndep 1.5\n"
        line("uninstall", "-p", lib, "app")
        (tmp_path / "upip_ca.der").write_bytes((tmp_path / "right.der").read_bytes())
        line(*options)
        line("uninstall", "-p", lib, "app")
        (tmp_path / "upip_ca.der").unlink()
        lib.joinpath("upip_ca.der").write_bytes((tmp_path / "right.der").read_bytes())
        line(*options)


def test_insecure_tls_warns(line, lib):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with Index(context) as index:
        fill(index)
        output = line("install", "-p", lib, "--insecure", "-i", index.simple, "dep==2.0")
    assert "Warning: the certificate of localhost is not verified" in output
    assert line("list", "-p", lib) == "dep 2.0\n"


def test_cut_and_stalled_connections(line, lib):
    from index_server import Reply

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
        index.replies[path] = Reply(data, pause=1.3, cut=600)
        output = line("install", "-p", lib, "-i", index.simple, "--timeout", "1", "x", expect=1)
        assert "connection broke off" in output
        index.replies[path] = Reply(b"", 302, {"Location": "/elsewhere"})
        index.replies["/elsewhere"] = Reply(data, framing="chunked")
        line("install", "-p", lib, "-i", index.simple, "x")
        assert len(read_tree(lib)["x.bin"]) == 3000

"""upip in real interpreters: over a transport where there are no sockets, and over sockets."""

import pytest

from support.archives import (
    header,
    make_archive,
    make_release,
    member,
    pack,
    raw_archive,
)
from support.index_server import Index
from support.transport import INDEX, TRANSPORT, below_lib
from support.trees import read_tree
from support.upip_device import upip_files


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
    directory = tmp_path / "archives"
    directory.mkdir()
    for path, data in board.items():
        if path.startswith("net/x/files/"):
            (directory / path.rpartition("/")[2]).write_bytes(data)
    upip.install("app", str(tmp_path / "lib"), index_urls=str(directory))
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
    """Yield (name, archive, what the message says)."""
    good = member("x-1/x.py", b"good")
    setup = member("x-1/setup.py", b"import setuptools")
    yield "up", raw_archive(good, member("x-1/../e.py", b"evil")), "bad name x-1/../e.py"
    yield "absolute", raw_archive(good, member("/e.py", b"evil")), "bad name /e.py"
    yield "backslash", raw_archive(good, member("x-1/a\\e.py", b"evil")), "bad name a\\e.py"
    yield "link", raw_archive(good, member("x-1/l", kind=b"2")), "a link is among the code: l"
    yield "pax", raw_archive(good, member("x-1/p", b"x", b"x")), "broken header of x-1/p"
    yield "size", raw_archive(good, header(b"x-1/z", 9999)), "damaged"
    yield "base256", raw_archive(good, header(b"x-1/z", size_field=b"\xff" * 12)), "broken header"
    yield "src", raw_archive(good, member("x-1/src/y.py")), "it may install x or src"
    yield "native", raw_archive(setup, good, member("x-1/x.c")), "it has C extensions: x.c"
    yield "two", raw_archive(setup, member("x-1/a.py"), member("x-1/b.py")), "a or b"
    yield "html", b"<html>", "not gzip"
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
    return [read(lib + "/" + path) for path in ("a.py", "d/old.py", "d/new.py", "n/x.py")]

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
    # Emscripten shows a replaced file again once its successor is removed.
    lib = "lib%d" % limit
    upip.install("1/x-1.tar.gz", path=lib)
    old = state()
    cut.limit, cut.calls = limit, 0
    done = False
    try:
        upip.install("2/x-2.tar.gz", path=lib)
        done = True
    except Cut:
        pass
    cut.limit = -1
    version = upip.list(lib)[0][1]
    found = state()
    assert found == (old if version == "1" else ["2", None, "2", "2"]), (limit, version, found)
    assert os.listdir(lib + "/.upip") == ["x"], os.listdir(lib + "/.upip")
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


def test_the_command_line_with_a_directory_of_archives(interpreter, board):
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
    assert "nothing is installed: gone: no .tar.gz file in archives" in (
        outcome.stdout + outcome.stderr
    )
    outcome = interpreter.run_module("upip", files, "install", "--nonsense")
    assert outcome.exit_code == 2

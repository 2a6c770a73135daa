"""`--board --romfs`: an image in the partition of a board, with mpremote's command."""

import sys

import pytest

from sdist_upip.cli.main import main
from support.archives import make_archive
from support.trees import write_tree

if sys.platform == "win32":
    pytest.skip("the unix port does not run on Windows", allow_module_level=True)

from sdist_upip.attached.rom import read_rom
from sdist_upip.attached.session import Session
from support.flash_board import FlashBoard
from support.rom_partition import SIZE, add_partition
from support.samples import PAGE_READER

READ = """
import vfs, sys
vfs.mount(vfs.VfsRom(vfs.rom_ioctl(2, 0)), "/rom")
sys.path.append("/rom/lib")
import app, os
print("~" + repr((app.__file__, app.page(), [name for name in os.listdir("/rom/lib")])))
"""
APP = {
    **PAGE_READER,
    "app/__init__.py": f"from logging import name\n{PAGE_READER['app/__init__.py']}",
}


@pytest.fixture
def call(own_pip, tmp_path, monkeypatch, capsys):
    """A function that installs for a board into `lib.romfs`, from archives."""
    monkeypatch.chdir(tmp_path)
    write_tree(
        tmp_path / "archives",
        {
            "app-1.0.tar.gz": make_archive("app", "1.0", APP, ["logging>=0.5"]),
            "logging-0.6.tar.gz": make_archive("logging", "0.6", {"logging.py": "name = 'log'\n"}),
            "large-1.0.tar.gz": make_archive("large", "1.0", {"large.bin": bytes(SIZE)}),
            "native-1.0.tar.gz": make_archive(
                "native", "1.0", {"native.mpy": bytes([0x4D, 6, 7 << 2 | 3, 31])}
            ),
        },
    )

    def call(board, *arguments):
        command = ["install", f"--board={board.device}", "--romfs", "lib.romfs"]
        code = main([*command, "-i", "archives", *arguments])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def board(unix_port, tmp_path):
    """A board without a partition."""
    with FlashBoard(unix_port.program, tmp_path / "flash.img") as board:
        yield board


def test_a_board_states_its_partition(board, unix_port):
    add_partition(board)
    rom = read_rom(board.device)
    assert (rom.port, rom.size, rom.facts.platform) == (board.device, SIZE, sys.platform)
    assert rom.facts.version[:2] == unix_port.identity.version
    with Session(board.device) as session:  # nothing of ours is left there
        (names,) = session.run("print('~' + repr(sorted(globals())))\n")
    assert "_sdist_upip" not in names


def test_an_image_is_written_and_verified(call, board, tmp_path):
    add_partition(board)
    code, out, err = call(board, "app")
    assert code == 0, err
    assert out.startswith("installed app 1.0\ninstalled logging 0.6\n")
    assert out.endswith(f"wrote lib.romfs to the board at {board.device}\n")
    assert err == "Reset the board, which mounts the image when it starts.\n"
    with Session(board.device) as session:
        (found,) = session.run(READ)
    names = ["app", "logging.mpy", "pkg_resources.mpy"]
    assert found == ("/rom/lib/app/__init__.mpy", b"a page", names)


def test_an_image_that_is_not_written_as_sent(call, board):
    add_partition(board, after="self.rom[7] = 0")
    code, _, err = call(board, "logging")
    assert code == 1
    assert "could not write the image" in err
    assert "the partition has other content than the image." in err


def test_an_error_of_mpremote_is_one_line(call, board):
    add_partition(board, after="raise OSError(5)")
    code, _, err = call(board, "logging")
    assert code == 1
    assert err.count("\n") == 1
    assert f"mpremote could not write the image to the board at {board.device}: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize("count", [None, 0])
def test_a_board_without_a_partition(call, board, tmp_path, count):
    if count is not None:
        add_partition(board, count)
    code, out, err = call(board, "app")
    assert (code, out) == (1, "")
    assert err == (
        f"error: The board at {board.device} has no partition for ROMFS. Install firmware with "
        "one, or install without --romfs.\n"
    )
    assert not (tmp_path / "lib.romfs").exists()


@pytest.mark.parametrize(
    ("package", "message"),
    [
        ("large", "more than the 8,192 of the partition."),
        ("native", "loads .mpy format 6.3 for x64, and the image requires .mpy format 6.3 for "),
    ],
)
def test_nothing_is_written_that_the_board_cannot_use(call, board, tmp_path, package, message):
    add_partition(board)
    code, out, err = call(board, package)
    assert (code, out) == (1, "")
    assert message in err
    assert not (tmp_path / "lib.romfs").exists()
    with Session(board.device) as session:
        (rom,) = session.run("import vfs\nprint('~' + repr(bytes(vfs.rom_ioctl(2, 0)[:3])))\n")
    assert rom == bytes(3)

"""The page about `--board`: its commands, one after the other, on a board behind a terminal."""

import re
import shlex
import sys
from types import SimpleNamespace

import pytest

from sdist_upip.cli.main import main
from support.archives import make_release, pack
from support.index_server import Index
from support.pages import blocks

if sys.platform == "win32":
    pytest.skip("the unix port does not run on Windows", allow_module_level=True)

from sdist_upip.attached.session import Session
from support.flash_board import FlashBoard

PAGE = "docs/how-to/install-on-a-board.md"


class Comport(SimpleNamespace):
    def __lt__(self, other):
        return self.device < other.device


def test_the_commands_of_the_page(own_pip, unix_port, tmp_path, monkeypatch, capsys):
    with Index() as index, FlashBoard(unix_port.program, tmp_path / "flash.img") as board:
        for name, version, requires in (
            ("my-app", "2.0", ["logging>=0.6"]),
            ("logging", "0.6", []),
        ):
            release = make_release(name, version, None, requires)
            index.add_release(release, pack(release))
        own_pip.write_text(f"[global]\nindex-url = {index.simple}\n")
        port = Comport(device=board.device, serial_number="1", product="Board", vid=1, pid=2)
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: [port])
        outputs = []
        for line in "".join(blocks(PAGE, "sh")).splitlines():
            words = shlex.split(line)[1:]
            with monkeypatch.context() as patch:
                if "--reset" in words:  # the unix port ends, and a board starts again
                    patch.setattr(Session, "_leave", lambda _: None)
                assert main(words) == 0, (line, capsys.readouterr().err)
            out, err = capsys.readouterr()
            assert not err or line.startswith("sdist-upip uninstall"), (line, err)
            outputs.append(out)
        assert outputs[0] == next(blocks(PAGE, "text"))
        assert re.search(r"^  /flash/lib: logging 0\.6, my-app 2\.0$", outputs[2], re.MULTILINE)
        assert "upip.mpy" in outputs[-1]
        (code,) = blocks(PAGE, "python")
        with Session(board.device) as session:
            out, error = session._exec(code)
        assert (out.strip(), error) == (b"2.0", b"")

"""A cable that is pulled at any moment of an installation, and both ways to recover."""

from __future__ import annotations

import shutil
from pathlib import Path

from sdist_upip.attached.session import Session
from sdist_upip.cli.main import main
from support.archives import make_archive
from support.flash_board import FlashBoard, read_flash
from support.upip_device import DEVICE

WAYS = ("sdist-upip", "upip")
"""Who recovers: the next command with --board, or upip on the board."""
_UPIP = ("upip.py", "upip_store.py", "upip_manage.py", "upip_req.py", "upip_version.py")
_LIST = """
import upip
upip.list()
"""


class CableCuts:
    """Upgrades two packages and installs a third, on copies of one flash with `file_system`.

    `total` is the number of bytes that the command sends and receives without a cut. The archives
    are in a directory below `scratch`.
    """

    def __init__(self, program: str | Path, scratch: Path, file_system: str) -> None:
        self._program, self._file_system = program, file_system
        self._archives = scratch / "archives"
        self._archives.mkdir()
        self._image, self._copy = scratch / "flash.img", scratch / "copy.img"
        for version in ("1.0", "2.0"):
            for name in ("a", "b"):
                self._write(
                    name, version, [f"c>={version}"] if (name, version) == ("b", "2.0") else []
                )
        self._write("c", "2.0", [])
        with self._board(self._image) as board:
            assert self.run(board, "install", "a==1.0", "b==1.0") == 0
            with Session(board.device) as session:
                for name in _UPIP:
                    data = (DEVICE / name).read_bytes()
                    list(
                        session.run(f"with open('/flash/{name}','wb') as f:\n f.write({data!r})\n")
                    )
            self.old = read_flash(board, "/flash")
        with self._fresh() as board:
            assert self.run(board, "install", "-U", "a", "b") == 0
            self.total = board.traffic
            self.new = read_flash(board, "/flash")
        assert self.old != self.new

    def cut(self, moment: int | None, way: str, mark: bytes = b"") -> str:
        """Pull the cable as `plug` does, and recover; return "old", "new" or the state."""
        with self._fresh() as board:
            board.plug(moment, mark)
            self.run(board, "install", "-U", "a", "b")
            board.plug()
            if way == "upip":
                with Session(board.device) as session:
                    list(session.run(_LIST))
            elif self.run(board, "list"):
                return "list fails"
            found = read_flash(board, "/flash")
            names = {found == self.old: "old", found == self.new: "new"}
            if True not in names:
                return f"neither: {sorted(found)}"
            assert self.run(board, "install", "-U", "a", "b") == 0
            after = read_flash(board, "/flash")
            return names[True] if after == self.new else f"later: {sorted(after)}"

    def run(self, board: FlashBoard, command: str, *words: str) -> int:
        """Run a command of sdist-upip on the board; return its exit code."""
        more = ("--no-index", "-f", str(self._archives)) if command == "install" else ()
        return main([command, f"--board={board.device}", *more, *words])

    def _write(self, name: str, version: str, requires: list[str]) -> None:
        files = {f"{name}/m{n}.py": f"# {name} {version} {n}\n" * (n * 40 + 1) for n in range(4)}
        files[f"{name}/same.py"] = "same = 1\n"
        files[f"{name}/v{version[0]}.bin"] = bytes(range(256)) * 3
        data = make_archive(name, version, files, requires)
        (self._archives / f"{name}-{version}.tar.gz").write_bytes(data)

    def _board(self, image: Path) -> FlashBoard:
        return FlashBoard(self._program, image, self._file_system, size=512 << 10)

    def _fresh(self) -> FlashBoard:
        shutil.copyfile(self._image, self._copy)
        return self._board(self._copy)

"""The unix port behind a terminal, as mpremote sees a board on a serial port."""

from __future__ import annotations

import os
import pty
import selectors
import subprocess
import sys
import threading
import tty
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self


class PtyBoard:
    """A context manager that runs the interpreter `program` in the directory `flash`.

    The interpreter has a terminal of its own, and `device` is the other one, which mpremote opens.
    All that is written to one of them is copied to the other, in a thread.
    """

    def __init__(self, program: str | Path, flash: Path) -> None:
        self._program, self._flash = str(program), flash

    def __enter__(self) -> Self:
        own, board = pty.openpty()
        outer, device = pty.openpty()
        for terminal in (board, device):
            tty.setraw(terminal)
        self.device = os.ttyname(device)
        self._process = subprocess.Popen(
            [self._program], cwd=self._flash, stdin=board, stdout=board, stderr=board
        )
        os.close(board)
        self._open = (own, outer, device)
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._copy, args=(own, outer))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._stopped)
        self._thread.join()
        for descriptor in (*self._open, self._stop):
            os.close(descriptor)

    def _copy(self, own: int, outer: int) -> None:
        others = {own: outer, outer: own}
        with selectors.DefaultSelector() as selector:
            for descriptor in (own, outer, self._stop):
                selector.register(descriptor, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fd == self._stop:
                        return
                    try:
                        data = os.read(key.fd, 4096)
                    except OSError:  # the interpreter has ended
                        return
                    while data:
                        data = data[os.write(others[key.fd], data) :]

    def run_mpremote(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run mpremote on the board, in the REPL that it has already."""
        command = [sys.executable, "-m", "mpremote", "connect", self.device, "resume", *arguments]
        return subprocess.run(
            list(map(str, command)),
            cwd=self._flash,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )

"""A board with a flash of its own: the unix port behind a terminal, whose cable can be pulled."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import threading
import time
import tty
from pathlib import Path
from typing import TYPE_CHECKING

from sdist_upip.attached.session import Session
from support.paths import TESTS

if TYPE_CHECKING:
    from typing_extensions import Self

_BOOT = TESTS / "micropython/flash/board.py"


class FlashBoard:
    """A context manager that runs the interpreter `program` with a flash in the file `image`.

    The flash has `file_system` (lfs1, lfs2, fat512, none, …) and is mounted at /flash. `heap` is as
    for -X heapsize. The board goes on without a cable. `plug` connects one, and `device` is the
    terminal that mpremote opens. The interpreter does not see Ctrl-C while a program runs. A test
    that starts one sets `is_running`, and the next Ctrl-C interrupts it.
    """

    def __init__(
        self,
        program: str | Path,
        image: Path,
        file_system: str = "lfs2",
        *,
        size: int = 4 << 20,
        heap: str = "128k",
    ) -> None:
        self._command = [str(program), "-X", f"heapsize={heap}", "-i", str(_BOOT)]
        self._command += [str(image), file_system, str(size)]
        self.is_running = False
        self._cable: tuple[int, ...] = ()
        self._wanted: tuple[int | None, bool] = (None, False)
        self.device = ""
        self.traffic = 0

    def __enter__(self) -> Self:
        self._own, board = pty.openpty()
        tty.setraw(board)
        self._process = subprocess.Popen(
            self._command,
            stdin=board,
            stdout=board,
            stderr=board,
        )
        os.close(board)
        answer = b""
        while not answer.endswith(b">>> "):
            answer += os.read(self._own, 4096)
        self._wake, self._waker = os.pipe()
        self._is_on, self._done = True, threading.Event()
        self._thread = threading.Thread(target=self._copy)
        self._thread.start()
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_on = False
        os.write(self._waker, b"x")
        self._thread.join()
        self._process.kill()
        self._process.wait()
        for descriptor in (self._own, self._wake, self._waker):
            os.close(descriptor)

    def plug(self, limit: int | None = None, mark: bytes = b"") -> str:
        """Connect a cable, and return `device`.

        The cable is pulled after `limit` bytes, or 40 bytes after `mark` is sent to the board.
        """
        self._mark, self._sent = mark, b""
        self._request(limit, True)
        return self.device

    def pull(self) -> None:
        """Pull the cable."""
        self._request(None, False)

    @property
    def seconds(self) -> float:
        """The seconds between the first byte and the last one on this cable."""
        return self._last - self._first

    def wait(self) -> int:
        """Return the exit code of the interpreter, once it has ended."""
        return self._process.wait(10)

    def _request(self, limit: int | None, is_plugged: bool) -> None:
        if self._thread.is_alive():
            self._done.clear()
            self._wanted = (limit, is_plugged)
            os.write(self._waker, b"x")
            self._done.wait(10)

    def _copy(self) -> None:
        """Copy until the board is switched off. Only this thread opens and closes cables."""
        try:
            while self._is_on:
                sources = [self._own, self._wake, *self._cable[:1]]
                for source in select.select(sources, [], [])[0]:
                    if source == self._wake:
                        os.read(source, 1)
                        self._connect(*self._wanted)
                        self._done.set()
                        break
                    if source == self._own or source in self._cable:
                        self._pass_on(source, os.read(source, 4096))
        except OSError:  # the interpreter has ended
            pass
        finally:
            self._connect(None, False)
            self._done.set()

    def _connect(self, limit: int | None, is_plugged: bool) -> None:
        for descriptor in self._cable:
            os.close(descriptor)
        self._cable = ()
        if is_plugged:
            self._cable = pty.openpty()
            tty.setraw(self._cable[1])
            self.device = os.ttyname(self._cable[1])
            self._limit, self.traffic = limit, 0
            self._first = self._last = 0.0

    def _pass_on(self, source: int, data: bytes) -> None:
        """Copy data to the other end. Without a cable, what the board sends is lost."""
        if not self._cable:
            return
        if self._mark and source != self._own:
            self._sent = self._sent[-99:] + data
            if self._mark in self._sent:
                self._limit, self._mark = self.traffic + len(data) + 40, b""
        is_cut = self._limit is not None and self.traffic + len(data) > self._limit
        if is_cut:
            data = data[: (self._limit or 0) - self.traffic]
        self.traffic += len(data)
        self._last = time.perf_counter()
        self._first = self._first or self._last
        target = self._cable[0] if source == self._own else self._own
        if self.is_running and source != self._own and b"\x03" in data:
            self.is_running = False
            self._process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        while data:
            data = data[os.write(target, data) :]
        if is_cut:
            self._connect(None, False)


_READ = """
def tree(path):
    import os
    for entry in os.ilistdir(path):
        below = path + "/" + entry[0]
        if entry[1] & 0x4000:
            print("~" + repr((below, None)))
            tree(below)
        else:
            with open(below, "rb") as f:
                print("~" + repr((below, f.read())))
tree(%r)
del tree
"""


def read_flash(board: FlashBoard, root: str) -> dict[str, bytes]:
    """Return {path below `root`: content} of the files on a board.

    Empty directories end in a slash.
    """
    with Session(board.device) as session:
        found = dict(session.run(_READ % root))
    above = {path.rpartition("/")[0] for path in found}
    return {
        path.removeprefix(f"{root}/") + "/" * (data is None): data or b""
        for path, data in found.items()
        if data is not None or path not in above
    }

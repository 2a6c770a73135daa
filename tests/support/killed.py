"""A process that is killed before each of its changes to files, one after the other."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_CHANGES = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.utime"})


def kill_at_each_change(directory: Path, work: Callable[[], object]) -> Iterator[int]:
    """Yield 0, 1, … after `work` was killed before that change below `directory`, until it ends.

    The changes are files opened for writing, renamed and removed, and directories created and
    removed. The caller restores `directory` after each number. The function forks, so call it in a
    process without threads.
    """
    number = 0
    while True:
        process = os.fork()
        if process == 0:
            _die_before(number, str(directory))
            work()
            os._exit(0)
        _, status = os.waitpid(process, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return
        assert os.WTERMSIG(status) == signal.SIGKILL
        yield number
        number += 1


def _die_before(number: int, directory: str) -> None:
    left = number

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and arguments[1] not in (None, "r", "rb")
        if (writes or event in _CHANGES) and str(arguments[0]).startswith(directory):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(watch)

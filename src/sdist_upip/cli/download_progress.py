"""A progress bar for downloads, on terminals only."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from ..messages.progress import has_terminal
from ..messages.text import make_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ..resolve.preparer import DownloadReporter

_FORCED = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables by which rich takes a file or a pipe for a terminal."""


@contextmanager
def show_downloads() -> Iterator[DownloadReporter]:
    """Yield the reporter: a file name → a function of the bytes done and the total, if known.

    rich is imported at the first byte of a download that a terminal would show.
    """
    with ExitStack() as stack:
        yield _Bar(stack).report_file


class _Bar:
    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._starting = threading.Lock()
        self._shown: tuple[Progress, TaskID] | None = None
        self._is_wanted = has_terminal() or any(name in os.environ for name in _FORCED)

    def report_file(self, filename: str) -> Callable[[int, int | None], None]:
        described = False

        def report(done: int, total: int | None) -> None:
            nonlocal described
            if not self._is_wanted:
                return
            bar, task = self._start()
            if not described:
                bar.update(task, description=make_line(filename), visible=True)
                described = True
            bar.update(task, completed=done, total=total)

        return report

    def _start(self) -> tuple[Progress, TaskID]:
        with self._starting:
            if self._shown is None:
                bar = _make_bar()
                self._stack.enter_context(bar)
                self._shown = bar, bar.add_task("", total=None, visible=False)
            return self._shown


def _make_bar() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    # rich would read COLUMNS and LINES as numbers, whatever they are.
    width, height = get_terminal_size()
    console = Console(stderr=True, width=width, height=height)
    description = TextColumn("{task.description}", markup=False)
    columns = (description, BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

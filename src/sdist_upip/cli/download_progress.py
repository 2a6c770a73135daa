"""A progress bar for downloads, on terminals only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from ..messages.text import make_line

if TYPE_CHECKING:
    from ..resolve.preparer import DownloadReporter


@contextmanager
def show_downloads() -> Iterator[DownloadReporter]:
    """Yield the reporter: a file name → a function of the bytes done and the total, if known."""
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
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None, visible=False)

        def report_file(filename: str) -> Callable[[int, int | None], None]:
            bar.update(task, description=make_line(filename), visible=True)

            def report(done: int, total: int | None) -> None:
                bar.update(task, completed=done, total=total)

            return report

        yield report_file

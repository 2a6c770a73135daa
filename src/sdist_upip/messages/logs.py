"""Loggers whose records are safe to show, in any handler, and the handler of the command line."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from .output import print_message
from .text import make_line


def get_logger(name: str) -> logging.Logger:
    """Return the logger `name`. The text of its records is one line that is safe to show.

    Front ends such as setuptools have handlers of their own, so the records themselves are safe.
    """
    logger = logging.getLogger(name)
    if _SAFE not in logger.filters:
        logger.addFilter(_SAFE)
    return logger


@contextmanager
def logging_to_stderr() -> Iterator[None]:
    """Print warnings of all loggers that have no handler, also those of libraries."""
    original = logging.lastResort
    logging.lastResort = _Printer(logging.WARNING)
    try:
        yield
    finally:
        logging.lastResort = original


@contextmanager
def quiet_library(modules: str, file: tuple[str, str]) -> Iterator[None]:
    """Suppress warnings of the modules that match `modules`, and all that a file of them logs.

    `file` are the names of its directory and of itself.
    """
    from pathlib import Path

    def is_wanted(record: logging.LogRecord) -> bool:
        return Path(record.pathname).parts[-2:] != file

    root = logging.getLogger()
    root.addFilter(is_wanted)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=modules)
            yield
    finally:
        root.removeFilter(is_wanted)


class _SafeFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = make_line(record.getMessage()), None
        return True


_SAFE = _SafeFilter()


class _Printer(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print_message(record.getMessage())

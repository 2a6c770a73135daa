"""Loggers whose records are safe to show, in any handler, and the handler of the command line."""

from __future__ import annotations

import logging
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


class _SafeFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = make_line(record.getMessage()), None
        return True


_SAFE = _SafeFilter()


class _Printer(logging.StreamHandler):  # type: ignore[type-arg]
    def emit(self, record: logging.LogRecord) -> None:
        print_message(record.getMessage())

"""Packages made for computers → device archives, by way of their wheel."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import NotForDevicesError
from ..metadata import requires_txt
from ..project.wheel import read_wheel
from .convert import rebuild
from .source_distribution import is_wheel


def convert(path: Path, directory: Path, *, isolated: bool = True) -> Path:
    """Write the device archive of a wheel or of an ordinary sdist to `directory`; return its path.

    It has the wheel's files and no R.py. An sdist is built by its own backend, with `isolated` in
    an environment that pip fills. The same wheel gives the same bytes. Raises NotForDevicesError
    for what is compiled for computers, and other kinds of SdistUpipError for what is broken or
    cannot be built.
    """
    if is_wheel(path):
        _refuse_compiled(path)
    settings = {"compression": "fast", "steps": "metadata"}
    with _quiet(logging.getLogger(requires_txt.__name__)):
        return rebuild(path, f"{directory}/", settings, isolated=isolated).archive.path


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep back warnings about requires.txt, which is written here and never read."""

    def is_error(entry: logging.LogRecord) -> bool:
        return entry.levelno >= logging.ERROR

    logger.addFilter(is_error)
    try:
        yield
    finally:
        logger.removeFilter(is_error)


def _refuse_compiled(path: Path) -> None:
    compiled = read_wheel(path).compiled
    if compiled:
        raise NotForDevicesError(
            f"{path.name} holds {compiled[0]}, which is compiled for a computer; look for a "
            "package that is made for MicroPython"
        )

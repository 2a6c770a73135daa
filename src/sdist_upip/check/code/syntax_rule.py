"""The rule `syntax-target`: sources that the boards cannot compile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...ports.firmware import LAST, Firmware
from ..problem import Problem
from .source import Source
from .syntax import find_unsupported_syntax


def check_syntax(sources: Sequence[Source], firmwares: Sequence[Firmware]) -> Iterator[Problem]:
    """Yield the sources that MicroPython refuses and CPython does not, each once.

    The compiler of a named release decides if it is installed. Without it, only syntax that is
    known to fail is found.
    """
    found: set[str] = set()
    minors = sorted({firmware.minor for firmware in firmwares if firmware.minor is not None})
    for source in sources:
        first = minors[0] if minors else LAST
        if defect := find_unsupported_syntax(source, first):
            found.add(source.path)
            old = [f"1.{minor}" for minor in minors if minor <= defect.until < LAST]
            who = f"MicroPython {' and '.join(old)}" if old else "MicroPython"
            yield _describe(
                source.path, f"Line {defect.line} has {defect.name}, which {who} lacks."
            )
    if minors:
        from ...mpy.refusals import find_refused, find_target_compiler
    for minor in minors:
        rest = {item.path: item.data for item in sources if item.path not in found and item.tree}
        if rest and (compiler := find_target_compiler(minor)):
            for path, refusal in find_refused(rest, compiler):
                found.add(path)
                text = f"MicroPython 1.{minor} cannot compile the source ({refusal})."
                yield _describe(path, text)


def _describe(path: str, text: str) -> Problem:
    message = f"{text} Importing the module fails. Write the code without it."
    return Problem("syntax-target", path, message)

"""Packages that bring nothing but modules which MicroPython has built in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ..metadata.stock_upip import is_module
from ..ports.precedence import EXTENSIBLE, FIXED


def describe_builtins(paths: Iterable[str]) -> str | None:
    """Return what a package with files at `paths` does, if it brings built-in modules alone.

    The text is a predicate, None for every other package.
    """
    names = {PurePosixPath(path).parts[0].partition(".")[0] for path in paths if is_module(path)}
    if not names or not names <= EXTENSIBLE | FIXED:
        return None
    shown = ", ".join(sorted(names))
    if names <= FIXED:
        return f"only brings {shown}, which MicroPython has built in and imports before any file"
    return f"only brings {shown}, in place of what MicroPython has built in"

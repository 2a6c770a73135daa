"""Why no set of releases meets what is wanted, in words: who wants what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolvelib.structs import RequirementInformation

    from .resolver import Candidate, Demand

_SHOWN = 8
"""Versions that a message names."""


def explain(
    causes: Iterable[RequirementInformation[Demand, Candidate]],
    find_versions: Callable[[str], Sequence[str]],
) -> str:
    """Return the message for the demands that no release of some packages meets."""
    demands: dict[str, list[str]] = {}
    for demand, parent in causes:
        line = f"{parent} needs {demand}" if parent else f"you want {demand}"
        lines = demands.setdefault(demand.need.name, [])
        if line not in lines:
            lines.append(line)
    paragraphs = []
    for name, lines in demands.items():
        versions = _shorten(find_versions(name))
        head = f"{name}: nothing fits; there is {versions}" if versions else f"{name}: nothing fits"
        paragraphs.append("\n".join([head, *(f"    {line}" for line in lines)]))
    advice = "widen a range, or name other versions of those that want it"
    return "\n".join([*paragraphs, f"nothing is installed; {advice}"])


def _shorten(versions: Sequence[str]) -> str:
    rest = len(versions) - _SHOWN
    return ", ".join(versions[:_SHOWN]) + (f" and {rest} older" if rest > 0 else "")

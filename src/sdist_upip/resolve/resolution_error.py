"""The message for requirements that no set of releases satisfies: who requires what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from resolvelib.structs import RequirementInformation

from ..requirements.requirement import Requirement
from .candidates import Candidate

NOTHING_INSTALLED = "Nothing is installed."
"""The sentence of messages that is not about sites."""
_SHOWN = 8
"""Versions that a message names."""


def format_resolution_error(
    causes: Iterable[RequirementInformation[Requirement, Candidate]],
    find_versions: Callable[[str], Sequence[str]],
    find_yanked: Callable[[str], Sequence[str]],
) -> list[str]:
    """Return the message, as lines, for requirements that no version of a package satisfies.

    The functions return the versions of a package that may be chosen, and those that are yanked.
    """
    requirements: dict[str, list[str]] = {}
    for requirement, parent in causes:
        line = f"{parent} requires {requirement}" if parent else f"You require {requirement}"
        lines = requirements.setdefault(requirement.name, [])
        if line not in lines:
            lines.append(line)
    shown = []
    for name, lines in requirements.items():
        versions = _shorten(find_versions(name))
        available = f" (available: {versions})" if versions else ""
        head = f"{name}: No version satisfies all requirements{available}."
        if yanked := _shorten(find_yanked(name)):
            only = "" if versions else "only "
            head += f" There are {only}yanked releases ({yanked}). Pin one with == to install it."
        shown += [head, *(f"    {line}" for line in lines)]
    advice = "Widen a range, or choose other versions of the packages that require it."
    return [*shown, f"{NOTHING_INSTALLED} {advice}"]


def _shorten(versions: Sequence[str]) -> str:
    rest = len(versions) - _SHOWN
    return ", ".join(versions[:_SHOWN]) + (f" and {rest} older" if rest > 0 else "")

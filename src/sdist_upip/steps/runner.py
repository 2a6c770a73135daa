"""Run the steps in order, hold each to the rules, and name the one that broke them."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import SdistUpipError, StepError
from ..release import Release
from .registry import Step


@dataclass(frozen=True)
class StepResult:
    """What one step did: the paths it added, removed and changed, and the bytes of all members."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    bytes_before: int
    bytes_after: int


def run_steps(
    release: Release, steps: Iterable[tuple[str, Step]]
) -> tuple[Release, tuple[StepResult, ...]]:
    """Return the release after all `steps` and what each one did.

    Raises StepError for a step that raises, returns no Release, changes the name or version, or
    turns a Python source into one that does not compile.
    """
    results = []
    for name, step in steps:
        after = _run_step(release, name, step)
        results.append(_compare(name, release, after))
        _refuse_broken_sources(release, after, results[-1])
        release = after
    return release, tuple(results)


def _run_step(release: Release, name: str, step: Step) -> Release:
    try:
        after = step(release)
    except SdistUpipError as error:
        raise StepError(f"step {name!r}: {error}") from error
    except (Exception, SystemExit) as error:  # a plug-in may raise anything; tell its name
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise StepError(
            f"step {name!r} failed at {frame.filename}:{frame.lineno} with {error!r}; "
            "report it to the step's author"
        ) from error
    if type(after) is not Release:
        raise StepError(
            f"step {name!r} returned {type(after).__name__} instead of a Release; "
            "report it to the step's author"
        )
    if (after.name, after.version) != (release.name, release.version):
        raise StepError(
            f"step {name!r} changed the release from {release.root} to {after.root}; "
            "a step may only change members"
        )
    if after.get("PKG-INFO") is None:
        raise StepError(f"step {name!r} removed PKG-INFO; every archive needs it")
    return after


def _compare(name: str, before: Release, after: Release) -> StepResult:
    old = {member.path: member.data for member in before}
    new = {member.path: member.data for member in after}
    return StepResult(
        name,
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(sorted(path for path in old.keys() & new.keys() if old[path] != new[path])),
        bytes_before=sum(map(len, old.values())),
        bytes_after=sum(map(len, new.values())),
    )


def _refuse_broken_sources(before: Release, after: Release, result: StepResult) -> None:
    old = {member.path: member.data for member in before}
    touched = {*result.added, *result.changed}
    for member in after:
        if member.path in touched and member.path.endswith(".py"):
            defect = _syntax_defect(member.data)
            if defect and not _syntax_defect(old.get(member.path, b"")):
                raise StepError(
                    f"step {result.name!r} made {member.path!r} invalid Python: {defect}; "
                    "leave the step out or report it to its author"
                )


def _syntax_defect(source: bytes) -> str | None:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return None

"""Running the steps in order, and reporting each step that breaks the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..errors import SdistUpipError, StepError
from ..mpy.syntax import find_defect
from ..release import Release
from .registry import Step


class StepResult(NamedTuple):
    """The effect of a step: paths added, removed and changed, and the bytes of all members."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    bytes_before: int
    bytes_after: int


def run_steps(
    release: Release, steps: Iterable[tuple[str, Step]]
) -> tuple[Release, tuple[StepResult, ...]]:
    """Return the release after all `steps`, and the result of each step.

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
        raise StepError(f"Step {name!r}: {error}") from error
    except (Exception, SystemExit) as error:  # plug-ins may raise anything: name the plug-in
        import traceback

        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise StepError(
            f"Step {name!r} failed at {frame.filename}:{frame.lineno} with {error!r}. "
            "Report this to the author of the step."
        ) from error
    if type(after) is not Release:
        raise StepError(
            f"Step {name!r}: expected a Release, got {type(after).__name__}. "
            "Report this to the author of the step."
        )
    if (after.name, after.version) != (release.name, release.version):
        raise StepError(
            f"Step {name!r} changed the release from {release.root} to {after.root}, but steps "
            "may only change members. Report this to the author of the step."
        )
    if after.get("PKG-INFO") is None:
        raise StepError(
            f"Step {name!r} removed PKG-INFO, which every archive needs. "
            "Report this to the author of the step."
        )
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
        if member.path not in touched or not member.path.endswith(".py"):
            continue
        defect = find_defect(member.data, member.path)
        if defect and defect.is_certain and not _is_broken(old.get(member.path, b""), member.path):
            raise StepError(
                f"Step {result.name!r} made {member.path!r} invalid Python: {defect.reason}. "
                "Remove the step, or report this to its author."
            )


def _is_broken(source: bytes, path: str) -> bool:
    defect = find_defect(source, path)
    return defect is not None and defect.is_certain

"""One finished build, and its account for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from .archive.writer import Archive
from .project.layout import LeftOut
from .steps.runner import StepResult


@dataclass(frozen=True)
class Build:
    """What a build made, what each step did, and what stayed behind."""

    archive: Archive
    steps: tuple[StepResult, ...]
    left_out: tuple[LeftOut, ...]


def render_build(build: Build) -> Iterator[str]:
    """Yield the lines that tell a person where `build` is, what it holds and what stayed behind."""
    archive = build.archive
    yield str(archive.path)
    yield f"{archive.size:,} bytes, {archive.tar_size:,} unpacked"
    yield ""
    yield "holds"
    width = max(len(f"{len(member.data):,}") for member in archive.release)
    for member in archive.release:
        yield f"  {len(member.data):>{width},}  {member.path}"
    changes = [line for step in build.steps for line in _render_step(step)]
    if changes:
        yield ""
        yield "steps"
        yield from changes
    if build.left_out:
        yield ""
        yield "left out"
        yield from _render_left_out(build.left_out)


def _render_step(step: StepResult) -> Iterator[str]:
    verbs = (("added", step.added), ("removed", step.removed), ("changed", step.changed))
    done = "; ".join(f"{verb} {_shorten(paths)}" for verb, paths in verbs if paths)
    if done:
        yield f"  {step.name}: {step.bytes_before:,} to {step.bytes_after:,} bytes; {done}"


def _render_left_out(left_out: Iterable[LeftOut]) -> Iterator[str]:
    ordered = sorted(left_out, key=lambda item: (item.reason, item.source))
    groups = [list(group) for _, group in groupby(ordered, key=lambda item: item.reason)]
    sizes = [f"{sum(item.size for item in group):,}" for group in groups]
    width = max(map(len, sizes))
    for size, group in zip(sizes, groups, strict=True):
        names = _shorten([item.source for item in group])
        yield f"  {size:>{width}}  {names}: {group[0].reason}"


def _shorten(paths: Iterable[str], most: int = 5) -> str:
    names = list(paths)
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")

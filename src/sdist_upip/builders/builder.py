"""The path of every front end: layout → steps → archive → summary."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from ..archive.writer import Archive, read_epoch, write_archive
from ..check.code.rules import CodeOptions
from ..check.problem import refuse_unknown_codes
from ..check.release import refuse_problems
from ..config import TABLE, Config
from ..messages.progress import show_progress
from ..ports.firmware import parse_firmwares
from ..project.layout import ExcludedFile, Layout
from ..project.sources import find_module_file
from ..steps.registry import load_steps
from ..steps.runner import StepResult, run_steps


class BuildResult(NamedTuple):
    """The archive that a build wrote, the results of its steps, the excluded files, and the source
    of each member before the steps (install path → source)."""

    archive: Archive
    steps: tuple[StepResult, ...]
    excluded: tuple[ExcludedFile, ...]
    sources: Mapping[str, str]


def build(
    layout: Layout,
    config: Config,
    outdir: Path,
    *,
    check_sources: bool = True,
    project: Path | None = None,
) -> BuildResult:
    """Write the device archive of `layout` to the directory `outdir`; raise SdistUpipError.

    Without `check_sources`, sources may be broken. `project` is the directory of the author's
    project. Without it, the rules about code on boards do not run.
    """
    refuse_unknown_codes(config.ignore, f"{TABLE} ignore")
    code = None
    if project is not None:
        find_source = partial(find_module_source, project, layout)
        code = CodeOptions(parse_firmwares(config.targets), find_source)
    release, steps = run_steps(layout.release, load_steps(config))
    refuse_problems(release, check_sources=check_sources, code=code, ignore=config.ignore)
    with show_progress("compressing") as progress:
        archive = write_archive(
            release,
            outdir,
            window=config.window,
            compression=config.compression,
            mtime=read_epoch(os.environ),
            progress=progress,
        )
    return BuildResult(archive, steps, layout.excluded, layout.sources)


def find_module_source(project: Path, layout: Layout, importer: str, module: str) -> str | None:
    """Return the file below `project` that is `module`, a dotted name; None if there is none.

    `importer` is the install path of the module that imports it.
    """
    near = layout.sources.get(importer, "").rpartition("/")[0]
    found = find_module_file(project, module, dict.fromkeys(["", "src", near]))
    return None if found in layout.sources.values() else found


def render_summary(result: BuildResult) -> Iterator[str]:
    """Yield the lines of the summary: the archive's path and sizes (bytes), its members, the
    changes by steps, and the excluded files."""
    archive = result.archive
    yield str(archive.path)
    yield f"{archive.size:,} bytes, {archive.tar_size:,} unpacked"
    yield ""
    yield "contents"
    width = max(len(f"{len(member.data):,}") for member in archive.release)
    for member in archive.release:
        yield f"  {len(member.data):>{width},}  {member.path}"
    changes = [line for step in result.steps for line in _render_step(step)]
    if changes:
        yield ""
        yield "steps"
        yield from changes
    if result.excluded:
        yield ""
        yield "excluded"
        yield from _render_excluded(result.excluded)


def _render_step(step: StepResult) -> Iterator[str]:
    verbs = (("added", step.added), ("removed", step.removed), ("changed", step.changed))
    done = "; ".join(f"{verb} {_shorten(paths)}" for verb, paths in verbs if paths)
    if done:
        yield f"  {step.name}: {step.bytes_before:,} to {step.bytes_after:,} bytes; {done}"


def _render_excluded(excluded: Iterable[ExcludedFile]) -> Iterator[str]:
    ordered = sorted(excluded, key=lambda item: (item.reason, item.source))
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

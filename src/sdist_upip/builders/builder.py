"""The path that every door leads to: layout → steps → archive → account."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..archive.writer import read_epoch, write_archive
from ..check.release import refuse_problems
from ..config import Config
from ..project.layout import Layout
from ..report import Build
from ..steps.registry import load_steps
from ..steps.runner import run_steps
from .progress import show_progress


def assemble(layout: Layout, config: Config, outdir: Path) -> Build:
    """Write the device archive of what is laid out to `outdir`; raise SdistUpipError."""
    release, steps = run_steps(layout.release, load_steps(config))
    refuse_problems(release)
    with show_progress("compressing", sys.stderr) as progress:
        archive = write_archive(
            release,
            outdir,
            window=config.window,
            compression=config.compression,
            mtime=read_epoch(os.environ),
            progress=progress,
        )
    return Build(archive, steps, layout.left_out)

"""Device archives of wheels, and of projects whose build backend makes wheels."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..config import KEYS, Config, read_config
from ..errors import ConfigError
from ..project.layout import lay_out
from ..project.wheel import read_wheel
from ..project.wheel_project import wheel_project
from .backend import build_wheel
from .builder import BuildResult, build
from .foreign_metadata import with_accepted_metadata
from .source_distribution import unpack_sdist

Settings = Mapping[str, "str | list[str] | None"]


def build_from_wheel(
    wheel: Path,
    outdir: Path,
    config: Config,
    directory: Path | None = None,
    *,
    is_foreign: bool = True,
    check_sources: bool = True,
) -> BuildResult:
    """Write the device archive of the files that `wheel` installs to `outdir`.

    `directory` is the project that the wheel was built from, if known. `include` needs it. A wheel
    that `is_foreign` is not the user's: its metadata lacks what indexes refuse, and the rules about
    code on boards do not run. The generated setup.py uses its metadata as it is. Without
    `check_sources`, sources may be broken. Raises SdistUpipError.
    """
    if directory is None and config.include:
        raise ConfigError(
            f"{wheel.name}: include names files of a project, and a wheel has no project. "
            "Build the project instead."
        )
    layout = lay_out(wheel_project(read_wheel(wheel), directory), config)
    if is_foreign:
        layout = with_accepted_metadata(layout, is_static=config.pip_compatible)
    project = None if is_foreign else directory
    return build(layout, config, outdir, check_sources=check_sources, project=project)


def build_with_backend(
    project: Path,
    outdir: Path,
    settings: Settings,
    *,
    isolated: bool = True,
    verbose: bool = False,
    is_foreign: bool = False,
    check_sources: bool = True,
) -> BuildResult:
    """Write the device archive of `project`, by way of the wheel that its backend builds.

    Settings with the keys of `[tool.sdist-upip]` are sdist-upip's. All others go to the backend.
    Raises SdistUpipError.
    """
    own = {key: value for key, value in settings.items() if key in KEYS}
    rest = {key: value for key, value in settings.items() if key not in KEYS}
    for key in rest:
        _refuse_misspelled(key)
    config = read_config(project, own)
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        wheel = build_wheel(project, Path(scratch), rest, isolated=isolated, verbose=verbose)
        return build_from_wheel(
            wheel,
            outdir,
            config,
            project,
            is_foreign=is_foreign,
            check_sources=check_sources,
        )


def build_from_sdist(
    sdist: Path,
    outdir: Path,
    settings: Settings,
    *,
    isolated: bool = True,
    verbose: bool = False,
    check_sources: bool = True,
) -> BuildResult:
    """Write the device archive of the project in `sdist`, by way of its wheel."""
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        project = unpack_sdist(sdist, Path(scratch))
        return build_with_backend(
            project,
            outdir,
            settings,
            isolated=isolated,
            verbose=verbose,
            is_foreign=True,
            check_sources=check_sources,
        )


def _refuse_misspelled(key: str) -> None:
    close = difflib.get_close_matches(key.replace("_", "-").lower(), list(KEYS), 1, 0.8)
    if close:
        raise ConfigError(f"Unknown config setting {key!r}. Did you mean {close[0]!r}?")

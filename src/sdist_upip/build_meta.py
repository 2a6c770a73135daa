"""A build backend (PEP 517 and 660) on top of setuptools; `build_sdist` makes the device archive.

To use it, set `build-backend = "sdist_upip.build_meta"` in `[build-system]`. Wheels, editable
installs and metadata are those of setuptools.
"""

from __future__ import annotations

import logging
import os
import runpy
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import setuptools
from setuptools import build_meta as setuptools_backend
from setuptools.build_meta import (
    build_wheel,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)
from setuptools.errors import BaseError

from .builders.builder import BuildResult
from .command import sdist
from .config import read_config
from .errors import ProjectError, SdistUpipError
from .messages.logs import get_logger
from .messages.output import error_lines
from .messages.text import make_lines

__all__ = [
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_wheel",
]

Settings = Mapping[str, "str | list[str] | None"]


def __getattr__(name: str) -> Any:
    # setuptools older than 64 has no hooks of PEP 660, and front ends ask with hasattr.
    if name.endswith("_editable"):
        return getattr(setuptools_backend, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def get_requires_for_build_sdist(config_settings: Settings | None = None) -> list[str]:
    """Return the result of the hook of setuptools, without leaving egg-info in the source tree."""
    with _errors_for_front_ends(), tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        settings = dict(config_settings or {})
        base = os.path.relpath(scratch)
        settings["--global-option"] = [*_global_options(settings), "egg_info", "--egg-base", base]
        with _configuration_errors():
            return list(setuptools_backend.get_requires_for_build_sdist(settings))


def build_sdist(sdist_directory: str, config_settings: Settings | None = None) -> str:
    """Write the device archive of the project in the current directory; return its file name.

    The keys of `[tool.sdist-upip]` are config settings too: `-C window=8192`.
    """
    with _errors_for_front_ends():
        return build_archive(Path(sdist_directory), config_settings).archive.path.name


def build_archive(directory: Path, config_settings: Settings | None = None) -> BuildResult:
    """Write the device archive of the project in the current directory to `directory`.

    The setup.py of the project runs, if there is one. Its `sdist` command is replaced by the one of
    sdist-upip, unless it is a subclass of that. Raises SystemExit with the message if setuptools
    reports an error.
    """
    settings = config_settings or {}
    own = {key: value for key, value in settings.items() if not _belongs_to_setuptools(key)}
    read_config(Path.cwd(), own)
    arguments = [*_global_options(settings), "sdist", "--formats=gztar", f"--dist-dir={directory}"]
    arguments += [
        f"--{key}={','.join(value) if isinstance(value, list) else value or ''}"
        for key, value in own.items()
    ]
    commands: list[sdist] = []
    with _sdist_command(commands), _configuration_errors(), _arguments(["setup.py", *arguments]):
        _run_setup()
    builds = [command.result for command in commands if command.result is not None]
    if not builds:
        raise ProjectError("setup.py did not call setup(). Call setup() when the script runs.")
    return builds[-1]


def _global_options(settings: Settings) -> list[str]:
    value = settings.get("--global-option") or []
    return shlex.split(value) if isinstance(value, str) else list(value)


def _run_setup() -> None:
    script = Path("setup.py").absolute()
    try:
        if script.exists():
            runpy.run_path(str(script), run_name="__main__")
        else:
            setuptools.setup()
    except SystemExit as ending:
        if isinstance(ending.code, str):
            raise SystemExit(make_lines(ending.code)) from ending
        if ending.code:
            raise


def _belongs_to_setuptools(key: str) -> bool:
    return key.startswith("-") or key in {"editable-mode", "editable_mode", "quiet", "verbose"}


@contextmanager
def _sdist_command(commands: list[sdist]) -> Iterator[None]:
    """Make every Distribution run the sdist of sdist-upip; append the commands that have run."""
    original = setuptools.Distribution.get_command_class

    def get_command_class(self: setuptools.Distribution, command: str) -> Any:
        chosen = original(self, command)
        if command != "sdist":
            return chosen
        base = chosen if issubclass(chosen, sdist) else sdist

        class RecordedSdist(base):  # type: ignore[misc, valid-type]
            def make_distribution(self) -> None:
                super().make_distribution()
                commands.append(self)

        RecordedSdist.__name__ = "sdist"
        return RecordedSdist

    setuptools.Distribution.get_command_class = get_command_class  # type: ignore[method-assign]
    try:
        yield
    finally:
        setuptools.Distribution.get_command_class = original  # type: ignore[method-assign]


@contextmanager
def _configuration_errors() -> Iterator[None]:
    """Raise ProjectError for a configuration that setuptools cannot read, in place of its errors.

    Without that, setuptools shows a traceback for most of them.
    """
    original = setuptools.Distribution.parse_config_files

    def parse_config_files(self: setuptools.Distribution, *args: Any, **options: Any) -> None:
        try:
            original(self, *args, **options)
        except BaseError:  # setuptools shows the message
            raise
        except Exception as error:
            raise ProjectError(
                f"setuptools cannot read the configuration of the project: {_reason(error)}. "
                "Correct pyproject.toml or setup.cfg."
            ) from error

    logger = get_logger("setuptools.config")
    level = logger.level
    logger.setLevel(logging.INFO)  # without the schema that setuptools logs before its errors
    setuptools.Distribution.parse_config_files = parse_config_files  # type: ignore[method-assign]
    try:
        yield
    finally:
        logger.setLevel(level)
        setuptools.Distribution.parse_config_files = original  # type: ignore[method-assign]


def _reason(error: Exception) -> str:
    """Return the first two lines of an error. setuptools prints a whole schema after them."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines[:2]).rstrip(".:")
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"


@contextmanager
def _errors_for_front_ends() -> Iterator[None]:
    """End with the message on standard error and exit code 1, as front ends expect."""
    try:
        yield
    except SdistUpipError as error:
        raise SystemExit("\n".join(error_lines(error))) from error


@contextmanager
def _arguments(arguments: Sequence[str]) -> Iterator[None]:
    original = sys.argv
    sys.argv = list(arguments)
    try:
        yield
    finally:
        sys.argv = original

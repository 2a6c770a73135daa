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
from typing import TYPE_CHECKING, Any

import setuptools
from setuptools import build_meta as setuptools_backend
from setuptools.build_meta import (
    build_wheel,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)

from .errors import ProjectError, SdistUpipError
from .messages.logs import get_logger
from .messages.output import error_lines, print_message
from .messages.text import make_lines
from .project.configuration import watched_configuration
from .project.sources import normalize_source

if TYPE_CHECKING:
    from .builders.builder import BuildResult
    from .command import sdist

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
    with (
        _errors_for_front_ends(config_settings),
        tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch,
    ):
        settings = dict(config_settings or {})
        base = normalize_source(scratch)
        settings["--global-option"] = [*_global_options(settings), "egg_info", "--egg-base", base]
        with _project_errors():
            return list(setuptools_backend.get_requires_for_build_sdist(settings))


def build_sdist(sdist_directory: str, config_settings: Settings | None = None) -> str:
    """Write the device archive of the project in the current directory; return its file name.

    The keys of `[tool.sdist-upip]` are config settings too: `-C window=8192`.
    """
    with _errors_for_front_ends(config_settings):
        return build_archive(Path(sdist_directory), config_settings).archive.path.name


def build_archive(directory: Path, config_settings: Settings | None = None) -> BuildResult:
    """Write the device archive of the project in the current directory to `directory`.

    The setup.py of the project runs, if there is one. Its `sdist` command is replaced by the one of
    sdist-upip, unless it is a subclass of that. Raises SdistUpipError for an error in the build
    files of the project, and SystemExit with the message if setuptools reports an error.
    """
    from .command import sdist
    from .config import read_config

    settings = config_settings or {}
    own = {key: value for key, value in settings.items() if not _belongs_to_setuptools(key)}
    read_config(Path.cwd(), own)
    arguments = [*_global_options(settings), "sdist", "--formats=gztar", f"--dist-dir={directory}"]
    arguments += [
        f"--{key}={','.join(value) if isinstance(value, list) else value or ''}"
        for key, value in own.items()
    ]
    commands: list[sdist] = []
    with _sdist_command(sdist, commands), _project_errors(), _arguments(["setup.py", *arguments]):
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
    if script.exists():
        if not script.is_file():
            raise ProjectError("setup.py is not a regular file. Replace or remove it.")
        runpy.run_path(str(script), run_name="__main__")
    else:
        setuptools.setup()


def _belongs_to_setuptools(key: str) -> bool:
    return key.startswith("-") or key in {"editable-mode", "editable_mode", "quiet", "verbose"}


@contextmanager
def _sdist_command(own: type[sdist], commands: list[sdist]) -> Iterator[None]:
    """Make every Distribution run `own`, the sdist of sdist-upip; append the commands that ran."""
    original = setuptools.Distribution.get_command_class

    def get_command_class(self: setuptools.Distribution, command: str) -> Any:
        chosen = original(self, command)
        if command != "sdist":
            return chosen
        base = chosen if issubclass(chosen, own) else own

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
def _project_errors() -> Iterator[None]:
    """Raise ProjectError for errors in setup.py, in the configuration and in what they import.

    Errors that setuptools reports stay SystemExit.
    """
    logger = get_logger("setuptools.config")
    level, writes_no_bytecode = logger.level, sys.dont_write_bytecode
    logger.setLevel(logging.INFO)  # without the schema that setuptools logs before its errors
    sys.dont_write_bytecode = True  # the source tree of the project stays as it is
    try:
        with watched_configuration():
            yield
    except SystemExit as ending:
        _raise_for_exit(ending)
    except SdistUpipError:
        raise
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # setup.py may raise any class
        from .builders.failures import describe_failure, describe_plug_in, make_failure

        failure = make_failure(error)
        message = describe_failure(failure, Path.cwd()) or describe_plug_in(failure)
        if message is None:
            raise
        raise ProjectError(message) from error
    finally:
        logger.setLevel(level)
        sys.dont_write_bytecode = writes_no_bytecode


def _raise_for_exit(ending: SystemExit) -> None:
    """Raise the error with which setup.py or setuptools has ended; return if it has succeeded."""
    if not ending.code:
        return
    from .builders.failures import describe_exit, describe_failure, describe_refusal, make_failure

    cause = ending.__context__
    message = None
    if isinstance(cause, OSError):  # setuptools reports these without the file and the line
        message = describe_failure(make_failure(cause), Path.cwd())
    message = message or describe_exit(ending, Path.cwd())
    message = message or describe_refusal(ending, Path.cwd())
    if message:
        raise ProjectError(message) from ending
    if isinstance(ending.code, str):
        raise SystemExit(make_lines(ending.code)) from ending
    raise ending


@contextmanager
def _errors_for_front_ends(settings: Settings | None) -> Iterator[None]:
    """End with the message on standard error and exit code 1, as front ends expect.

    The settings and options that make setuptools verbose also show the traceback.
    """
    try:
        yield
    except SdistUpipError as error:
        if _is_verbose(settings or {}):
            from .builders.failures import cause_lines

            print_message(*cause_lines(error))
        raise SystemExit("\n".join(error_lines(error))) from error


def _is_verbose(settings: Settings) -> bool:
    chosen = {"verbose", "--verbose"}.intersection(settings)
    options = {"-v", "--verbose"}.intersection(_global_options(settings))
    return bool(chosen or options or os.environ.get("DISTUTILS_DEBUG"))


@contextmanager
def _arguments(arguments: Sequence[str]) -> Iterator[None]:
    original = sys.argv
    sys.argv = list(arguments)
    try:
        yield
    finally:
        sys.argv = original

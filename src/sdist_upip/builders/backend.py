"""Wheels from a project's own build backend (PEP 517), by way of the library `build`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import ProjectError
from ..messages.output import print_message
from ..pyproject import find_missing, read_build_system
from .failures import (
    describe_error,
    describe_failure,
    describe_import,
    read_failure,
    with_source,
)

if TYPE_CHECKING:
    from build import ProjectBuilder

Settings = Mapping[str, "str | list[str] | None"]

_RUN_BUILD = "Fix the project until python -m build --wheel succeeds."
_CHECK_REQUIREMENTS = (
    "Check build-system.requires, or install the requirements and pass --no-isolation."
)
_LINES_KEPT = 1000
"""Lines of the output of a failed program in which its error is looked for."""
_BY_PRODUCTS = (".pdm-build", ".eggs", "build", "*.egg-info", "src/*.egg-info")
"""Directories that pdm-backend and setuptools leave in the source tree."""


def build_wheel(
    project: Path,
    outdir: Path,
    settings: Settings | None = None,
    *,
    isolated: bool = True,
    verbose: bool = False,
) -> Path:
    """Build the wheel of `project` in the directory `outdir` and return its path.

    With `isolated`, pip installs the build requirements into an environment of their own. Without
    it, the running environment must have them. With `verbose`, the output of the backend goes to
    standard error. Without it, the end of that output goes into the error. Raises ProjectError.
    """
    build = _import_build()
    read_build_system(project)  # refuses a directory of the backend that is outside the project
    config_settings = {key: value or "" for key, value in (settings or {}).items()}
    with _by_products_removed(project), _preparing(project, isolated, verbose) as builder:
        try:
            return Path(builder.build("wheel", str(outdir), config_settings))
        except (build.BuildException, build.BuildBackendException, TypeError) as error:
            # TypeError: the backend has returned something else than a file name.
            raise ProjectError(
                f"{project}: build-backend {read_build_system(project).backend!r} could not build "
                f"a wheel: {_explain(error, project, _RUN_BUILD)}"
            ) from error


@contextmanager
def _preparing(project: Path, isolated: bool, verbose: bool) -> Iterator[ProjectBuilder]:
    build = _import_build()
    from build.env import DefaultIsolatedEnv

    runner = _Runner(verbose)
    try:
        if not isolated:
            _refuse_unmet(project)
            runner.directory = Path(sys.executable).parent
            yield build.ProjectBuilder(project, runner=runner)
            return
        with DefaultIsolatedEnv() as environment:
            builder = build.ProjectBuilder.from_isolated_env(environment, project, runner=runner)
            environment.install(builder.build_system_requires)
            environment.install(builder.get_requires_for_build("wheel"))
            yield builder
    except (build.BuildException, build.BuildBackendException) as error:
        raise ProjectError(
            f"{project} cannot be built: {_explain(error, project, 'Fix its pyproject.toml.')}"
        ) from error
    except subprocess.CalledProcessError as error:
        raise ProjectError(
            f"{project}: cannot create the build environment: "
            f"{_explain(error, project, _CHECK_REQUIREMENTS)}"
        ) from error


def _import_build() -> ModuleType:
    try:
        import build
    except ImportError as error:
        raise ProjectError(
            "The library build, which runs build backends, is not installed. "
            "Run pip install 'sdist-upip[build]'."
        ) from error
    return build


def _refuse_unmet(project: Path) -> None:
    missing = find_missing(read_build_system(project).requires)
    if missing:
        raise ProjectError(
            f"{project}: the build requires {', '.join(missing)}, which is not installed. "
            "Install it next to sdist-upip, or omit --no-isolation."
        )


class _Runner:
    """Runs hooks of the backend and keeps their output away from standard output."""

    def __init__(self, verbose: bool) -> None:
        self.verbose = verbose
        self.directory: Path | None = None

    def __call__(
        self,
        command: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        # Modules of the project may be imported, and the source tree stays as it is.
        environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(extra_environ or {})}
        if self.directory is not None:
            # Backends such as uv_build search only PATH for a program next to the interpreter.
            environ["PATH"] = os.pathsep.join((str(self.directory), environ.get("PATH", "")))
        if self.verbose:
            _run_and_show(command, cwd, environ)
        else:
            subprocess.run(command, cwd=cwd, env=environ, check=True, capture_output=True)


def _run_and_show(command: Sequence[str], cwd: str | None, environ: Mapping[str, str]) -> None:
    """Run a program and print its output on standard error, line by line."""
    output = []
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="backslashreplace",
    ) as process:
        for line in process.stdout or ():
            print_message(line.rstrip("\n"))
            output.append(line)
    if process.returncode:
        text = "".join(output[-_LINES_KEPT:]).encode()
        raise subprocess.CalledProcessError(process.returncode, command, text)


def _explain(error: Exception, project: Path, advice: str, most: int = 3) -> str:
    """Return why a program failed, and what to do: for an error in a file of the project, its file
    and its line. Else the last lines that the program printed, or the message of the library, and
    `advice`."""
    failure = getattr(error, "exception", error)
    output = ""
    if isinstance(failure, subprocess.CalledProcessError):
        streams = filter(None, (failure.stdout, failure.stderr))
        output = b"\n".join(streams).decode(errors="replace")
    traced = read_failure(output)
    if traced:
        traced = with_source(traced, project)
    message = traced and (describe_failure(traced, project) or describe_import(traced))
    if message:
        return message
    if traced:
        return f"{describe_error(traced)}. {advice}"
    lines = [line.strip() for line in output.splitlines() if line.strip(" ^~")]
    reason = (" / ".join(lines[-most:]) or str(error)).rstrip(".")
    return f"{reason}. {advice}"


@contextmanager
def _by_products_removed(project: Path) -> Iterator[None]:
    """Keep the source tree unchanged: remove the by-products that did not exist before."""
    before = _find_by_products(project)
    try:
        yield
    finally:
        for path in _find_by_products(project) - before:
            shutil.rmtree(path)


def _find_by_products(project: Path) -> set[Path]:
    return {path for pattern in _BY_PRODUCTS for path in project.glob(pattern) if path.is_dir()}

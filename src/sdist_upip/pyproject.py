"""The tables of pyproject.toml that sdist-upip reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from .errors import ConfigError
from .files.regular import read_regular
from .limits import TEXT_LIMIT
from .toml import TomlError, parse_toml

LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
"""The build backend of a project without [build-system] (PEP 517)."""


class BuildSystem(NamedTuple):
    """`[build-system]` of PEP 518, with the defaults of PEP 517."""

    requires: tuple[str, ...] = ("setuptools",)
    backend: str = LEGACY_BACKEND


def read_pyproject(directory: Path) -> Mapping[str, Any]:
    """Return the content of pyproject.toml in `directory`, empty if there is no such file.

    Raises ConfigError if the file cannot be read or is not TOML.
    """
    path = directory / "pyproject.toml"
    try:
        return parse_toml(read_regular(path, TEXT_LIMIT))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(
            f"Cannot read {path}: {error.strerror}. Check its permissions."
        ) from error
    except TomlError as error:
        raise ConfigError(f"{path} {error}. {error.remedy or 'Fix the file.'}") from error


def read_table(directory: Path) -> Mapping[str, Any]:
    """Return `[tool.sdist-upip]` of the project in `directory`; raise ConfigError if invalid."""
    tool = read_pyproject(directory).get("tool", {})
    table = tool.get("sdist-upip", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigError(
            f"[tool] sdist-upip in {directory / 'pyproject.toml'}: expected a table, got {table!r}."
        )
    return table


def read_build_system(directory: Path) -> BuildSystem:
    """Return the build system of the project in `directory`; raise ConfigError if invalid."""
    table = read_pyproject(directory).get("build-system")
    if table is None:
        return BuildSystem()
    where = f"[build-system] in {directory / 'pyproject.toml'}"
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: expected a table, got {table!r}.")
    requires = table.get("requires", [])
    backend = table.get("build-backend", LEGACY_BACKEND)
    if not isinstance(requires, list) or not all(isinstance(item, str) for item in requires):
        raise ConfigError(f"{where}: requires: expected an array of strings, got {requires!r}.")
    if not isinstance(backend, str):
        raise ConfigError(f"{where}: build-backend: expected a string, got {backend!r}.")
    _check_backend_path(directory, table.get("backend-path", []), f"{where}: backend-path")
    return BuildSystem(tuple(requires), backend)


def _check_backend_path(directory: Path, backend_path: Any, where: str) -> None:
    """Raise ConfigError unless all directories are in that of the project, as PEP 517 requires."""
    if not isinstance(backend_path, list) or not all(isinstance(x, str) for x in backend_path):
        raise ConfigError(f"{where}: expected an array of strings, got {backend_path!r}.")
    project = directory.resolve()
    for path in backend_path:
        try:
            inside = (project / path).resolve().is_relative_to(project)
        except (OSError, ValueError):  # a path that no system has
            inside = False
        if not inside or Path(path).is_absolute():
            raise ConfigError(
                f"{where}: {path!r} is not a directory of the project. Use a relative path "
                "without '..'."
            )


def find_missing(requirements: Iterable[str]) -> list[str]:
    """Return the `requirements` (PEP 508) that the running environment does not satisfy.

    Raises ConfigError for a requirement that is not valid.
    """
    return [text for text in requirements if not _is_satisfied(text)]


def _is_satisfied(text: str) -> bool:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise ConfigError(
            f"[build-system] requires: invalid requirement {text!r} (PEP 508): {error}. Correct it."
        ) from error
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return False
    return requirement.specifier.contains(installed, prereleases=True)

"""The tables of pyproject.toml that sdist-upip reads."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from .errors import ConfigError
from .files.regular import read_regular
from .limits import TEXT_LIMIT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
"""The build backend of a project without [build-system] (PEP 517)."""


@dataclass(frozen=True)
class BuildSystem:
    """`[build-system]` of PEP 518, with the defaults of PEP 517."""

    requires: tuple[str, ...] = ("setuptools",)
    backend: str = LEGACY_BACKEND


def read_pyproject(directory: Path) -> Mapping[str, Any]:
    """Return the content of pyproject.toml in `directory`, empty if there is no such file.

    Raises ConfigError if the file cannot be read or is not TOML.
    """
    path = directory / "pyproject.toml"
    try:
        text = read_regular(path, TEXT_LIMIT).decode()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"Cannot read {path}: {error}. Check its permissions and its encoding (UTF-8)."
        ) from error
    try:
        document: Mapping[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}. Fix the file.") from error
    return document


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
    return BuildSystem(tuple(requires), backend)


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

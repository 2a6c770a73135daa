"""Describing a wheel as a `Project`, with its files traced to the sources in the project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from .layout import Project
from .sources import is_unusable, walk_sources
from .wheel import Wheel


def wheel_project(wheel: Wheel, directory: Path | None = None) -> Project:
    """Return the project that `wheel` was built from, in `directory` if that is known.

    If a file of the wheel equals a file of the directory, that file is its source. The sources of
    all other files are in `contents`, below the file name of the wheel.
    """
    files = {**wheel.files, **wheel.host_files}
    sources = {path: f"{wheel.filename}/{path}" for path in files}
    if directory is not None:
        sources |= _trace(wheel.files, directory)
    contents = {source: files[path] for path, source in sources.items()}
    contents |= wheel.licenses
    installed = {path: sources[path] for path in wheel.files}
    modules = {path: source for path, source in installed.items() if path.endswith(".py")}
    return Project(
        directory=directory or Path(),
        name=wheel.name,
        version=wheel.version,
        metadata=wheel.metadata,
        packages=_packages(installed),
        modules=modules,
        data={path: source for path, source in installed.items() if path not in modules},
        listed=frozenset(sources[path] for path in wheel.host_files),
        license_files=tuple(wheel.licenses),
        extensions=tuple(_extension(path) for path in wheel.compiled),
        scripts=tuple(sources[path] for path in wheel.host_files if "/scripts/" in path),
        entry_points=wheel.entry_points,
        contents=contents,
        undeclared="not in the wheel that the build backend makes",
    )


def _trace(files: Mapping[str, bytes], directory: Path) -> dict[str, str]:
    """Return {install path: shortest source in `directory` with the same name and bytes}."""
    by_name: dict[str, list[str]] = {}
    for source in walk_sources(directory):
        by_name.setdefault(PurePosixPath(source).name, []).append(source)
    found = {}
    for path, data in files.items():
        for source in sorted(by_name.get(PurePosixPath(path).name, ()), key=len):
            if source != path and not source.endswith(f"/{path}"):
                continue
            if not is_unusable(directory, source) and (directory / source).read_bytes() == data:
                found[path] = source
                break
    return found


def _extension(path: str) -> str:
    directory, _, name = path.rpartition("/")
    return f"{directory}/{name.partition('.')[0]}".lstrip("/").replace("/", ".")


def _packages(sources: Mapping[str, str]) -> dict[str, str]:
    """Return {dotted name of a package: directory of its sources}."""
    packages: dict[str, str] = {}
    for path, source in sorted(sources.items()):
        for parent in _package_directories(path):
            below = path[len(parent) + 1 :]
            if source.endswith(f"/{below}"):
                packages.setdefault(parent.replace("/", "."), source[: -len(below) - 1])
    return packages


def _package_directories(path: str) -> Iterable[str]:
    directories = path.split("/")[:-1]
    if directories and not any("." in directory for directory in directories):
        yield directories[0]
        if path.endswith(".py"):
            yield "/".join(directories)

"""What belongs on the device: declared packages, modules and data → members at install path."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from ..config import Config
from ..errors import ProjectError
from ..filenames import HOST_DIRECTORIES
from ..metadata.member_names import ENTRY_POINTS, LICENSES
from ..patterns import matches_any
from ..release import Member, Release
from .sources import is_unusable, measure_source, read_source, walk_sources

logger = logging.getLogger(__name__)


_C_SUFFIXES = frozenset(
    {".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".pxd", ".pxi", ".pyx", ".s"}
)
_BUILD_FILES = {
    "setup.py": "builds the package",
    "setup.cfg": "builds the package",
    "pyproject.toml": "builds the package",
    "MANIFEST.in": "builds the package",
    "MANIFEST": "builds the package",
    "tox.ini": "tests the package",
}


@dataclass(frozen=True)
class Project:
    """What a build tool knows of a project; sources are `/`-separated paths below `directory`.

    `packages` maps each dotted name to its source directory; `modules` and `data` map install paths
    to sources; `listed` is the tool's manifest; `dropped` are files that MANIFEST.in excludes;
    `extensions` are the dotted names of extension modules; `scripts` are sources; `entry_points`
    is the text of entry_points.txt. `contents` are the bytes of sources that are no files of
    `directory`; `undeclared` says why a file in the directory of a package stays behind.
    """

    directory: Path
    name: str
    version: str
    metadata: bytes
    packages: Mapping[str, str]
    modules: Mapping[str, str]
    data: Mapping[str, str]
    listed: frozenset[str]
    excluded_by_manifest: frozenset[str] = frozenset()
    license_files: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    entry_points: str = ""
    contents: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    undeclared: str = "declared neither in MANIFEST.in nor as package data"

    def read(self, source: str) -> bytes:
        """Return the bytes of `source`; raise ProjectError as `read_source` does."""
        if source in self.contents:
            return self.contents[source]
        return read_source(self.directory, source)

    def measure(self, source: str) -> int:
        """Return the size of `source` in bytes, 0 for what is no regular file."""
        if source in self.contents:
            return len(self.contents[source])
        return measure_source(self.directory, source)


@dataclass(frozen=True)
class ExcludedFile:
    """A project file that the archive does not hold, why, and its size in bytes."""

    source: str
    reason: str
    size: int


@dataclass(frozen=True)
class Layout:
    """A release as laid out, where each member came from, and what stays behind."""

    release: Release
    sources: Mapping[str, str]
    excluded: tuple[ExcludedFile, ...]


def lay_out(project: Project, config: Config) -> Layout:
    """Return the members of `project` at their install paths.

    Raises ProjectError for what is declared but cannot be carried: extension modules, missing or
    special files, names no device can hold.
    """
    _refuse_extensions(project, config)
    candidates = {**project.data, **project.modules}
    reasons: dict[str, str] = {}
    sources: dict[str, str] = {}
    for path, source in sorted(candidates.items()):
        reason = _reason_to_leave(path, source, project, config)
        if reason:
            reasons[source] = reason
        else:
            sources[path] = source
    for path, source in _included(project, config):
        if not matches_any(path, config.exclude):
            if sources.setdefault(path, source) != source:
                raise ProjectError(
                    f"{sources[path]!r} and {source!r} both go to {path!r}; include only one"
                )
            reasons.pop(source, None)
    _warn_of_host_packages(project, config, sources)
    if not sources:
        raise ProjectError(
            f"{project.name}: nothing to put on a device; declare packages or py_modules"
        )
    licenses = sorted(set(project.license_files)) if config.license_files == "keep" else []
    reasons |= _undeclared(project, config, sources, {*reasons, *licenses})
    _warn_of_unused_excludes(project, config, {*candidates, *sources}, reasons)
    members = [Member("PKG-INFO", project.metadata)]
    members += [Member(path, project.read(source)) for path, source in sources.items()]
    release = Release(project.name, project.version, tuple(members))
    members += [
        Member(f"{release.egg_info}/{LICENSES}/{name}", project.read(name)) for name in licenses
    ]
    if config.pip_compatible and project.entry_points:
        path = f"{release.egg_info}/{ENTRY_POINTS}"
        members.append(Member(path, project.entry_points.encode()))
    return Layout(
        release.with_members(members),
        MappingProxyType(sources),
        tuple(
            ExcludedFile(source, reasons[source], project.measure(source))
            for source in sorted(reasons)
        ),
    )


def _refuse_extensions(project: Project, config: Config) -> None:
    for name in project.extensions:
        path = name.replace(".", "/")
        if not matches_any(path, config.exclude) and not matches_any(path + ".so", config.exclude):
            raise ProjectError(
                f"extension module {name!r} cannot run on a device; "
                f'add exclude = ["{path}.*"] to [tool.sdist-upip] if the package works without it'
            )
        logger.warning("left out extension module %s: excluded", name)


def _reason_to_leave(path: str, source: str, project: Project, config: Config) -> str | None:
    if matches_any(path, config.exclude):
        return "excluded by [tool.sdist-upip]"
    if source in project.excluded_by_manifest:
        return "excluded by MANIFEST.in"
    posix = PurePosixPath(path)
    if posix.name == "py.typed" or posix.suffix == ".pyi":
        return "type information, which no device reads"
    if posix.suffix in {".pyc", ".pyo"} or "__pycache__" in posix.parts:
        return "bytecode of CPython"
    if posix.suffix.lower() in _C_SUFFIXES:
        return "C source, which no device compiles"
    if posix.parts[0] in HOST_DIRECTORIES.intersection(project.packages):
        return f"top-level package {posix.parts[0]!r} is for the host"
    return None


def _warn_of_host_packages(project: Project, config: Config, carried: Iterable[str]) -> None:
    directories = {path.partition("/")[0] for path in carried}
    for name in sorted(HOST_DIRECTORIES.intersection(project.packages) - directories):
        if not matches_any(f"{name}/__init__.py", config.exclude):
            logger.warning(
                "left out the top-level package %r, which is for the host; do not declare it, "
                'or add include = ["%s/**"] to [tool.sdist-upip]',
                name,
                project.packages[name],
            )


def _warn_of_unused_excludes(
    project: Project, config: Config, paths: set[str], excluded: Iterable[str]
) -> None:
    paths.update(install_path(source, project.packages) or source for source in excluded)
    paths.update(f"{name.replace('.', '/')}/R.py" for name in project.packages)
    paths.update(f"{name.replace('.', '/')}.so" for name in project.extensions)
    for pattern in config.exclude:
        if not any(matches_any(path, [pattern]) for path in paths):
            logger.warning("exclude: %r matches nothing; mend or remove the pattern", pattern)


def _included(project: Project, config: Config) -> Iterator[tuple[str, str]]:
    for pattern in config.include:
        hidden = any(part.startswith(".") for part in pattern.split("/"))
        every = walk_sources(project.directory, hidden=hidden)
        found = [source for source in every if matches_any(source, [pattern])]
        if not found:
            raise ProjectError(
                f"include in [tool.sdist-upip]: {pattern!r} matches no file of the project; "
                "mend or remove the pattern"
            )
        for source in found:
            yield install_path(source, project.packages) or source, source


def install_path(source: str, packages: Mapping[str, str]) -> str | None:
    """Return where `source` is installed if it lies in the directory of a package, else None."""
    name = find_owner(source, packages)
    if name is None:
        return None
    inside = PurePosixPath(source).relative_to(packages[name])
    return "/".join((*name.split("."), inside.as_posix()))


def find_owner(source: str, packages: Mapping[str, str]) -> str | None:
    """Return the package with the deepest directory that `source` lies in, or None."""
    owners = [
        (len(PurePosixPath(directory).parts), name)
        for name, directory in packages.items()
        if PurePosixPath(source).is_relative_to(directory)
    ]
    return max(owners)[1] if owners else None


def _undeclared(
    project: Project, config: Config, carried: Mapping[str, str], left: set[str]
) -> dict[str, str]:
    reasons = {}
    known = left.union(carried.values())
    for source in sorted(project.listed - known):
        if install_path(source, project.packages) is None:
            reasons[source] = _reason_outside(source, project)
    for directory in _outermost(project.packages.values()):
        for source in walk_sources(project.directory, directory):
            if source in known or source in reasons:
                continue
            path = install_path(source, project.packages) or source
            if matches_any(path, config.exclude):
                reasons[source] = "excluded by [tool.sdist-upip]"
            elif is_unusable(project.directory, source):
                read_source(project.directory, source)
            elif path in carried:
                reasons[source] = "another file is installed in its place"
            else:
                reasons[source] = (
                    _reason_to_leave(path, source, project, config) or project.undeclared
                )
    return reasons


def _outermost(directories: Iterable[str]) -> list[str]:
    outermost: list[str] = []
    for directory in sorted(set(directories)):
        if not any(PurePosixPath(directory).is_relative_to(other) for other in outermost):
            outermost.append(directory)
    return outermost


def _reason_outside(source: str, project: Project) -> str:
    name = PurePosixPath(source).name
    if source in _BUILD_FILES:
        return f"{_BUILD_FILES[source]}; a device does not need it"
    if ".egg-info/" in source:
        return "record of setuptools"
    if source in project.license_files or re.match(r"(?i)(licen[cs]e|copying|notice)", name):
        return 'license; license-files = "keep" carries it where no device installs it'
    if re.match(r"(?i)(readme|changelog|changes|authors|contributing)", name):
        return "documentation; a device does not need it"
    if source in project.scripts:
        return "script for the host"
    if source in project.excluded_by_manifest:
        return "excluded by MANIFEST.in"
    return "outside every declared package"

"""Laying out a project: declared packages, modules and data → members at their install paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from ..config import Config
from ..errors import ProjectError
from ..filenames import HOST_DIRECTORIES
from ..messages.logs import get_logger
from ..metadata.member_names import ENTRY_POINTS, LICENSES
from ..patterns import matches_any
from ..release import Member, Release
from .leftovers import find_leftover, find_project_file
from .package_names import is_stub_package
from .sources import is_in_environment, is_unusable, measure_source, read_source, walk_sources

logger = get_logger(__name__)

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


class Project(NamedTuple):
    """A project as its build tool describes it; sources are `/`-separated paths below `directory`.

    `packages` maps each dotted name to its source directory. `modules` and `data` map install paths
    to sources. `listed` is the manifest of the build tool, and `excluded_by_manifest` are the files
    that MANIFEST.in excludes. `extensions` are the dotted names of extension modules. `scripts` are
    sources. `entry_points` is the text of entry_points.txt. `contents` maps sources that are not
    files of `directory` to their bytes. `undeclared` is the reason for excluding an undeclared file
    in the directory of a package. `for_hosts` are top-level packages that were found, not named,
    and are for the host by their names. `outputs` are those that were found in the output of a
    build. `repeated` are sources behind a link that leads back.
    `spelled` are the names of files and directories that the project spells out.
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
    contents: Mapping[str, bytes] = MappingProxyType({})
    undeclared: str = "declared neither in MANIFEST.in nor as package data"
    for_hosts: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()
    spelled: frozenset[str] = frozenset()

    def read(self, source: str) -> bytes:
        """Return the bytes of `source`; raise ProjectError as `read_source` does."""
        if source in self.contents:
            return self.contents[source]
        return read_source(self.directory, source)

    def measure(self, source: str) -> int:
        """Return the size of `source` in bytes, or 0 if `source` is not a regular file."""
        if source in self.contents:
            return len(self.contents[source])
        return measure_source(self.directory, source)


class ExcludedFile(NamedTuple):
    """A project file that is not in the archive, the reason, and its size in bytes."""

    source: str
    reason: str
    size: int


class Layout(NamedTuple):
    """A release, the source of each member (install path → source), and the excluded files."""

    release: Release
    sources: Mapping[str, str]
    excluded: tuple[ExcludedFile, ...]


def lay_out(project: Project, config: Config) -> Layout:
    """Return the members of `project` at their install paths.

    Raises ProjectError if the project declares something that a device archive cannot contain:
    extension modules, missing or special files, or names that devices cannot use.
    """
    _refuse_extensions(project, config)
    candidates = {**project.data, **project.modules}
    reasons: dict[str, str] = {}
    sources: dict[str, str] = {}
    for path, source in sorted(candidates.items()):
        reason = _exclusion_reason(path, source, project, config)
        if reason:
            reasons[source] = reason
        else:
            sources[path] = source
    for path, source in _included(project, config):
        if not matches_any(path, config.exclude):
            if sources.setdefault(path, source) != source:
                raise ProjectError(
                    f"{path!r}: {sources[path]!r} and {source!r} have the same install path. "
                    "Include only one of them."
                )
            reasons.pop(source, None)
    _warn_of_host_packages(project, config, sources)
    if not sources:
        _refuse_stubs(project, candidates)
        raise ProjectError(
            f"{project.name}: the project has no files for a device. "
            "Declare packages or py_modules."
        )
    licenses = sorted(set(project.license_files)) if config.license_files == "keep" else []
    reasons |= _undeclared(project, config, sources, {*reasons, *licenses})
    _warn_of_unused_excludes(project, config, {*candidates, *sources}, reasons)
    members = [Member("PKG-INFO", project.metadata)]
    members += [Member(path, project.read(source)) for path, source in sources.items()]
    release = Release(project.name, project.version, tuple(members))
    texts = {f"{LICENSES}/{name}": project.read(name) for name in licenses}
    if config.pip_compatible and project.entry_points:
        texts[ENTRY_POINTS] = project.entry_points.encode()
    egg_info = release.find_egg_info(texts)
    members += [Member(f"{egg_info}/{name}", text) for name, text in texts.items()]
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
                f"Extension module {name!r} cannot run on a device. If the package works without "
                f'the module, add exclude = ["{path}.*"] to [tool.sdist-upip].'
            )
        logger.warning("Excluded extension module %s, which matches exclude.", name)


def _refuse_stubs(project: Project, candidates: Iterable[str]) -> None:
    """Raise ProjectError if the project has type stubs and nothing else."""
    declared = set(candidates) or {
        source
        for directory in _outermost(project.packages.values())
        for source in walk_sources(project.directory, directory)
    }
    if any(path.endswith(".pyi") for path in declared) or any(
        map(is_stub_package, project.packages)
    ):
        raise make_stub_error(project.name)


def make_stub_error(name: str) -> ProjectError:
    """Return the error for a project `name` that has type stubs and nothing else."""
    return ProjectError(
        f"{name}: the project has only type stubs (.pyi), which are for computers. "
        "Boards do not read them. Publish the stubs as a wheel, without sdist-upip."
    )


def _exclusion_reason(path: str, source: str, project: Project, config: Config) -> str | None:
    if matches_any(path, config.exclude):
        return "excluded by [tool.sdist-upip]"
    if source in project.excluded_by_manifest:
        return "excluded by MANIFEST.in"
    posix = PurePosixPath(path)
    if posix.name == "py.typed" or posix.suffix == ".pyi":
        return "type information, which devices do not read"
    if posix.suffix in {".pyc", ".pyo"} or "__pycache__" in posix.parts:
        return "bytecode of CPython"
    if reason := _leftover_reason(path, source, project):
        return reason
    if posix.suffix.lower() in _C_SUFFIXES:
        return "C source, which devices do not compile"
    if posix.parts[0] in project.for_hosts:
        return f"top-level package {posix.parts[0]!r} is for the host"
    if posix.parts[0] in project.outputs:
        return "output of a build"
    return None


def _leftover_reason(path: str, source: str, project: Project) -> str | None:
    """Return why a file that a pattern has swept in is left out, or None."""
    if source in project.repeated:
        return "behind a symlink that leads back to a directory above it"
    if reason := find_leftover(path, project.spelled):
        return reason
    if source in project.contents:
        return "builds the package, not needed on a device" if path == "setup.py" else None
    if is_in_environment(project.directory, source):
        return "file of a virtual environment"
    owner = find_owner(source, project.packages)
    return find_project_file(
        source, "" if owner is None else project.packages[owner], project.spelled
    )


def _warn_of_host_packages(project: Project, config: Config, included: Iterable[str]) -> None:
    directories = {path.partition("/")[0] for path in included}
    for name in sorted(project.for_hosts - directories):
        if not matches_any(f"{name}/__init__.py", config.exclude):
            logger.warning(
                "Excluded the top-level package %r, which was found and not named. Packages of "
                "that name (%s) are usually for the host. Name it in packages to keep it, or "
                "exclude it there.",
                name,
                ", ".join(sorted(HOST_DIRECTORIES)),
            )


def _warn_of_unused_excludes(
    project: Project, config: Config, paths: set[str], excluded: Iterable[str]
) -> None:
    paths.update(install_path(source, project.packages) or source for source in excluded)
    paths.update(f"{name.replace('.', '/')}/R.py" for name in project.packages)
    paths.update(f"{name.replace('.', '/')}.so" for name in project.extensions)
    for pattern in config.exclude:
        if not any(matches_any(path, [pattern]) for path in paths):
            logger.warning(
                "exclude in [tool.sdist-upip]: %r matches no file. Correct or remove the pattern.",
                pattern,
            )


def _included(project: Project, config: Config) -> Iterator[tuple[str, str]]:
    for pattern in config.include:
        hidden = any(part.startswith(".") for part in pattern.split("/"))
        candidates = walk_sources(project.directory, hidden=hidden)
        found = [source for source in candidates if matches_any(source, [pattern])]
        if not found:
            raise ProjectError(
                f"include in [tool.sdist-upip]: {pattern!r} matches no file of the project. "
                "Correct or remove the pattern."
            )
        spelled = frozenset(pattern.split("/"))
        for source in found:
            if find_leftover(source, spelled) is None:
                yield install_path(source, project.packages) or source, source


def install_path(source: str, packages: Mapping[str, str]) -> str | None:
    """Return the install path of `source`, or None if it is not in the directory of a package."""
    name = find_owner(source, packages)
    if name is None:
        return None
    inside = PurePosixPath(source).relative_to(packages[name])
    return "/".join((*filter(None, name.split(".")), inside.as_posix()))


def find_owner(source: str, packages: Mapping[str, str]) -> str | None:
    """Return the package with the deepest directory that contains `source`, or None."""
    inside = _split(source)
    above = ((_split(directory), name) for name, directory in packages.items())
    owners = [(len(parts), name) for parts, name in above if inside[: len(parts)] == parts]
    return max(owners)[1] if owners else None


@lru_cache(maxsize=4096)
def _split(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parts


def _undeclared(
    project: Project, config: Config, included: Mapping[str, str], excluded: set[str]
) -> dict[str, str]:
    reasons = {}
    known = excluded.union(included.values())
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
            elif _is_refused(source, path, directory, project):
                read_source(project.directory, source)
            elif path in included:
                reasons[source] = "another file has the same install path"
            else:
                reasons[source] = (
                    _exclusion_reason(path, source, project, config) or project.undeclared
                )
    return reasons


def _is_refused(source: str, path: str, package_directory: str, project: Project) -> bool:
    """Return whether an undeclared file in the directory of a package cannot be read.

    Not all files in the root directory of a project are for a package that is there.
    """
    return (
        package_directory != "."
        and find_leftover(path, ()) is None
        and is_unusable(project.directory, source)
    )


def _outermost(directories: Iterable[str]) -> list[str]:
    outermost: list[str] = []
    for directory in sorted(set(directories)):
        if not any(PurePosixPath(directory).is_relative_to(other) for other in outermost):
            outermost.append(directory)
    return outermost


def _reason_outside(source: str, project: Project) -> str:
    name = PurePosixPath(source).name.casefold()
    if source in _BUILD_FILES:
        return f"{_BUILD_FILES[source]}, not needed on a device"
    if ".egg-info/" in source:
        return "metadata of setuptools"
    if source in project.license_files or name.startswith(
        ("license", "licence", "copying", "notice")
    ):
        return 'license, which license-files = "keep" includes in the archive'
    if name.startswith(("readme", "changelog", "changes", "authors", "contributing")):
        return "documentation, not needed on a device"
    if source in project.scripts:
        return "script for the host"
    if source in project.excluded_by_manifest:
        return "excluded by MANIFEST.in"
    return "outside every declared package"

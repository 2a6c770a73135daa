"""Checks before staged packages are committed: those of upip, and those of this computer."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from stat import S_ISDIR

from packaging.utils import canonicalize_name

from ..errors import ConfigError, OutputError, ResolutionError
from ..files.below import Below, leads_to_directory
from ..member_paths import find_directories, parents
from ..requirements.requirement import Requirement, parse_requirement
from .package import InstalledPackage
from .record_store import RecordStore

Evaluate = Callable[[str], Requirement | None]
"""From the text of a requirement to the requirement; None if its marker is false for the board."""

_COMMON_NAME = re.compile(r"[A-Za-z0-9_.-]*[A-Za-z0-9_-]")
"""A name that every file system accepts."""


def check_file_conflicts(
    staged: Sequence[InstalledPackage], installed: Iterable[InstalledPackage]
) -> None:
    """Raise OutputError if a file of a staged package is a file or directory of another package."""
    files: dict[str, str] = {}
    directories: dict[str, str] = {}
    for package in installed:
        _add(package, files, directories)
    for package in staged:
        _check_itself(package)
        taken = files.keys() & find_directories(package.paths)
        for path in package.paths:
            other = files.get(path) or directories.get(path)
            for directory in parents(path) if taken else ():
                if directory in files:
                    path, other = directory, files[directory]
            if other:
                raise OutputError(
                    f"{package.name} and {other} both have {path}. Install only one of them."
                )
        _add(package, files, directories)


def _add(package: InstalledPackage, files: dict[str, str], directories: dict[str, str]) -> None:
    for path in package.paths:
        files.setdefault(path, package.name)
    for directory in find_directories(package.paths):
        directories.setdefault(directory, package.name)


def _check_itself(package: InstalledPackage) -> None:
    files: set[str] = set()
    for path in package.paths:
        if path in files:
            raise _conflicts_with_itself(package, f"{path} twice")
        files.add(path)
    for directory in find_directories(package.paths):
        if directory in files:
            raise _conflicts_with_itself(package, f"{directory} as a file and as a directory")


def _conflicts_with_itself(package: InstalledPackage, what: str) -> OutputError:
    return OutputError(
        f"{package.name} has {what}, so one would replace the other. "
        "Ask its author to build it again."
    )


def check_targets(staged: Sequence[InstalledPackage], store: RecordStore) -> None:
    """Raise OutputError if a file or directory is in the way of a staged package's files.

    OSError means that the file system cannot hold one of their names.
    """
    parts = {part for package in staged for path in package.paths for part in path.split("/")}
    for part in sorted(parts):
        if not _COMMON_NAME.fullmatch(part):
            store.try_name(part)
    below = Below(store.root)
    for package in staged:
        directories = find_directories(package.paths)
        for path in package.paths:
            target = store.locate(path, below)
            if below.may_exist(path) and leads_to_directory(target):
                raise OutputError(
                    f"{target} is a directory, and {package.name} has a file there. Move it away."
                )
            for directory in parents(path):
                if directories[directory] != path:
                    break
                if below.mode(directory) and not S_ISDIR(below.mode(directory)):
                    raise OutputError(
                        f"{below.join(directory)} is a file, and {package.name} needs a directory "
                        "there. Move it away."
                    )


def check_permissions(packages: Iterable[InstalledPackage], store: RecordStore) -> None:
    """Raise OutputError if a directory with files of `packages`, now or later, is not writable.

    An error that shows only while files are moved would leave the change to the next run.
    """
    below = Below(store.root)
    paths = [path for package in packages for path in package.paths]
    for path in paths:
        store.locate(path, below)
    present = filter(below.has_directory, find_directories(paths))
    device = store.root.stat().st_dev
    for directory in sorted({store.root, *map(store.root.joinpath, present)}):
        if not os.access(directory, os.W_OK | os.X_OK):
            raise OutputError(f"{directory} is not writable. Check permissions and ownership.")
        if directory.stat().st_dev != device:
            raise OutputError(
                f"{directory} is on another file system than {store.root}, so files cannot be "
                "moved there. Install to a directory on one file system."
            )


def check_installed_requirements(
    staged: Sequence[InstalledPackage], staying: Iterable[InstalledPackage], evaluate: Evaluate
) -> None:
    """Raise ResolutionError if a package that stays requires another version than the staged
    one."""
    versions = {package.name: package.version for package in staged}
    for package in staying:
        for requirement in _read_requirements(package, versions, evaluate):
            if not requirement.is_satisfied_by(versions[requirement.name]):
                raise ResolutionError(
                    f"{requirement.name}: {package} (installed) requires {requirement.specifier}, "
                    f"but {_find_dependent(requirement.name, staged, evaluate)} selected "
                    f"{versions[requirement.name]}. Install a release of {package.name} that "
                    "works with it, or uninstall it."
                )


def _find_dependent(name: str, staged: Iterable[InstalledPackage], evaluate: Evaluate) -> str:
    """Return who requires `name`: the last staged package that does, or you."""
    found = "you"
    for package in staged:
        for _ in _read_requirements(package, [name], evaluate):
            found = str(package)
    return found


def _read_requirements(
    package: InstalledPackage, names: Container[str], evaluate: Evaluate
) -> Iterator[Requirement]:
    """Yield the requirements of `package` on `names`; no other marker is evaluated."""
    for text in package.requires:
        try:
            named = canonicalize_name(parse_requirement(text).name) in names
            requirement = evaluate(text) if named else None
        except (ConfigError, ResolutionError) as error:
            raise type(error)(f"{package} (installed) requires {text!r}: {error}") from error
        if requirement:
            yield requirement

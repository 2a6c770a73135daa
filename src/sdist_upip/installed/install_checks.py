"""What keeps staged packages from going into place: what upip's check finds, and this host."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from packaging.utils import canonicalize_name

from ..errors import ConfigError, OutputError, ResolutionError
from ..metadata.install_paths import parents
from ..requirements.requirement import Need, read_requirement
from .package import Record
from .record_store import RecordStore

ReadNeed = Callable[[str], Need | None]
"""From a requirement to the need; None if its marker says that it does not count for the board, or
only with an extra."""

_COMMON_NAME = re.compile(r"[A-Za-z0-9_.-]*[A-Za-z0-9_-]")
"""What every file system takes."""


def check_owners(staged: Sequence[Record], installed: Iterable[Record]) -> None:
    """Raise OutputError if a file of a staged package is another's file or directory."""
    files: dict[str, str] = {}
    directories: dict[str, str] = {}
    for record in installed:
        _add(record, files, directories)
    for record in staged:
        _check_itself(record)
        for path in record.paths:
            other = files.get(path) or directories.get(path)
            for directory in parents(path):
                if directory in files:
                    path, other = directory, files[directory]
            if other:
                raise OutputError(
                    f"{record.name} and {other} both have {path}; install only one of them"
                )
        _add(record, files, directories)


def _add(record: Record, files: dict[str, str], directories: dict[str, str]) -> None:
    for path in record.paths:
        files.setdefault(path, record.name)
        for directory in parents(path):
            directories.setdefault(directory, record.name)


def _check_itself(record: Record) -> None:
    files: set[str] = set()
    for path in record.paths:
        if path in files:
            raise _replaces_itself(record, f"{path} twice")
        files.add(path)
    for path in record.paths:
        for directory in parents(path):
            if directory in files:
                raise _replaces_itself(record, f"{directory} as a file and as a directory")


def _replaces_itself(record: Record, what: str) -> OutputError:
    return OutputError(
        f"{record.name} has {what}, so that one would replace the other; ask its author to build "
        "it again"
    )


def check_places(staged: Sequence[Record], store: RecordStore) -> None:
    """Raise OutputError if something in the directory is in the way of a staged package's files.

    OSError tells that the file system cannot hold one of their names.
    """
    parts = {part for record in staged for path in record.paths for part in path.split("/")}
    for part in sorted(parts):
        if not _COMMON_NAME.fullmatch(part):
            store.try_name(part)
    for record in staged:
        for path in record.paths:
            target = store.locate(path)
            if target.is_dir():
                raise OutputError(
                    f"{target} is a directory, and {record.name} has a file there; move it away"
                )
            for directory in map(store.root.joinpath, parents(path)):
                if directory.exists() and not directory.is_dir():
                    raise OutputError(
                        f"{directory} is a file, and {record.name} needs a directory there; move "
                        "it away"
                    )


def check_access(records: Iterable[Record], store: RecordStore) -> None:
    """Raise OutputError if a directory that holds files of `records`, or will, cannot be changed.

    What is found out only while files are moved would leave the work to the next start.
    """
    directories = {store.root}
    for record in records:
        for path in record.paths:
            store.locate(path)
            directories.update(map(store.root.joinpath, parents(path)))
    device = store.root.stat().st_dev
    for directory in sorted(directories):
        if not directory.is_dir():
            continue
        if not os.access(directory, os.W_OK | os.X_OK):
            raise OutputError(f"{directory} cannot be written to; change its mode or its owner")
        if directory.stat().st_dev != device:
            raise OutputError(
                f"{directory} is on another file system than {store.root}, so that files cannot be "
                "moved there; install to a directory on one file system"
            )


def check_needs(staged: Sequence[Record], staying: Iterable[Record], read_need: ReadNeed) -> None:
    """Raise ResolutionError if a package that stays needs another version than the staged one."""
    versions = {record.name: record.version for record in staged}
    for record in staying:
        for need in _read_needs(record, versions, read_need):
            if not need.takes(versions[need.name]):
                raise ResolutionError(
                    f"{need.name}: {record.name} {record.version} (installed) needs "
                    f"{need.specifiers}, but {_find_wanting(need.name, staged, read_need)} took "
                    f"{versions[need.name]}; install a release of {record.name} that goes with "
                    "it, or uninstall it"
                )


def _find_wanting(name: str, staged: Iterable[Record], read_need: ReadNeed) -> str:
    """Return who needs `name`: the last staged package that does, or you."""
    found = "you"
    for record in staged:
        for _ in _read_needs(record, [name], read_need):
            found = f"{record.name} {record.version}"
    return found


def _read_needs(record: Record, names: Container[str], read_need: ReadNeed) -> Iterator[Need]:
    """Yield what `record` needs of `names`; no other marker is evaluated."""
    for text in record.needs:
        try:
            wanted = canonicalize_name(read_requirement(text).name) in names
            need = read_need(text) if wanted else None
        except (ConfigError, ResolutionError) as error:
            raise type(error)(
                f"{record.name} {record.version} (installed) needs {text!r}: {error}"
            ) from error
        if need:
            yield need

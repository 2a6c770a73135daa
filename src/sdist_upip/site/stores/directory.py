"""A site in a directory of this computer.

New content is written to a file below `.sdist-upip.site/` and then renamed. What a killed run left
there is removed when the directory is locked the next time.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from ...errors import OutputError
from ...files.regular import open_regular
from ...installed.directory_lock import wait_for_directory
from ...member_paths import STAGE, find_segment_defect, find_structure_defect
from ..store import ConflictError

PATIENCE = 300.0
"""Seconds that a run waits for another one."""

_STAGED = f"{STAGE}.site"
_ADVICE = "Check permissions, ownership and free disk space."


class DirectoryStore:
    """The store in the directory `root`, which the first lock creates. See `Store`.

    Symbolic links below `root` are neither followed nor changed. Files that the caller does not
    name stay as they are.
    """

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root)) if ".." in root.parts else root
        self._numbers = itertools.count()
        self._directories: set[str] = set()
        """Directories below the root that are there and are not links."""

    @property
    def title(self) -> str:
        """The path of the directory."""
        return str(self._root)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold a lock of the directory. The system takes it away when the process ends.

        Another run has up to PATIENCE seconds to leave the directory.
        """
        with wait_for_directory(self._root, PATIENCE, option="--output"):
            self._directories.clear()
            try:
                self._sweep()
                yield
            finally:
                self._sweep()

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, None if there is no such file."""
        target = self._locate(path)
        try:
            if _find_size(target) is None:
                return None
            with open_regular(target) as file:
                return file.read()
        except FileNotFoundError:  # it was removed in the meantime
            return None
        except OSError as error:
            raise _failed("read", target, error) from error

    def write(self, path: str, data: bytes) -> None:
        """Write a file. A file that has this content already is not touched."""
        target = self._locate(path)
        try:
            if _has_content(target, data):
                return
        except OSError as error:
            raise _failed("write", target, error) from error
        staged = self._root / _STAGED / f"{os.getpid()}-{next(self._numbers)}"
        try:
            self._create(staged, data)
            self._make_directories(path)
            staged.replace(target)
        except BaseException as error:
            with suppress(OSError):
                staged.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _failed("write", target, error) from error
            raise

    def write_many(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files (path, content). A thread for each would only wait for the others."""
        for path, data in files:
            self.write(path, data)

    def read_versioned(self, path: str) -> tuple[bytes | None, str]:
        """Return the content of a file and its sha256, "" without a file."""
        data = self.read(path)
        return data, "" if data is None else hashlib.sha256(data).hexdigest()

    def replace(self, path: str, data: bytes, token: str) -> None:
        """Write a file if it is as `read_versioned` returned `token`, else raise ConflictError."""
        if self.read_versioned(path)[1] != token:
            raise ConflictError(f"{self._root / path} was changed in the meantime")
        self.write(path, data)

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files, and directories that are empty then. Missing files are skipped."""
        emptied = set()
        for path in paths:
            target = self._locate(path)
            try:
                if _find_size(target) is not None:
                    target.unlink(missing_ok=True)
            except OSError as error:
                raise _failed("remove", target, error) from error
            emptied.update(_directories(path))
        for directory in sorted(emptied, key=len, reverse=True):
            with suppress(OSError):  # other files are in it
                (self._root / directory).rmdir()
                self._directories.discard(directory)

    def find(self, prefix: str) -> Iterator[str]:
        """Yield the paths of all regular files below `prefix`, sorted; "" for the root."""
        start = self._locate(prefix) if prefix else self._root
        try:
            if not start.is_symlink() and start.is_dir():
                yield from _walk(start, f"{prefix}/" if prefix else "")
        except OSError as error:
            raise _failed("read", Path(error.filename or start), error) from error

    def _locate(self, path: str) -> Path:
        """Return where a file is. Raises OutputError for a path that is impossible or a link's."""
        defect = find_structure_defect(path)
        if not defect and sys.platform == "win32":
            defects = map(find_segment_defect, path.split("/"))
            defect = next((one for one in defects if one), None)
        if defect:
            raise OutputError(
                f"Cannot have the file {path} in {self._root}: the path {defect}. Rename the "
                "package, or remove it from the site."
            )
        for directory in _directories(path):
            if directory in self._directories:
                continue
            place = self._root / directory
            try:
                is_link = place.is_symlink()
            except OSError as error:  # the name is too long
                raise _failed("read", place, error) from error
            if is_link:
                raise OutputError(
                    f"{place} is a symbolic link, and {path} is behind it. Files behind links are "
                    "not changed. Replace the link by a directory."
                )
            if place.is_dir():
                self._directories.add(directory)
        return self._root / path

    def _create(self, staged: Path, data: bytes) -> None:
        try:
            file = staged.open("xb")
        except FileNotFoundError:
            staged.parent.mkdir(parents=True, exist_ok=True)
            file = staged.open("xb")
        with file:
            file.write(data)

    def _make_directories(self, path: str) -> None:
        above = _directories(path)
        if above and above[-1] not in self._directories:
            (self._root / above[-1]).mkdir(parents=True, exist_ok=True)
            self._directories.update(above)

    def _sweep(self) -> None:
        """Remove what a killed run was writing."""
        stage = self._root / _STAGED
        with suppress(OSError):
            if not stage.is_symlink():
                for entry in stage.iterdir():
                    entry.unlink()
                stage.rmdir()


def _directories(path: str) -> list[str]:
    """Return the directories above a path, the highest first."""
    segments = path.split("/")[:-1]
    return list(itertools.accumulate(segments, "{}/{}".format))


def _find_size(path: Path) -> int | None:
    """Return the size of a regular file, None if there is none. Raises OSError for other kinds."""
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not S_ISREG(info.st_mode):
        kind = "a symbolic link" if S_ISLNK(info.st_mode) else "not a regular file"
        raise OSError(0, f"{kind} is at this path", str(path))
    return info.st_size


def _has_content(path: Path, data: bytes) -> bool:
    if _find_size(path) != len(data):
        return False
    with open_regular(path) as file:
        return file.read() == data


def _walk(directory: Path, prefix: str) -> Iterator[str]:
    """Yield the paths of files as if all were sorted: `a-b/c` is before `a/b`."""
    with os.scandir(directory) as scan:
        entries = {
            f"{entry.name}/" if is_directory else entry.name: is_directory
            for entry in scan
            if (is_directory := entry.is_dir(follow_symlinks=False))
            or entry.is_file(follow_symlinks=False)
        }
    for name in sorted(entries):
        if not prefix and name.startswith(STAGE):
            continue
        if entries[name]:
            yield from _walk(directory / name, prefix + name)
        else:
            yield prefix + name


def _failed(action: str, path: Path, error: OSError) -> OutputError:
    return OutputError(f"Cannot {action} {path}: {error.strerror or error}. {_ADVICE}")

"""The cache of downloads by sha256. Files are verified when stored and whenever they are read."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from ..background.jobs import log
from ..errors import DownloadError
from ..filenames import find_filename_defect
from ..files.regular import open_regular
from ..messages.logs import get_logger

_SHA256 = re.compile("[0-9a-f]{64}")
_CHUNK = 1 << 16
_PART = ".part"
_STALE = 24 * 3600
"""Seconds after which an unfinished file is the leftover of a killed download."""

_logger = get_logger(__name__)


class CacheError(Exception):
    """The directory in use cannot be written. The text is the reason. See ArchiveCache.disable.

    `temporary` states whether that is the directory for temporary files.
    """

    def __init__(self, reason: str, *, temporary: bool) -> None:
        super().__init__(reason)
        self.temporary = temporary


class CacheWriter:
    """An unfinished file of the cache. Raises CacheError."""

    def __init__(self, directory: Path, *, temporary: bool) -> None:
        self.temporary = temporary
        self.path = directory / f"{os.getpid()}-{secrets.token_hex(8)}{_PART}"
        self._sha256 = hashlib.sha256()
        with _writing(temporary):
            directory.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb")

    def write(self, data: bytes) -> None:
        """Append `data`."""
        self._sha256.update(data)
        with _writing(self.temporary):
            self._file.write(data)

    def close(self) -> str:
        """Complete the file, and return its sha256 as hexadecimal digits."""
        with _writing(self.temporary):
            self._file.close()
        return self._sha256.hexdigest()

    def discard(self) -> None:
        """Remove the file, unless ArchiveCache.store has moved it."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


class ArchiveCache:
    """Files at `directory`/AA/SHA256/NAME.

    Without a directory, a temporary one is used, which __exit__ removes. Several processes and
    threads may use one directory at the same time: files appear complete, by renaming.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory
        self._keeps = directory is not None
        self._changing = threading.Lock()
        self._failure: CacheError | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> ArchiveCache:
        if self.directory:
            _sweep(self.directory)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._temporary:
            self._temporary.cleanup()
            self._temporary = None

    def find(self, sha256: str, filename: str) -> Path | None:
        """Return the file with that content and name, or None. Removes a damaged file."""
        for directory in (self.directory, self._temporary and Path(self._temporary.name)):
            if directory and _SHA256.fullmatch(sha256):
                path = _cache_path(directory, sha256, filename)
                if _is_intact(path, sha256):
                    return path
        return None

    def open_writer(self) -> CacheWriter:
        """Return a writer of a new file, to be passed to `store`. Raises CacheError."""
        if self.directory and self._keeps:
            return CacheWriter(self.directory, temporary=False)
        with self._changing:
            if not self._temporary:
                with _writing(True):
                    self._temporary = tempfile.TemporaryDirectory(prefix="sdist-upip-")
        return CacheWriter(Path(self._temporary.name), temporary=True)

    def store(self, writer: CacheWriter, filename: str) -> Path:
        """Move the written file to its place, and return the path. Raises CacheError."""
        sha256 = writer.close()
        path = _cache_path(writer.path.parent, sha256, filename)
        with _writing(writer.temporary):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                writer.path.replace(path)
            except PermissionError:
                # On Windows, a file that another process reads cannot be replaced.
                if not _is_intact(path, sha256):
                    raise
        return path

    def disable(self, error: CacheError) -> None:
        """Use a temporary directory from now on. Raises DownloadError if that failed.

        `warn` makes it known, since this may be the thread of a file that is never asked for.
        """
        with self._changing:
            if self._keeps:
                self._keeps, self._failure = False, error
        if error.temporary:
            raise DownloadError(
                f"Cannot write to the directory for temporary files: {error}. Free disk space, or "
                "set the variable TMPDIR to another directory."
            ) from error

    def warn(self) -> None:
        """Warn once that the cache was disabled."""
        with self._changing:
            failure, self._failure = self._failure, None
        if failure:
            _logger.warning(
                "Cannot keep downloads in %s: %s. Continuing without a cache.",
                self.directory,
                failure,
            )


@contextmanager
def _writing(temporary: bool) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CacheError(error.strerror or str(error), temporary=temporary) from error


def _sweep(directory: Path) -> None:
    """Remove the leftovers of killed downloads."""
    with suppress(OSError):
        for path in directory.glob(f"*{_PART}"):
            if path.stat().st_mtime < time.time() - _STALE:
                path.unlink()


def _cache_path(directory: Path, sha256: str, filename: str) -> Path:
    if defect := find_filename_defect(filename):
        raise DownloadError(
            f"The file name {filename!r} {defect}, so no file is written. Do not use the link."
        )
    return directory / sha256[:2] / sha256 / filename


def _is_intact(path: Path, sha256: str) -> bool:
    """Return whether `path` has that content. Removes a file with other content."""
    digest = hashlib.sha256()
    try:
        with open_regular(path) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return False
    if digest.hexdigest() == sha256:
        return True
    log(_logger, logging.INFO, "%s is damaged. Downloading it again.", path)
    with suppress(OSError):
        path.unlink()
    return False

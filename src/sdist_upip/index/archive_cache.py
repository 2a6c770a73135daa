"""Downloaded files, kept by their sha256: verified when stored and again whenever read."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from ..errors import DownloadError

_SHA256 = re.compile("[0-9a-f]{64}")
_CHUNK = 1 << 16
_PART = ".part"
_STALE = 24 * 3600
"""Seconds after which a file in the making is one that a killed download left."""

_logger = logging.getLogger(__name__)


class CacheError(Exception):
    """The directory in use cannot be written, and why; `give_up` tells what happens then."""


class CacheWriter:
    """A file of the cache in the making; raises CacheError."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / f"{os.getpid()}-{secrets.token_hex(8)}{_PART}"
        self._sha256 = hashlib.sha256()
        with _writing():
            directory.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("xb")

    def write(self, data: bytes) -> None:
        """Append `data`."""
        self._sha256.update(data)
        with _writing():
            self._file.write(data)

    def close(self) -> str:
        """Complete the file; return its sha256 in hexadecimal digits."""
        with _writing():
            self._file.close()
        return self._sha256.hexdigest()

    def discard(self) -> None:
        """Remove what was written, unless the cache has taken it over."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


class ArchiveCache:
    """Files at `directory`/AA/SHA256/NAME; without a directory, in a temporary one that the end
    removes.

    Several processes may use one directory at once: files appear complete, by renaming.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._keeps = directory is not None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> ArchiveCache:
        if self._directory:
            _sweep(self._directory)
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
        """Return the file of that content and name, or None; a damaged one is removed."""
        for directory in (self._directory, self._temporary and Path(self._temporary.name)):
            if directory and _SHA256.fullmatch(sha256):
                path = _place(directory, sha256, filename)
                if _is_whole(path, sha256):
                    return path
        return None

    def open_writer(self) -> CacheWriter:
        """Return a file to write, which `keep` takes over; raises CacheError."""
        if self._directory and self._keeps:
            return CacheWriter(self._directory)
        if not self._temporary:
            with _writing():
                self._temporary = tempfile.TemporaryDirectory(prefix="sdist-upip-")
        return CacheWriter(Path(self._temporary.name))

    def store(self, writer: CacheWriter, filename: str) -> Path:
        """Put what was written in its place and return that; raises CacheError."""
        sha256 = writer.close()
        path = _place(writer.path.parent, sha256, filename)
        with _writing():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                writer.path.replace(path)
            except PermissionError:
                # Windows replaces no file that another process reads; it is the same file.
                if not _is_whole(path, sha256):
                    raise
        return path

    def disable(self, error: CacheError) -> None:
        """Warn, and use a temporary directory from now on; raise DownloadError if that failed."""
        if not self._keeps:
            raise DownloadError(
                f"cannot write to the directory for temporary files: {error}; make room there, or "
                "name another directory in the variable TMPDIR"
            ) from error
        self._keeps = False
        _logger.warning("cannot keep downloads in %s: %s; going on without", self._directory, error)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CacheError(error.strerror or str(error)) from error


def _sweep(directory: Path) -> None:
    """Remove what killed downloads left."""
    with suppress(OSError):
        for path in directory.glob(f"*{_PART}"):
            if path.stat().st_mtime < time.time() - _STALE:
                path.unlink()


def _place(directory: Path, sha256: str, filename: str) -> Path:
    return directory / sha256[:2] / sha256 / filename


def _is_whole(path: Path, sha256: str) -> bool:
    """Tell whether `path` has that content; remove it if it has another."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return False
    if digest.hexdigest() == sha256:
        return True
    _logger.info("%s is damaged, so it is fetched again", path)
    with suppress(OSError):
        path.unlink()
    return False

"""Where the files of a site are: a directory, or an object store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol


class ConflictError(Exception):
    """A file changed since it was read: another run of sdist-upip wrote it."""


class Store(Protocol):
    """The files of a site; a path is relative to the root of the site, with `/`.

    A reader sees the old or the new content of a file, never a part. All functions raise
    OutputError, or DownloadError for a store on another computer, if the store fails.
    """

    @property
    def title(self) -> str:
        """The address of the site as messages name it, without credentials."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Have the site for this process alone. Raises OutputError if that is not possible."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, None if there is no such file."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write a file. A file that has this content already is not touched."""
        ...

    def write_many(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files (path, content) in any order, several at a time. All are there on return."""
        ...

    def read_versioned(self, path: str) -> tuple[bytes | None, str]:
        """Return the content of a file, None without one, and a token for `replace`."""
        ...

    def replace(self, path: str, data: bytes, token: str) -> None:
        """Write a file if it is as `read_versioned` returned `token`, else raise ConflictError."""
        ...

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files, and directories that are empty then. Missing files are skipped."""
        ...

    def find(self, prefix: str) -> Iterator[str]:
        """Yield the paths of all files below the directory `prefix`, sorted; "" for the root."""
        ...

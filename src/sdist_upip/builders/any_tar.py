"""Any `.tar.gz` that nothing is known about, read with `tarfile` within limits of memory."""

from __future__ import annotations

import gzip
import io
import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import ArchiveError, LimitError

_HOPS = 40
"""Most links from one to the next that are followed, as on Linux."""


def decompress(data: bytes, limit: int) -> bytes:
    """Return what the gzip members of `data` hold.

    Raises LimitError if it is more than `limit` bytes, and ArchiveError if they are not intact.
    """
    if len(data) > limit:
        raise _too_large("has", limit)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            tar = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(
            f"The file is not an intact gzip file ({error}). Fetch or build it again."
        ) from error
    if len(tar) > limit:
        raise _too_large("decodes to", limit)
    return tar


def _too_large(verb: str, limit: int) -> LimitError:
    return LimitError(f"The file {verb} more than {limit:,} bytes. Split the package.")


@contextmanager
def open_tar(data: bytes) -> Iterator[tarfile.TarFile]:
    """Open the bytes of a tar. Whatever is wrong with it inside `with` becomes an ArchiveError."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
            yield tar
    except RecursionError as error:
        raise ArchiveError(
            "The tar has too many extended headers for one member. Fetch or build the archive "
            "again."
        ) from error
    except (tarfile.TarError, EOFError, ValueError, OverflowError, zlib.error) as error:
        raise ArchiveError(
            f"The tar data cannot be read ({error}). Fetch or build the archive again."
        ) from error


def read_entry(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    """Return the content of a regular file; raise ArchiveError for another entry.

    A sparse file can have terabytes of zeros, and is not read.
    """
    stream = None if entry.issparse() or not entry.isreg() else tar.extractfile(entry)
    if stream is None:
        raise ArchiveError(
            f"{entry.name!r} is a link or a special file, which devices would install empty. "
            "Replace it with a regular file."
        )
    content = stream.read()
    if len(content) != entry.size:
        raise ArchiveError(f"{entry.name!r} is truncated. Fetch or build the archive again.")
    return content


class LinkTargets:
    """Finds the regular file that a link leads to, by its name, in constant time."""

    def __init__(self, entries: list[tarfile.TarInfo]) -> None:
        self._entries = {posixpath.normpath(entry.name): entry for entry in entries}

    def follow(self, entry: tarfile.TarInfo) -> tarfile.TarInfo:
        """Return `entry`, or the entry at the end of its links; raise ArchiveError without one."""
        found: tarfile.TarInfo | None = entry
        for _ in range(_HOPS):
            if found is None or not (found.issym() or found.islnk()):
                break
            directory = posixpath.dirname(found.name) if found.issym() else ""
            target = f"{directory}/{found.linkname}".strip("/")
            found = self._entries.get(posixpath.normpath(target))
        if found is None or not found.isreg():
            raise ArchiveError(
                f"The target {entry.linkname!r} of the link {entry.name!r} was not found in the "
                "archive. Build it again."
            )
        return found

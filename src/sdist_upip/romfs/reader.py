"""An image of ROMFS → its files and packages. Nothing of an image is trusted.

A board reads records without looking where they end. So an image whose records are not within each
other is refused, as is one that has more records, or deeper directories, than any package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ArchiveError, LimitError
from ..limits import (
    IMAGE_DEPTH_LIMIT,
    IMAGE_LIMIT,
    IMAGE_PATH_LIMIT,
    IMAGE_RECORD_LIMIT,
    METADATA_LIMIT,
)
from ..mpy.compiler import read_number
from .records import COMMENT, DATA, DIRECTORY, FILE, MAGIC, PACKAGES, POINTER

_UNUSED = 0
_AFTER_PADDING = re.compile(rb"[^\x80]|\Z")
"""The end of the bytes before a number, which an image may have millions of."""
_PACKAGE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*) ([0-9a-z.!+]+)")
_SHOWN_NAME = 100
"""Most bytes of a name in a message."""


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A file in an image: its path, and where its content is in the bytes of the image."""

    path: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Image:
    """The files of an image in its order, its packages (name, version), and its size in bytes.

    What follows in a copy of a partition does not belong to the image.
    """

    files: tuple[ImageFile, ...]
    packages: tuple[tuple[str, str], ...]
    size: int


def is_image(start: bytes) -> bool:
    """Return whether a file that begins with `start` is an image."""
    return start.startswith(MAGIC)


def read_image(data: bytes) -> Image:
    """Return what the image at the start of `data` holds.

    Raises ArchiveError for a damaged image, and LimitError for one beyond the limits.
    """
    return _Reader(data).read()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._records = 0
        self._payload = (0, 0)
        self._files: list[ImageFile] = []
        self._packages: tuple[tuple[str, str], ...] = ()

    def read(self) -> Image:
        if not is_image(self._data):
            raise ArchiveError("This is not an image of ROMFS. Build it with install --romfs.")
        size, start = self._number(len(MAGIC), len(self._data))
        end = start + size
        if end > IMAGE_LIMIT:
            raise LimitError(
                f"The image has {end:,} bytes. The limit is {IMAGE_LIMIT:,} bytes. Look for a "
                "smaller image."
            )
        if end > len(self._data):
            raise ArchiveError(
                f"The image is truncated: expected {end:,} bytes, got {len(self._data):,}. "
                "Build it again."
            )
        self._payload = (start, end)
        self._read_entries("", start, end, 0)
        return Image(tuple(self._files), self._packages, end)

    def _read_entries(self, parent: str, start: int, end: int, depth: int) -> None:
        """Read the records of a directory: those from `start` to `end`."""
        for kind, first, last in self._read_records(start, end):
            if kind == COMMENT and not parent:
                self._read_comment(first, last)
            if kind not in (DIRECTORY, FILE):
                continue
            size, first = self._number(first, last)
            if size > last - first:
                raise _damaged(first, "a name ends outside of its record")
            if size > IMAGE_PATH_LIMIT - len(parent):
                raise _damaged(first, f"a path has more than {IMAGE_PATH_LIMIT} bytes")
            path = parent + self._decode_name(first, size)
            first += size
            if kind == FILE:
                self._files.append(self._read_file(path, first, last))
            elif depth == IMAGE_DEPTH_LIMIT:
                raise LimitError(
                    f"The image has directories below {IMAGE_DEPTH_LIMIT} others. "
                    "Look for another image."
                )
            else:
                self._read_entries(f"{path}/", first, last, depth + 1)

    def _read_file(self, path: str, start: int, end: int) -> ImageFile:
        """Return the file at `path`, of which the data is the first of the records of data."""
        for kind, first, last in self._read_records(start, end):
            if kind == DATA:
                return ImageFile(path, first, last - first)
            if kind == POINTER:
                size, first = self._number(first, last)
                offset, _ = self._number(first, last)
                begin, limit = self._payload
                if begin + offset + size > limit:
                    raise _damaged(first, "a pointer leads outside of the image")
                return ImageFile(path, begin + offset, size)
        raise _damaged(start, "a file has no data")

    def _read_comment(self, start: int, end: int) -> None:
        if self._data.startswith(PACKAGES, start, end):
            text = self._data[start + len(PACKAGES) : min(end, start + METADATA_LIMIT)]
            matches = map(_PACKAGE.fullmatch, text.decode("ascii", "replace").split("\n"))
            self._packages = tuple((match[1], match[2]) for match in matches if match)

    def _read_records(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield the kind, the start and the end of the payload of each record."""
        while start < end:
            self._records += 1
            if self._records > IMAGE_RECORD_LIMIT:
                raise LimitError(
                    f"The image has more than {IMAGE_RECORD_LIMIT:,} records. "
                    "Look for another image."
                )
            kind, first = self._number(start, end)
            size, first = self._number(first, end)
            if kind == _UNUSED:
                raise _damaged(start, "a record has the kind 0")
            if size > end - first:
                raise _damaged(start, "a record ends outside of its directory")
            yield kind, first, first + size
            start = first + size

    def _number(self, start: int, end: int) -> tuple[int, int]:
        """Return the number at `start` of a record that ends at `end`, and the offset after it."""
        try:
            found = _AFTER_PADDING.search(self._data, start)
            number, after = read_number(self._data, found.start() if found else start)
        except (IndexError, ValueError) as error:
            raise _damaged(start, "a number has no end") from error
        if after > end:
            raise _damaged(start, "a number ends outside of its record")
        return number, after

    def _decode_name(self, start: int, size: int) -> str:
        """Return a name. A board compares the bytes."""
        name = self._data[start : start + size]
        if not name or name in (b".", b"..") or b"/" in name or b"\0" in name:
            raise _damaged(start, f"{name[:_SHOWN_NAME]!r} is not a name")
        return name.decode("utf-8", "backslashreplace")


def _damaged(offset: int, defect: str) -> ArchiveError:
    return ArchiveError(f"The image is damaged at byte {offset:,}: {defect}. Build it again.")

"""The bytes of a `.tar.gz` → what upip installs of it, exactly as device/upip_tar.py reads it.

Nothing is written. Archives that upip refuses are refused here, and so is a match distance over
4096 bytes, which a board cannot decode; on CPython upip may accept it.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..archive.tar import BLOCK
from ..check.gzip_stream import find_stream
from ..check.tar_entry import DIRECTORY, REGULAR, Entry
from ..check.tar_scan import scan_tar
from ..deflate.fits_window import fits_window
from ..errors import ArchiveError, LimitError, NotForDevicesError
from ..limits import REQUIREMENT_LIMIT, SIZE_LIMIT, WINDOW
from ..member_paths import find_path_defect, find_reserved
from ..metadata.stock_upip import INSTALL, action_on

_GZIP = 16 + zlib.MAX_WBITS
_FOR_COMPUTERS = ("pyproject.toml", "src")
_OURS = b"sdist-upip"
_START = 99
"""Bytes at the start of a setup.py in which upip looks for our name."""
_AGAIN = "Download it again or build it with sdist-upip."


@dataclass(frozen=True, slots=True)
class DeviceArchive:
    """What upip installs: files (path, content) in the archive's order, and requirements.

    Paths are below the install directory, with `/`; one may come twice. `requires` are spelled as
    in the metadata, as upip records them.
    """

    files: tuple[tuple[str, bytes], ...]
    requires: tuple[str, ...]


def read_device_archive(data: bytes, project: str = "") -> DeviceArchive:
    """Return what upip installs of the `.tar.gz` with the bytes `data`, as `project` (normalized).

    Raises NotForDevicesError if it is made for computers, and ArchiveError for whatever else upip
    does not install; the messages do not name the file. No more than SIZE_LIMIT bytes are decoded.
    """
    tar = _gunzip(data)
    try:
        archive = _read_members(tar, project)
        if not fits_window(data[find_stream(data) :], tar, WINDOW):
            raise ArchiveError(
                f"The deflate stream has a match distance over {WINDOW} bytes, the window that a "
                "board decodes with. Build the archive with sdist-upip."
            )
    except NotForDevicesError:
        raise
    except ArchiveError as error:
        sign = _find_sign(tar)
        if sign is None:
            raise
        raise _for_computers(sign) from error
    return archive


def _gunzip(data: bytes) -> bytes:
    """Return what the first gzip member of `data` holds; CRC and length are verified."""
    if data[:1] != b"\x1f":
        raise ArchiveError(f"This is not a gzip file. {_AGAIN}")
    if len(data) > SIZE_LIMIT:
        raise _too_large("has")
    decoder = zlib.decompressobj(_GZIP)
    try:
        tar = decoder.decompress(data, SIZE_LIMIT + 1)
    except zlib.error as error:
        raise ArchiveError(f"The archive is damaged ({error}). {_AGAIN}") from error
    if len(tar) > SIZE_LIMIT:
        raise _too_large("decodes to")
    if not decoder.eof:
        raise ArchiveError(f"The archive is truncated after {len(data)} bytes. {_AGAIN}")
    return tar


def _too_large(verb: str) -> ArchiveError:
    return ArchiveError(f"The archive {verb} more than {SIZE_LIMIT:,} bytes. Split the package.")


def _read_members(tar: bytes, project: str) -> DeviceArchive:
    files: list[tuple[str, bytes]] = []
    metadata = _Requirements()
    fallback = _Requirements()
    position = 0
    while any(block := _read_block(tar, position)):
        path, size, is_directory = _read_header(block, project)
        start = position + BLOCK
        position = start + size + -size % BLOCK
        if position > len(tar):
            raise _cut_short(tar)
        content = tar[start : start + size]
        if path == "setup.py" and size and _OURS not in tar[start : start + _START]:
            raise _for_computers("a setup.py that is not from sdist-upip")
        if path == "PKG-INFO":
            metadata.add(_collect(content, b"Requires-Dist:"))
        elif path.endswith("/requires.txt") and ".egg-info" in path:
            fallback.add(_collect(content, b""))
        elif not is_directory and action_on(path) == INSTALL:
            files.append((path, content))
    if not position:
        raise ArchiveError(f"The tar is empty. {_AGAIN}")
    return DeviceArchive(tuple(files), (metadata if metadata.count else fallback).take())


def _read_block(tar: bytes, position: int) -> bytes:
    block = tar[position : position + BLOCK]
    if len(block) < BLOCK:
        raise _cut_short(tar)
    return block


def _cut_short(tar: bytes) -> ArchiveError:
    return ArchiveError(f"The tar is truncated after {len(tar)} bytes. {_AGAIN}")


def _read_header(block: bytes, project: str) -> tuple[str, int, bool]:
    """Return the path below the root directory, the size in bytes, and whether it is a directory.

    Directories are passed over whatever their name is; upip reads size and checksum as Python's
    int.
    """
    raw_name = block[:100].partition(b"\0")[0]
    try:
        name = raw_name.decode()
        size = int(block[124:135], 8)
        checksum = int(block[148:154], 8) - 256
    except ValueError:
        size = checksum = -1
    if size < 0 or checksum != sum(block) - sum(block[148:156]):
        raise ArchiveError(f"The tar header of {raw_name!r} is invalid. {_AGAIN}")
    is_directory = block[156:157] == DIRECTORY
    if not is_directory:
        _check_file(name, block, project)
    return name.partition("/")[2], size, is_directory


def _check_file(name: str, block: bytes, project: str) -> None:
    path = name.partition("/")[2]
    if block[156:157] not in REGULAR or block[345] or "/" not in name:
        raise ArchiveError(
            f"{name!r} in the tar is not a regular file in a directory. Devices read no links and "
            "no extended headers. Build the archive with sdist-upip."
        )
    if defect := find_path_defect(name):
        raise ArchiveError(f"The member name {name!r} {defect}. Do not use the archive.")
    first = path.partition("/")[0]
    if first.lower() in _FOR_COMPUTERS:
        raise _for_computers(first)
    if owner := find_reserved(path, project):
        raise ArchiveError(
            f"The member {name!r} is in the place of {owner}. Do not use the archive."
        )


def _for_computers(sign: str) -> NotForDevicesError:
    return NotForDevicesError(
        f"The archive is made for computers: it has {sign}. "
        "Ask its author to build it with sdist-upip."
    )


def _collect(text: bytes, prefix: bytes) -> Iterator[str]:
    """Yield what follows `prefix` in the lines up to the first empty one or `[section]`."""
    for raw in io.BytesIO(text):  # all lines at once take many times the memory of the text
        line = raw.removesuffix(b"\n")
        if line[:1] in (b"", b"\r", b"["):
            break
        if line.startswith(prefix):
            try:
                yield line[len(prefix) :].decode().strip()
            except UnicodeDecodeError as error:
                raise ArchiveError(f"The metadata is not UTF-8: {line!r}. {_AGAIN}") from error


class _Requirements:
    """Requirements, and how many there are. Those over REQUIREMENT_LIMIT are only counted."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.count = 0

    def add(self, texts: Iterable[str]) -> None:
        """Add more requirements."""
        for text in texts:
            self.count += 1
            if self.count <= REQUIREMENT_LIMIT:
                self.texts.append(text)

    def take(self) -> tuple[str, ...]:
        """Return the requirements; raise LimitError if there are too many."""
        if self.count > REQUIREMENT_LIMIT:
            raise LimitError(
                f"The archive has {self.count:,} requirements, and the limit is "
                f"{REQUIREMENT_LIMIT}. Do not use the archive."
            )
        return tuple(self.texts)


def _find_sign(tar: bytes) -> str | None:
    """Return the sign that the tar is made for computers, whatever form its headers have."""
    for entry in scan_tar(tar).entries:
        path = entry.name.partition("/")[2]
        first = path.partition("/")[0]
        if entry.plain and first.lower() in _FOR_COMPUTERS:
            return first
        if entry.plain and path == "setup.py" and _is_other_script(entry):
            return "a setup.py that is not from sdist-upip"
    return None


def _is_other_script(entry: Entry) -> bool:
    return bool(entry.data) and _OURS not in entry.data[:_START]

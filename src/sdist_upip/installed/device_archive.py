"""The bytes of a `.tar.gz` → what upip installs of it, exactly as device/upip_tar.py reads it.

Nothing is written. Archives that upip refuses are refused here, and so is a match distance over
4096 bytes, which a board cannot decode; on CPython upip may accept it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from ..check.device_tar import for_computers, read_device_tar
from ..check.gzip_stream import describe_rest, find_stream
from ..check.tar_scan import scan_tar
from ..deflate.fits_window import fits_window
from ..errors import ArchiveError, NotForDevicesError
from ..limits import SIZE_LIMIT, WINDOW
from ..metadata.upip_rules import find_computer_sign

_GZIP = 16 + zlib.MAX_WBITS
_AGAIN = "Download it again or build it with sdist-upip."


@dataclass(frozen=True, slots=True)
class DeviceArchive:
    """What upip installs: files (path, content) in the archive's order, and requirements.

    Paths are below the install directory, with `/`. `requires` are spelled as in the metadata, as
    upip records them.
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
        files, requires = read_device_tar(tar, project)
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
        raise for_computers(sign) from error
    return DeviceArchive(tuple(files), tuple(requires))


def _gunzip(data: bytes) -> bytes:
    """Return what the only gzip member of `data` holds; CRC and length are verified."""
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
    if decoder.unused_data:
        raise ArchiveError(f"{describe_rest(decoder.unused_data)} {_AGAIN}")
    return tar


def _too_large(verb: str) -> ArchiveError:
    return ArchiveError(f"The archive {verb} more than {SIZE_LIMIT:,} bytes. Split the package.")


def _find_sign(tar: bytes) -> str | None:
    """Return the sign that the tar is made for computers, whatever form its headers have."""
    for entry in scan_tar(tar).entries:
        sign = find_computer_sign(entry.name.partition("/")[2], entry.data)
        if sign and entry.plain:
            return sign
    return None

"""The bytes of a tar → what upip installs of it, exactly as device/upip_tar.py reads it.

The rules about names are in `member_paths`. What upip refuses is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..archive.tar import BLOCK
from ..errors import ArchiveError, LimitError, NotForDevicesError
from ..limits import DIRECTORY_LIMIT, REQUIREMENT_LIMIT
from ..member_paths import find_conflicts, find_path_defect, find_reserved
from ..metadata.member_names import SETUP_SCRIPT
from ..metadata.stock_upip import INSTALL, action_on
from ..metadata.upip_rules import (
    MARKED,
    PKG_INFO_PREFIX,
    find_computer_sign,
    find_requirement_defect,
    is_requirement_list,
    split_requirements,
)
from .tar_entry import DIRECTORY, REGULAR

_AGAIN = "Download it again or build it with sdist-upip."


def read_device_tar(tar: bytes, project: str) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return what upip installs of `tar` as `project` (normalized): files and requirements.

    A file is its path below the install directory, and its content. Requirements are spelled as in
    the metadata. Raises NotForDevicesError for a sign that the tar is made for computers, and
    ArchiveError for whatever else upip refuses.
    """
    files: list[tuple[str, bytes]] = []
    metadata: list[str] = []
    fallback: list[str] = []
    directories = position = 0
    while any(block := _read_block(tar, position)):
        path, size, is_directory = _read_header(block, project)
        directories += is_directory
        if directories > DIRECTORY_LIMIT:
            raise LimitError(
                f"The archive has more than {DIRECTORY_LIMIT:,} directories. Do not use the "
                "archive."
            )
        start = position + BLOCK
        position = start + size + -size % BLOCK
        if position > len(tar):
            raise _truncated(tar)
        content = tar[start : start + size]
        sign = find_computer_sign(path, content and tar[start : start + MARKED])
        if sign and (path == SETUP_SCRIPT or not is_directory):
            raise for_computers(sign)
        if path == "PKG-INFO":
            _add_requirements(metadata, content, PKG_INFO_PREFIX)
        elif is_requirement_list(path):
            _add_requirements(fallback, content, b"")
        elif not is_directory and action_on(path) == INSTALL:
            files.append((path, content))
    if not position:
        raise ArchiveError(f"The tar is empty. {_AGAIN}")
    refuse_conflicts(path for path, _ in files)
    return files, metadata or fallback


def for_computers(sign: str) -> NotForDevicesError:
    """Return the error about an archive with a sign of `find_computer_sign`."""
    return NotForDevicesError(
        f"The archive is made for computers: it has {sign}. "
        "Ask its author to build it with sdist-upip."
    )


def _add_requirements(found: list[str], text: bytes, prefix: bytes) -> None:
    """Add the requirements in the lines of `text` to those `found` before."""
    for requirement in split_requirements(text, prefix):
        if defect := find_requirement_defect(requirement):
            raise ArchiveError(f"{defect} Do not use the archive.")
        found.append(requirement.decode())
        if len(found) > REQUIREMENT_LIMIT:
            raise LimitError(
                f"The archive has more than {REQUIREMENT_LIMIT} requirements. Ask its author to "
                "split the package."
            )


def _read_block(tar: bytes, position: int) -> bytes:
    block = tar[position : position + BLOCK]
    if len(block) < BLOCK:
        raise _truncated(tar)
    return block


def _truncated(tar: bytes) -> ArchiveError:
    return ArchiveError(f"The tar is truncated after {len(tar)} bytes. {_AGAIN}")


def _read_header(block: bytes, project: str) -> tuple[str, int, bool]:
    """Return the path below the root directory, the size in bytes, and whether it is a directory.

    Directories are passed over whatever their name is; upip reads size and checksum as Python's
    int.
    """
    raw_name = block[:100].partition(b"\0")[0]
    try:
        size = int(block[124:135], 8)
        checksum = int(block[148:154], 8) - 256
    except ValueError:
        size = checksum = -1
    if size < 0 or checksum != sum(block) - sum(block[148:156]):
        raise ArchiveError(f"The tar header of {raw_name!r} is invalid. {_AGAIN}")
    try:
        name = raw_name.decode()
    except UnicodeDecodeError as error:
        raise ArchiveError(
            f"The member name {raw_name!r} is not UTF-8. Do not use the archive."
        ) from error
    is_directory = block[156:157] == DIRECTORY
    if not is_directory:
        _check_file(name, block, project)
    return name.partition("/")[2], size, is_directory


def _check_file(name: str, block: bytes, project: str) -> None:
    if block[156:157] not in REGULAR or block[345] or "/" not in name:
        raise ArchiveError(
            f"{name!r} in the tar is not a regular file in a directory. Devices read no links and "
            "no extended headers. Build the archive with sdist-upip."
        )
    if defect := find_path_defect(name):
        raise ArchiveError(f"The member name {name!r} {defect}. Do not use the archive.")
    if owner := find_reserved(name.partition("/")[2], project):
        raise ArchiveError(
            f"The member {name!r} is in the place of {owner}. Do not use the archive."
        )


def refuse_conflicts(paths: Iterable[str]) -> None:
    """Raise ArchiveError if two of `paths`, of one archive, cannot be beside each other."""
    for path, other in find_conflicts(paths):
        if path == other:
            problem = f"has {path!r} twice"
        elif path.startswith(f"{other}/"):
            problem = f"has {other!r} as a file and, for {path!r}, as a directory"
        else:
            problem = f"has {path!r} and {other!r}, which are one name on FAT"
        raise ArchiveError(f"The archive {problem}. Ask its author to build it again.")

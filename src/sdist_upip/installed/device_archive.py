"""The bytes of a `.tar.gz` → what upip installs of it, exactly as a board reads it.

A device archive is installed as it is. Of a source distribution, what its wheel would hold is
installed. Nothing is written, and no code of the package runs.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..check.device_tar import RequirementReader, check_file, refuse_conflicts
from ..check.gzip_stream import describe_rest
from ..check.tar_members import FILE, LINK, TarMember, read_tar_members
from ..errors import ArchiveError, BuildNeededError, LimitError, NotForDevicesError
from ..limits import SIZE_LIMIT
from ..metadata.file_tree import is_for_people
from ..metadata.member_names import SETUP_SCRIPT
from ..metadata.sdist_layout import (
    PYPROJECT,
    SdistLayout,
    find_layout,
    is_own_requirement_list,
    is_sdist,
    is_top_level_list,
)
from ..metadata.stock_upip import INSTALL, action_on
from ..metadata.upip_rules import is_requirement_list

_GZIP = 16 + zlib.MAX_WBITS
_AGAIN = "Download it again or build it with sdist-upip."
_DECIDING = ("PKG-INFO", PYPROJECT, SETUP_SCRIPT)
"""Files at the top that decide which files are installed."""


@dataclass(frozen=True, slots=True)
class DeviceArchive:
    """What upip installs: files (path, content) in the archive's order, and requirements.

    Paths are below the install directory, with `/`. `requires` are spelled as in the metadata, as
    upip records them. `others` are packages in the archive that are not installed. Without
    `has_metadata`, the requirements are not known.
    """

    files: tuple[tuple[str, bytes], ...]
    requires: tuple[str, ...]
    others: tuple[str, ...] = ()
    has_metadata: bool = True


@dataclass(frozen=True, slots=True)
class ArchiveMembers:
    """The members of a `.tar.gz`, and whether it is a source distribution for computers."""

    members: tuple[TarMember, ...]
    is_sdist: bool


def read_device_archive(data: bytes, project: str = "") -> DeviceArchive:
    """Return what upip installs of the `.tar.gz` with the bytes `data`, as `project` (normalized).

    Raises as `read_archive_members` and `select_files` do; the messages do not name the file.
    """
    return select_files(read_archive_members(data), project)


def read_archive_members(data: bytes) -> ArchiveMembers:
    """Return the members of the `.tar.gz` with the bytes `data`.

    Raises ArchiveError for a file that is damaged or has members that nothing installs. No more
    than SIZE_LIMIT bytes are decoded; that is a LimitError.
    """
    members = tuple(read_tar_members(_gunzip(data)))
    for member in members:
        if member.kind == LINK and _is_deciding(member.path):
            raise _refuse_link(member)
    return ArchiveMembers(members, is_sdist(_files(members)))


def _is_deciding(path: str) -> bool:
    return path in _DECIDING or is_top_level_list(path) or is_requirement_list(path)


def select_files(archive: ArchiveMembers, project: str) -> DeviceArchive:
    """Return what upip installs of an archive, as `project` (normalized).

    Raises NotForDevicesError if it is not clear which files of a source distribution that is, or if
    they are not pure Python, and ArchiveError for whatever else upip does not install.
    """
    present = _files(archive.members)
    others: tuple[str, ...] = ()
    selected = _select_of_device_archive(archive.members)
    if archive.is_sdist:
        try:
            layout = find_layout(present, project)
        except BuildNeededError as error:
            if link := _find_code_link(archive.members):
                raise _refuse_link(link) from error
            raise
        selected = _select_of_sdist(archive.members, layout)
        others = layout.others
    files = []
    for member, path in selected:
        if member.kind == LINK:
            raise _refuse_link(member)
        check_file(member.name, path, project)
        files.append((path, member.content))
    if archive.is_sdist and not files:
        raise NotForDevicesError("The sdist has no file to install. Look for another package.")
    refuse_conflicts(path for path, _ in files)
    requirements = RequirementReader()
    for path, content in present:
        is_list = is_requirement_list(path)
        if not (is_list and archive.is_sdist) or is_own_requirement_list(path, project):
            requirements.read(path, content)
    has_metadata = not archive.is_sdist or any(path == "PKG-INFO" for path, _ in present)
    return DeviceArchive(tuple(files), tuple(requirements.found), others, has_metadata)


def _select_of_sdist(
    members: Sequence[TarMember], layout: SdistLayout
) -> Iterator[tuple[TarMember, str]]:
    """Yield the files and links that are installed, each with its install path."""
    for member in _files_and_links(members):
        path = layout.place(member.path)
        if path is None and member.kind == LINK and layout.is_package(member.path):
            path = member.path
        if path is not None and action_on(path) == INSTALL:
            yield member, path


def _select_of_device_archive(members: Sequence[TarMember]) -> Iterator[tuple[TarMember, str]]:
    """Yield the files and links that are installed, each with its install path."""
    for member in _files_and_links(members):
        if action_on(member.path) != INSTALL or member.path == PYPROJECT:
            continue
        if member.kind == FILE or not is_for_people(member.path):
            yield member, member.path


def _files(members: Iterable[TarMember]) -> list[tuple[str, bytes]]:
    return [(member.path, member.content) for member in members if member.kind == FILE]


def _files_and_links(members: Iterable[TarMember]) -> Iterator[TarMember]:
    return (member for member in members if member.kind in (FILE, LINK))


def _find_code_link(members: Iterable[TarMember]) -> TarMember | None:
    """Return a link that is a module or a directory at the top or in src/, or None."""
    for member in members:
        path = member.path.removeprefix("src/")
        name, _, suffix = path.partition(".")
        is_code = name.isidentifier() and suffix in ("", "py") and not is_for_people(path)
        if member.kind == LINK and is_code:
            return member
    return None


def _refuse_link(member: TarMember) -> ArchiveError:
    return ArchiveError(
        f"{member.name!r} is a link among the code. Ask its author to pack the file itself."
    )


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


def _too_large(verb: str) -> LimitError:
    return LimitError(
        f"The archive {verb} more than {SIZE_LIMIT:,} bytes, too many for a board. Look for a "
        "smaller package."
    )

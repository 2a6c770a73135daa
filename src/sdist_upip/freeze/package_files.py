"""A package's file → the release to freeze, with the files that `install` would install of it."""

from __future__ import annotations

from pathlib import Path

from packaging.utils import InvalidWheelFilename

from ..archive.reader import read_archive
from ..check.publishing import parse_requirement
from ..errors import ArchiveError, BuildNeededError, SdistUpipError
from ..filenames import ARCHIVE_SUFFIX, is_wheel, parse_wheel_name, read_archive_name
from ..files.regular import read_start
from ..installed.device_archive import (
    ArchiveMembers,
    DeviceArchive,
    read_archive_members,
    select_files,
)
from ..installed.pure_wheel import read_pure_wheel
from ..limits import SIZE_LIMIT
from ..messages.logs import get_logger
from ..metadata.markers import applies_somewhere
from ..metadata.member_names import HEADER_REMAINS
from ..metadata.sdist_layout import is_sdist
from ..release import Member, Release, UnpackedRelease

logger = get_logger(__name__)


def read_release(path: Path) -> Release:
    """Return the release in the file at `path`: a device archive of any tool, a source distribution
    or a wheel.

    No code of the package runs. Name and version are those in the file name. An archive of
    sdist-upip may have any name. Raises ArchiveError, with the path.
    """
    try:
        if is_wheel(path):
            name, version, _ = parse_wheel_name(path.name)
            return _make_release(name, str(version), read_pure_wheel(path, name))
        return _read_archive(path)
    except BuildNeededError as error:
        raise type(error)(
            f"{path}: {error} Convert it with sdist-upip repack, which builds it by its own "
            "backend and runs code of the package. Then freeze the result."
        ) from error
    except InvalidWheelFilename as error:
        raise ArchiveError(f"{path}: {error}. Restore the original file name.") from error
    except OSError as error:
        reason = error.strerror or error
        raise ArchiveError(f"Cannot read {path}: {reason}. Pass the path of an archive.") from error
    except SdistUpipError as error:
        shown = str(error).removeprefix(f"{path.name}: ")
        raise type(error)(shown if shown.startswith(str(path)) else f"{path}: {shown}") from error


def _read_archive(path: Path) -> Release:
    own = _read_own(path)
    if own and not is_sdist((member.path, member.data) for member in own):
        return own
    members = read_archive_members(read_start(path, SIZE_LIMIT + 1))
    named = read_archive_name(path.name) or _read_root(members)
    if named is None:
        raise ArchiveError(
            f"Neither the file name nor the top-level directory is NAME-VERSION. Restore the "
            f"original file name, NAME-VERSION{ARCHIVE_SUFFIX}."
        )
    archive = select_files(members, named[0])
    if archive.others:
        logger.warning(
            "%s: %s of the sdist is not frozen. If the package needs it, convert the sdist with "
            "sdist-upip repack, and freeze the result.",
            path,
            ", ".join(archive.others),
        )
    if not archive.has_metadata:
        logger.warning("%s: the sdist has no PKG-INFO, so its requirements are not known.", path)
    return _make_release(*named, archive)


def _read_own(path: Path) -> Release | None:
    try:
        return read_archive(path)
    except ArchiveError:
        return None


def _read_root(archive: ArchiveMembers) -> tuple[str, str] | None:
    roots = {member.name.removeprefix("./").partition("/")[0] for member in archive.members}
    return read_archive_name(f"{roots.pop()}{ARCHIVE_SUFFIX}") if len(roots) == 1 else None


def _make_release(name: str, version: str, archive: DeviceArchive) -> Release:
    members = [
        Member(file, data)
        for file, data in archive.files
        if file.rpartition("/")[2] not in HEADER_REMAINS
    ]
    release = UnpackedRelease(name, version, ())
    found = (parse_requirement(text) for text in archive.requires)
    required = [one.name for one in found if one and applies_somewhere(one.marker)]
    if required:
        text = "".join(f"{one}\n" for one in dict.fromkeys(required))
        members.append(Member(f"{release.egg_info}/requires.txt", text.encode()))
    return release.with_members(members)

"""The bytes of a tar → what upip installs of it, if it is a device archive in the plainest form.

All that sdist-upip writes has this form. Installers read more: `installed.device_archive`.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import ArchiveError, LimitError, NotForDevicesError
from ..limits import REQUIREMENT_LIMIT
from ..member_paths import find_conflicts, find_path_defect, find_reserved
from ..metadata.member_names import SETUP_SCRIPT
from ..metadata.stock_upip import INSTALL, action_on
from ..metadata.upip_rules import (
    find_computer_sign,
    find_requirement_defect,
    is_requirement_list,
    split_metadata,
    split_requirements,
)
from .tar_members import DIRECTORY, FILE, read_tar_members


def read_device_tar(tar: bytes, project: str) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return what upip installs of `tar` as `project` (normalized): files and requirements.

    A file is its path below the install directory, and its content. Requirements are spelled as in
    the metadata. Raises NotForDevicesError for a sign that the tar is made for computers, and
    ArchiveError for whatever else is not as sdist-upip writes it.
    """
    files: list[tuple[str, bytes]] = []
    requirements = RequirementReader()
    for member in read_tar_members(tar):
        if not member.is_plain or member.kind not in (FILE, DIRECTORY):
            raise ArchiveError(
                f"{member.name!r} in the tar is not a regular file with a plain header. Build the "
                "archive with sdist-upip."
            )
        sign = find_computer_sign(member.path, member.content)
        if sign and (member.path == SETUP_SCRIPT or member.kind == FILE):
            raise NotForDevicesError(
                f"The archive is made for computers: it has {sign}. "
                "Ask its author to build it with sdist-upip."
            )
        if member.kind == FILE:
            requirements.read(member.path, member.content)
            check_file(member.name, member.path, project)
            if action_on(member.path) == INSTALL:
                files.append((member.path, member.content))
    refuse_conflicts(path for path, _ in files)
    return files, requirements.found


class RequirementReader:
    """Collects the requirements in the files of one archive, in their order."""

    def __init__(self) -> None:
        self._metadata: list[str] = []
        self._fallback: list[str] = []

    @property
    def found(self) -> list[str]:
        """The requirements in PKG-INFO, or those in `requires.txt` if it has none."""
        return self._metadata or self._fallback

    def read(self, path: str, content: bytes) -> None:
        """Add the requirements in the file at `path`, if upip reads it for them.

        Raises ArchiveError for one that upip does not read, and LimitError for too many.
        """
        if path == "PKG-INFO":
            add_requirements(self._metadata, split_metadata(content))
        elif is_requirement_list(path):
            add_requirements(self._fallback, split_requirements(content))


def add_requirements(found: list[str], requirements: Iterable[bytes]) -> None:
    """Add requirements of one archive to those `found` before.

    Raises ArchiveError for one that upip does not read, and LimitError for too many.
    """
    for requirement in requirements:
        if defect := find_requirement_defect(requirement):
            raise ArchiveError(f"{defect} Do not use the archive.")
        found.append(requirement.decode())
        if len(found) > REQUIREMENT_LIMIT:
            raise LimitError(
                f"The archive has more than {REQUIREMENT_LIMIT} requirements. Ask its author to "
                "split the package."
            )


def check_file(name: str, path: str, project: str) -> None:
    """Raise ArchiveError if no board can have `path`, where the member `name` of `project`
    (normalized) is installed."""
    if defect := find_path_defect(path):
        raise ArchiveError(f"The member name {name!r} {defect}. Do not use the archive.")
    if owner := find_reserved(path, project):
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

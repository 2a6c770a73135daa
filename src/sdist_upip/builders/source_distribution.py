"""Source distributions: distinguished from device archives, and unpacked to be built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import ArchiveError, LimitError
from ..files.regular import read_regular
from ..limits import FOREIGN_LIMIT
from ..member_paths import find_structure_defect
from ..metadata.install_paths import find_host_defect
from ..metadata.member_names import SETUP_SCRIPT
from ..metadata.upip_rules import find_computer_sign
from .foreign_tar import read_files

_REMEDY = "Download it again, or ask its author for an archive without the problem."
_BUILD_FILES = frozenset({"setup.py", "pyproject.toml"})


def is_source_distribution(path: Path) -> bool:
    """Return whether the `.tar.gz` at `path` is a source distribution that has to be built.

    An archive in the form of sdist-upip is one only with a setup.py of another tool. An archive of
    the legacy sdist_upip.py may contain a pyproject.toml, but its egg-info lacks the SOURCES.txt
    that setuptools writes. Raises ArchiveError for an unreadable file.
    """
    from ..archive.reader import read_archive

    try:
        script = read_archive(path).get(SETUP_SCRIPT)
    except ArchiveError:
        below = read_files_below(path).keys()
        if SETUP_SCRIPT in below:
            return True
        egg_infos = [name for name in below if re.search(r"\.egg-info/", name)]
        legacy = egg_infos and not any(name.endswith("/SOURCES.txt") for name in egg_infos)
        return not legacy and not _BUILD_FILES.isdisjoint(below)
    return script is not None and find_computer_sign(SETUP_SCRIPT, script.data) is not None


def read_files_below(path: Path) -> dict[str, bytes]:
    """Return {path below the top directory: bytes} of the files of an archive.

    Raises ArchiveError as `read_members` does.
    """
    return {name.partition("/")[2]: data for name, data in read_members(path)}


def unpack_sdist(path: Path, directory: Path) -> Path:
    """Write the files of the source distribution `path` below `directory`; return the project's
    directory.

    Raises ArchiveError unless there is exactly one top-level directory, for paths that lead out of
    it or cannot be written, and for links to files that the archive lacks.
    """
    roots = set()
    for name, data in read_members(path):
        if defect := find_host_defect(name):
            raise ArchiveError(f"{path}: member {name!r}: {defect}. Unpack it on another computer.")
        target = directory / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
            raise ArchiveError(
                f"{path}: member {name!r} cannot be unpacked: {error.strerror or error}. "
                "Check free space and permissions."
            ) from error
        roots.add(name.partition("/")[0])
    if len(roots) != 1:
        raise ArchiveError(f"{path}: expected one top-level directory, got {len(roots)}. {_REMEDY}")
    return directory / roots.pop()


def read_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name with root directory, bytes) of every file. A link yields the files it leads to.

    A link for people that leads nowhere is left out. The whole file is decoded and verified first.
    Raises ArchiveError.
    """
    try:
        for entry, content in read_files(read_regular(path, FOREIGN_LIMIT), follow=True):
            if content is None:
                continue
            defect = find_structure_defect(entry.name)
            if defect or "/" not in entry.name:
                raise ArchiveError(
                    f"Member {entry.name!r} {defect or 'is not in a top-level directory'}"
                )
            yield entry.name, content
    except OSError as error:
        raise ArchiveError(
            f"Cannot read {path}: {error.strerror or error}. Pass the path of an archive."
        ) from error
    except LimitError as error:
        raise LimitError(f"{path}: {error}. Larger archives are not read.") from error
    except ArchiveError as error:
        raise ArchiveError(f"{path} cannot be read: {error}. {_REMEDY}") from error

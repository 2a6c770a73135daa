"""Source distributions: distinguished from device archives, and unpacked to be built."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import ArchiveError
from ..filenames import WHEEL_SUFFIX
from ..member_paths import find_structure_defect

_BUILD_FILES = frozenset({"setup.py", "pyproject.toml"})


def is_wheel(path: Path) -> bool:
    """Return whether `path` has the file name of a wheel."""
    return path.suffix == WHEEL_SUFFIX


def is_source_distribution(path: Path) -> bool:
    """Return whether the `.tar.gz` at `path` is a source distribution that has to be built.

    An archive of sdist-upip is not, whatever it contains. An archive of the legacy sdist_upip.py
    may contain a pyproject.toml, but its egg-info lacks the SOURCES.txt that setuptools writes.
    Raises ArchiveError for an unreadable file.
    """
    from ..archive.reader import read_archive

    try:
        read_archive(path)
    except ArchiveError:
        below = [name.partition("/")[2] for name, _ in read_members(path)]
        if "setup.py" in below:
            return True
        egg_infos = [name for name in below if re.search(r"\.egg-info/", name)]
        legacy = egg_infos and not any(name.endswith("/SOURCES.txt") for name in egg_infos)
        return not legacy and not _BUILD_FILES.isdisjoint(below)
    return False


def unpack_sdist(path: Path, directory: Path) -> Path:
    """Write the files of the source distribution `path` below `directory`; return the project's
    directory.

    Raises ArchiveError unless there is exactly one top-level directory, for paths that lead out of
    it, and for links to files that the archive lacks.
    """
    roots = set()
    for name, data in read_members(path):
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        roots.add(name.partition("/")[0])
    if len(roots) != 1:
        raise ArchiveError(
            f"{path}: expected one top-level directory, got {len(roots)}. Build it again."
        )
    return directory / roots.pop()


def read_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name with root directory, bytes) of every file. A link yields the file it points to.

    Raises ArchiveError.
    """
    try:
        with tarfile.open(path, "r:gz") as tar:
            for entry in _files(tar.getmembers()):
                defect = find_structure_defect(entry.name)
                if defect or "/" not in entry.name:
                    raise ArchiveError(
                        f"{path}: member {entry.name!r} "
                        f"{defect or 'is not in a top-level directory'}. Build it again."
                    )
                file = tar.extractfile(entry)
                if file is None:
                    raise ArchiveError(
                        f"{path}: member {entry.name!r} is not a file. Build it again."
                    )
                yield entry.name, file.read()
    except KeyError as error:
        raise ArchiveError(f"{path}: {error.args[0]}. Build it again.") from error
    except OSError as error:
        raise ArchiveError(
            f"Cannot read {path}: {error.strerror or error}. Pass the path of an archive."
        ) from error
    except (tarfile.TarError, EOFError, ValueError, OverflowError, zlib.error) as error:
        raise ArchiveError(
            f"{path} is not a readable .tar.gz file: {error}. Build it again."
        ) from error


def _files(entries: Iterable[tarfile.TarInfo]) -> Iterator[tarfile.TarInfo]:
    return (entry for entry in entries if entry.isreg() or entry.issym() or entry.islnk())

"""Source archives of other tools: told apart from device archives, and unpacked to be built."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import ArchiveError
from ..release import path_defect

_BUILD_FILES = frozenset({"setup.py", "pyproject.toml"})


def is_wheel(path: Path) -> bool:
    """Tell whether `path` is named like a wheel."""
    return path.suffix == ".whl"


def is_source_distribution(path: Path) -> bool:
    """Tell whether the `.tar.gz` at `path` is a source archive that has to be built.

    An archive of ours is not, whatever it holds. One of the historic sdist_upip.py may hold a
    pyproject.toml, but it kept an egg-info without the SOURCES.txt that setuptools puts there.
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
    """Write the files of the source archive `path` below `directory`; return the project's
    directory.

    Raises ArchiveError for an archive without one top-level directory, for paths that lead out of
    it, and for links to what is not in the archive.
    """
    roots = set()
    for name, data in read_members(path):
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        roots.add(name.partition("/")[0])
    if len(roots) != 1:
        raise ArchiveError(
            f"{path} has {len(roots)} top-level directories instead of one; build it again"
        )
    return directory / roots.pop()


def read_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name with root directory, bytes) of every file; links give what they point to."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            for entry in _files(tar.getmembers()):
                defect = path_defect(entry.name)
                if defect or "/" not in entry.name:
                    raise ArchiveError(
                        f"{path}: member {entry.name!r} "
                        f"{defect or 'lies in no top-level directory'}; build it again"
                    )
                file = tar.extractfile(entry)
                if file is None:
                    raise ArchiveError(f"{path}: member {entry.name!r} is no file; build it again")
                yield entry.name, file.read()
    except KeyError as error:
        raise ArchiveError(f"{path}: {error.args[0]}; build it again") from error
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror or error}") from error
    except (tarfile.TarError, EOFError, ValueError, OverflowError, zlib.error) as error:
        raise ArchiveError(f"{path} is no readable .tar.gz: {error}; build it again") from error


def _files(entries: Iterable[tarfile.TarInfo]) -> Iterator[tarfile.TarInfo]:
    return (entry for entry in entries if entry.isreg() or entry.issym() or entry.islnk())

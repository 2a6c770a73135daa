"""The directory of records, and moving staged files to their places in the steps of upip.

ROOT/.upip/NAME is the record of an installed package. A name with a dot is a staged package:
NAME.new is its record, and NAME.0, NAME.1, … are its files in the record's order. journal.txt
exists only while a change is complete but not finished: the next run then finishes the change.
Without journal.txt the next run removes staged packages. The steps are those of
device/upip_store.py in the same order, so that each of the two finishes or undoes what the other
began. Every function lets OSError pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from stat import S_ISDIR

from ..errors import OutputError
from ..files.regular import read_regular
from ..limits import TEXT_LIMIT
from ..member_paths import RECORDS, parents
from ..metadata.install_paths import find_host_defect
from .package import InstalledPackage

_JOURNAL = "journal.txt"
_NEW = ".new"
_JOB = re.compile(r"[+-][a-z0-9][a-z0-9-]*")


class RecordStore:
    """The records below `root`, which need not exist; the caller excludes other processes.

    Files behind a symbolic link are neither written nor removed: OutputError names the link.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._base = root / RECORDS
        self._plain_directories: set[str] = set()

    def names(self) -> list[str]:
        """Return the names of the installed packages, sorted."""
        return sorted(name for name in self._list() if "." not in name)

    def read(self, name: str, suffix: str = "") -> InstalledPackage | None:
        """Return the package `name`, None if it has no record; OutputError for a damaged record."""
        path = self._base / (name + suffix)
        try:
            package = InstalledPackage.from_record(read_regular(path, TEXT_LIMIT))
            if package.name != name:
                raise ValueError(f"this is a record of {package.name}")
        except FileNotFoundError:
            return None
        except (IsADirectoryError, ValueError) as error:
            raise OutputError(
                f"The record {path} is damaged: {error}. Remove it and install {name} again, "
                "which replaces its files."
            ) from error
        return package

    def locate(self, path: str) -> Path:
        """Return the path on this computer of the file `path` of a package.

        Raises OutputError if a directory above it is a symbolic link, and for a path that this
        computer cannot have.
        """
        defect = find_host_defect(path)
        if defect:
            raise OutputError(
                f"{path!r} of a package cannot be a file below {self.root}: {defect}. "
                "Use upip on the board for this package."
            )
        directories = []
        for directory in parents(path):
            if directory in self._plain_directories:
                break
            if (self.root / directory).is_symlink():
                raise OutputError(
                    f"{self.root / directory} is a symbolic link, and {path} of a package is "
                    "behind it. Files behind links are not changed. Replace the link by a "
                    "directory."
                )
            directories.append(directory)
        self._plain_directories.update(directories)
        return self.root / path

    def stage(self, package: InstalledPackage, contents: Iterable[bytes]) -> None:
        """Write the files of a package and its record, beside those in use."""
        self._base.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            with self._staged(package.name, number).open("xb") as file:
                file.write(content)
        with (self._base / (package.name + _NEW)).open("xb") as file:
            file.write(package.to_record())

    def try_name(self, part: str) -> None:
        """Raise OSError if the file system cannot hold a file of that name: FAT has no colons."""
        probe = self._base / f"0.{part}"
        probe.open("xb").close()
        probe.unlink()

    def begin(self, sign: str, names: Sequence[str]) -> None:
        """Write the journal: packages are to be installed ("+") or removed ("-"), by `recover`."""
        temporary = self._base / "journal.tmp"
        with temporary.open("wb") as file:
            file.write(" ".join(sign + name for name in names).encode())
        temporary.replace(self._base / _JOURNAL)

    def recover(self) -> None:
        """Finish or undo an interrupted change; each step can be repeated."""
        names = self._list()
        if _JOURNAL in names:
            self._finish(self._read_journal())
            (self._base / _JOURNAL).unlink()
        for name in self._list():
            if "." in name:
                (self._base / name).unlink()
        if self._base.is_dir() and not self._list():
            self._base.rmdir()

    def _list(self) -> list[str]:
        if self._base.is_symlink() or (self._base.exists() and not self._base.is_dir()):
            raise OutputError(
                f"{self._base} is not a directory, and the records of packages belong there. "
                "Move it away."
            )
        return [path.name for path in self._base.iterdir()] if self._base.exists() else []

    def _staged(self, name: str, number: int) -> Path:
        return self._base / f"{name}.{number}"

    def _read_journal(self) -> list[str]:
        path = self._base / _JOURNAL
        jobs = read_regular(path, TEXT_LIMIT).decode("ascii", "replace").split()
        for job in jobs:
            if not _JOB.fullmatch(job):
                raise OutputError(
                    f"{path} is damaged: {job!r} is not a step. Remove it and install the packages "
                    "again."
                )
        return jobs

    def _finish(self, jobs: list[str]) -> None:
        new = [self._read_new(job[1:]) for job in jobs if job[0] == "+"]
        kept = {path for package in new if package for path in package.paths}
        for job in jobs:
            installed = self.read(job[1:])
            for path in installed.paths if installed else ():
                if path not in kept:
                    self._remove(path)
        for job in jobs:
            if job[0] == "-":
                (self._base / job[1:]).unlink(missing_ok=True)
            else:
                self._move(job[1:])

    def _read_new(self, name: str) -> InstalledPackage | None:
        """Return the staged package or, once it is installed, that one."""
        return self.read(name, _NEW) or self.read(name)

    def _remove(self, path: str) -> None:
        """Remove a file, and the directories above it that it leaves empty."""
        target = self.locate(path)
        if is_file(target):
            target.unlink()
        for directory in map(self.root.joinpath, parents(path)):
            if directory.exists():
                if not directory.is_dir() or any(directory.iterdir()):
                    break
                directory.rmdir()

    def _move(self, name: str) -> None:
        package = self.read(name, _NEW)
        if not package:
            return
        for number, path in enumerate(package.paths):
            staged = self._staged(name, number)
            if staged.exists():
                target = self.locate(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
        (self._base / (name + _NEW)).replace(self._base / name)


def is_file(path: Path) -> bool:
    """Return whether `path` is other than a directory; links are not followed."""
    try:
        return not S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False

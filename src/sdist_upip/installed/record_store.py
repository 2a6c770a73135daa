"""The directory of the records and the step that puts staged files into place, as upip does it.

ROOT/.upip/NAME is the record of an installed package. A name with a dot is in the making: NAME.new
is a record, NAME.0, NAME.1, … are its files in the record's order. journal.txt is there only while
what is staged is complete: then the next start finishes the work, else it removes the rest. The
steps are those of device/upip_store.py in the same order, so that each of the two finishes or
undoes what the other began. Every function lets OSError pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from stat import S_ISDIR

from ..errors import OutputError
from ..metadata.install_paths import RECORDS, find_host_defect, parents
from .package import Record

_JOURNAL = "journal.txt"
_NEW = ".new"
_JOB = re.compile(r"[+-][a-z0-9][a-z0-9-]*")


class RecordStore:
    """The records below `root`, which need not be there; the caller keeps others away.

    Files behind a symbolic link are neither written nor removed: OutputError names the link.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._base = root / RECORDS
        self._plain_directories: set[str] = set()

    def names(self) -> list[str]:
        """Return the names of the installed packages, sorted."""
        return sorted(name for name in self._list() if "." not in name)

    def read(self, name: str, suffix: str = "") -> Record | None:
        """Return the record of `name`, None where there is none; OutputError if it is damaged."""
        path = self._base / (name + suffix)
        try:
            record = Record.parse(path.read_bytes())
            if record.name != name:
                raise ValueError(f"it is one of {record.name}")
        except FileNotFoundError:
            return None
        except (IsADirectoryError, ValueError) as error:
            raise OutputError(
                f"the record {path} is damaged ({error}); remove it, and install {name} again, "
                "which replaces its files"
            ) from error
        return record

    def locate(self, path: str) -> Path:
        """Return where the file `path` of a package is; no directory above it is a symbolic link.

        Raises OutputError where there is one, and for what cannot be a file here.
        """
        defect = find_host_defect(path)
        if defect:
            raise OutputError(
                f"{path!r} of a package cannot be a file below {self.root}: {defect}; use upip on "
                "the board for it"
            )
        directories = []
        for directory in parents(path):
            if directory in self._plain_directories:
                break
            if (self.root / directory).is_symlink():
                raise OutputError(
                    f"{self.root / directory} is a symbolic link, and {path} of a package lies "
                    "behind "
                    "it, where nothing is written or removed; put a directory in its place"
                )
            directories.append(directory)
        self._plain_directories.update(directories)
        return self.root / path

    def stage(self, record: Record, contents: Iterable[bytes]) -> None:
        """Write a new record and the files that belong to it."""
        self._base.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            with self._staged(record.name, number).open("xb") as file:
                file.write(content)
        with (self._base / (record.name + _NEW)).open("xb") as file:
            file.write(record.encode())

    def try_name(self, part: str) -> None:
        """Raise OSError if the file system takes no file of that name: FAT has no colons."""
        probe = self._base / f"0.{part}"
        probe.open("xb").close()
        probe.unlink()

    def begin(self, sign: str, names: Sequence[str]) -> None:
        """Note that packages go into place ("+") or away ("-"); `recover` does it, all of it."""
        draft = self._base / "journal.tmp"
        with draft.open("wb") as file:
            file.write(" ".join(sign + name for name in names).encode())
        draft.replace(self._base / _JOURNAL)

    def recover(self) -> None:
        """Finish or undo what was interrupted; each step can be done again."""
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
                f"{self._base} is no directory, and the records of packages belong there; move "
                "it away"
            )
        return [path.name for path in self._base.iterdir()] if self._base.exists() else []

    def _staged(self, name: str, number: int) -> Path:
        return self._base / f"{name}.{number}"

    def _read_journal(self) -> list[str]:
        path = self._base / _JOURNAL
        jobs = path.read_bytes().decode("ascii", "replace").split()
        for job in jobs:
            if not _JOB.fullmatch(job):
                raise OutputError(
                    f"{path} is damaged: {job!r} is no step; remove it, and install again what "
                    "was to be installed"
                )
        return jobs

    def _finish(self, jobs: list[str]) -> None:
        placed = {job[1:]: self._upcoming(job[1:]) for job in jobs if job[0] == "+"}
        wanted = {path for record in placed.values() if record for path in record.paths}
        for job in jobs:
            installed = self.read(job[1:])
            for path in installed.paths if installed else ():
                if path not in wanted:
                    self._remove(path)
        for job in jobs:
            if job[0] == "-":
                (self._base / job[1:]).unlink(missing_ok=True)
            else:
                self._place(job[1:])

    def _upcoming(self, name: str) -> Record | None:
        """Return the record that is staged, or once it is in place, that one."""
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

    def _place(self, name: str) -> None:
        record = self.read(name, _NEW)
        if not record:
            return
        for number, path in enumerate(record.paths):
            staged = self._staged(name, number)
            if staged.exists():
                target = self.locate(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(target)
        (self._base / (name + _NEW)).replace(self._base / name)


def is_file(path: Path) -> bool:
    """Tell whether something other than a directory is at `path`; a link counts itself."""
    try:
        return not S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False

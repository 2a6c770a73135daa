"""The directory of records, and moving staged files to their places in the steps of upip.

ROOT/.upip/NAME is the record of an installed package. A name with a dot belongs to an incomplete
change: NAME.new is the record of a staged package, and NAME.0, NAME.1, … are its files in the
record's order. NAME.del is an empty file and means that NAME is being removed. journal.txt exists
only while all staged files are complete: the next run then finishes the change. Without journal.txt
the next run removes staged packages, and the empty directories that were made for them.
device/upip_store.py and device/upip_manage.py read the same files, so that each of the two finishes
or undoes what the other began. Every function lets OSError pass.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

from ..errors import OutputError
from ..files.below import Below, is_directory, is_file, write_new
from ..files.plain import NO_SUCH_NAMES, read_plain
from ..member_paths import RECORDS, fold_path
from ..messages.logs import get_logger
from ..metadata.install_paths import find_host_defect
from .package import InstalledPackage

_JOURNAL = "journal.txt"
_NEW = ".new"
_REMOVED = ".del"
_HOPELESS = NO_SUCH_NAMES | {errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY}
"""Errors of steps that fail again if they are repeated: something else is in the way."""
_JOB = re.compile(r"[+-][a-z0-9]+(-[a-z0-9]+)*")

logger = get_logger(__name__)


class DamagedRecordError(OutputError):
    """A record that cannot be read as one. The message says how to go on."""


class RecordStore:
    """The records below `root`, which need not exist; the caller excludes other processes.

    Files behind a symbolic link are neither written nor removed: OutputError names the link.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._base = root / RECORDS
        self._entries = os.fspath(self._base / "x")[:-1]

    def names(self) -> list[str]:
        """Return the names of the installed packages, sorted, with those of damaged records."""
        return sorted(name for name in self._list() if "." not in name)

    def read(self, name: str) -> InstalledPackage | None:
        """Return the package `name`, None if it has no record. Raises DamagedRecordError."""
        try:
            return self._load(name)
        except ValueError as error:
            raise DamagedRecordError(
                f"The record {self._base / name} is damaged: {error}. Install {name} again, or run "
                f"sdist-upip uninstall -p {self.root} {name}."
            ) from error

    def drop(self, name: str) -> None:
        """Remove the record `name`, whatever it is, and no file of the package."""
        self._remove_entry(name)
        self._remove_empty_base()

    def locate(self, path: str, below: Below) -> str:
        """Return the path on this computer of the file `path` of a package, `below` the root.

        Raises OutputError if a directory above it is a symbolic link, and for a path that this
        computer cannot have.
        """
        defect = find_host_defect(path)
        if defect:
            raise OutputError(
                f"{path!r} of a package cannot be a file below {self.root}: {defect}. "
                "Use upip on the board for this package."
            )
        if link := below.find_link(path):
            raise OutputError(
                f"{below.join(link)} is a symbolic link, and {path} of a package is behind it. "
                "Files behind links are not changed. Replace the link by a directory."
            )
        return below.join(path)

    def stage(self, package: InstalledPackage, contents: Iterable[bytes]) -> None:
        """Write the files of a package and its record, beside those in use.

        Raises OutputError if one of them cannot be moved to its place.
        """
        below = Below(self.root)
        for path in package.paths:
            self.locate(path, below)
        os.makedirs(self._base, exist_ok=True)
        for number, content in enumerate(contents):
            write_new(self._entry(f"{package.name}.{number}"), content)
        write_new(self._entry(package.name + _NEW), package.to_record())

    def read_staged(self, name: str, number: int) -> bytes:
        """Return the content of a file of a staged package, by its number in the record."""
        return (self._base / f"{name}.{number}").read_bytes()

    def try_name(self, part: str) -> None:
        """Raise OSError if the file system cannot hold a file of that name: FAT has no colons."""
        probe = self._entry(f"0.{part}")
        write_new(probe, b"")
        os.unlink(probe)

    def begin_removal(self, name: str) -> None:
        """Note that a package is to be removed by `recover`. A full disk has space for that."""
        write_new(self._entry(name + _REMOVED), b"")

    def begin(self, jobs: Sequence[str]) -> None:
        """Write the journal: `recover` then installs packages (+NAME), and removes some (-NAME)."""
        temporary = self._entry("journal.tmp")
        write_new(temporary, " ".join(jobs).encode())
        os.replace(temporary, self._entry(_JOURNAL))

    @property
    def is_changing(self) -> bool:
        """Whether a change is complete but not finished.

        The journal of a board ends with the newline that it starts with. Without it, the power was
        cut before the journal was complete.
        """
        if _JOURNAL not in self._list():
            return False
        try:
            text = read_plain(self._entry(_JOURNAL))
        except ValueError:
            return True
        return bool(text.strip(b"\n")) and (text[:1] != b"\n" or text.endswith(b"\n"))

    def recover(self) -> None:
        """Finish or undo an interrupted change; each step can be repeated.

        A change that cannot be finished, whatever is tried, is dropped with a warning.
        """
        if self.is_changing:
            try:
                self._finish(self._read_journal())
            except ValueError as error:
                self._warn(error)
            self._remove_entry(_JOURNAL)
        names = self._list()
        for name in names:
            if name.endswith(_REMOVED):
                self._remove_package(name.removesuffix(_REMOVED))
        for name in names:
            if name.endswith(_NEW):
                self._remove_made_directories(name.removesuffix(_NEW))
        for name in names:
            if "." in name:
                self._remove_entry(name)
        self._remove_empty_base()

    def _list(self) -> list[str]:
        try:
            if S_ISDIR(os.lstat(self._base).st_mode):
                return os.listdir(self._base)
        except (FileNotFoundError, NotADirectoryError):
            return []
        raise OutputError(
            f"{self._base} is not a directory, and the records of packages belong there. "
            "Move it away."
        )

    def _entry(self, name: str) -> str:
        return self._entries + name

    def _load(self, name: str, suffix: str = "") -> InstalledPackage | None:
        """Return the package of a record, None without one; ValueError for a damaged record.

        A staged record has paths that every file system has.
        """
        if Path(name).name != name:
            raise ValueError("it is not among the records")
        try:
            package = InstalledPackage.from_record(read_plain(self._entry(name + suffix)))
        except FileNotFoundError:
            return None
        if package.name != name:
            raise ValueError(f"it is a record of {package.name}")
        if suffix:
            package.check_paths()
        return package

    def _remove_entry(self, name: str) -> None:
        """Remove the record, staged file or journal `name`, or a directory in its place."""
        path = self._entry(name)
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        except OSError:
            if not is_directory(path):
                raise
            shutil.rmtree(path)

    def _remove_empty_base(self) -> None:
        if is_directory(os.fspath(self._base)) and not self._list():
            os.rmdir(self._base)

    def _remove_package(self, name: str) -> None:
        """Remove a package, and what a change of it had put into place before it was given up."""
        for suffix in (_NEW, ""):
            with suppress(ValueError):
                package = self._load(name, suffix)
                self._remove_files(package.paths if package else ())
            self._remove_entry(name + suffix)

    def _remove_made_directories(self, name: str) -> None:
        """Remove the directories of a staged package that are empty."""
        with suppress(ValueError, OSError, OutputError):
            package = self._load(name, _NEW)
            below = Below(self.root)
            paths = package.paths if package else ()
            below.remove_empty_parents(path for path in paths if self.locate(path, below))

    def _read_journal(self) -> list[str]:
        """Return the steps of the journal. Raises ValueError."""
        jobs = read_plain(self._entry(_JOURNAL)).decode("ascii", "replace").split()
        for job in jobs:
            if not _JOB.fullmatch(job):
                raise ValueError(f"{job!r} is not a step")
        if not jobs:
            raise ValueError("it has no steps")
        return jobs

    def _warn(self, error: ValueError) -> None:
        """Warn that a change is dropped, and name the packages that it may have changed."""
        names = {name.removesuffix(_NEW) for name in self._list() if name.endswith(_NEW)}
        with suppress(ValueError):
            names.update(job[1:] for job in self._read_journal())
        logger.warning(
            "%s cannot be followed: %s. The interrupted change is dropped, so these packages may "
            "be incomplete: %s. Install them again.",
            self._base / _JOURNAL,
            error,
            ", ".join(sorted(names)) or "unknown",
        )

    def _finish(self, jobs: list[str]) -> None:
        """Carry out the steps. Raises ValueError for steps that no run can carry out.

        Everything that is read is checked before anything is changed.
        """
        entries = self._scan()
        new = [self._read_new(job[1:], entries) for job in jobs if job[0] == "+"]
        old = [self._read_old(job[1:]) for job in jobs]
        kept = {path for package in new for path in package.paths}
        installed = (path for package in old if package for path in package.paths)
        fold: Callable[[str], Hashable] = fold_path if self._ignores_case() else str
        folded = {fold(path) for path in kept}
        removed = [path for path in installed if fold(path) not in folded]
        below = Below(self.root)
        for path in removed:
            self.locate(path, below)
        for path in kept:
            self.locate(path, below)
            if not below.is_possible(path):
                raise ValueError(f"the file system cannot have {path!r}")
        try:
            for package in new:
                self._move_files(package, entries)
            self._remove_files(removed)
            for job in jobs:
                if job[0] == "-":
                    self._remove_entry(job[1:])
            for package in new:
                self._move_record(package.name, entries)
        except OSError as error:
            if error.errno not in _HOPELESS:
                raise
            where = error.filename2 or error.filename
            raise ValueError(f"{where}: {error.strerror}") from error

    def _scan(self) -> dict[str, bool]:
        """Return the name of each entry, and whether it is a regular file and not a link."""
        with os.scandir(self._base) as entries:
            return {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}

    def _read_new(self, name: str, entries: Mapping[str, bool]) -> InstalledPackage:
        """Return the staged package or, once it is installed, that one. Raises ValueError."""
        package = self._load(name, _NEW)
        if package is None:
            package = self._load(name)
        else:
            for number in range(len(package.files)):
                staged = f"{name}.{number}"
                if not entries.get(staged, True):
                    raise ValueError(f"{staged} is not a regular file")
        if package is None:
            raise ValueError(f"{name}{_NEW} is missing")
        return package

    def _read_old(self, name: str) -> InstalledPackage | None:
        """Return the package that is replaced or removed; the files of a damaged record stay."""
        try:
            return self._load(name)
        except ValueError:
            return None

    def _remove_files(self, paths: Iterable[str]) -> None:
        """Remove files, and the directories above them that they leave empty."""
        below = Below(self.root)
        possible = []
        for path in paths:
            below.forget()
            target = self.locate(path, below)
            if below.is_possible(path):
                possible.append(path)
                if is_file(target):
                    os.unlink(target)
        below.remove_empty_parents(possible)

    def _ignores_case(self) -> bool:
        """Return whether names that differ only in case are one file here."""
        return (self.root / RECORDS.upper()).exists()

    def _move_files(self, package: InstalledPackage, entries: dict[str, bool]) -> None:
        """Move the staged files among `entries` to their places."""
        if package.name + _NEW not in entries:
            return
        below = Below(self.root)
        for number, path in enumerate(package.paths):
            staged = f"{package.name}.{number}"
            if staged in entries:
                below.forget()
                target = self.locate(path, below)
                below.make_parents(path)
                os.replace(self._entry(staged), target)
                del entries[staged]

    def _move_record(self, name: str, entries: dict[str, bool]) -> None:
        staged = name + _NEW
        if staged in entries:
            record = self._entry(name)
            if name in entries and is_directory(record):
                self._remove_entry(name)
            os.replace(self._entry(staged), record)
            del entries[staged]

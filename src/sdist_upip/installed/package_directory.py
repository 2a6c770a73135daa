"""A directory of packages for boards: what is installed there, and changes that happen whole or
not.

upip on a board, or on a computer, reads and goes on with what is left here, and the reverse.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from filelock import BaseFileLock
from packaging.utils import canonicalize_name

from ..errors import OutputError
from ..files.made_directories import find_missing, remove_made
from ..files.user_directories import expand_home
from .device_archive import DeviceArchive
from .directory_lock import lock_directory
from .install_checks import ReadNeed, check_access, check_needs, check_owners, check_places
from .package import Record, make_record, needed_names
from .record_store import RecordStore


class PackageDirectory:
    """The packages below `root`; a context that keeps other sdist-upips out.

    On entry, what an interrupted run left is finished or undone. On exit, what is staged and not
    installed is forgotten, and no stray is left. `root` need not exist; it may be a symbolic link,
    but files behind a link below it are neither written nor removed. Everything raises OutputError
    if files are in the way or cannot be read or written.
    """

    def __init__(self, root: Path) -> None:
        self.root = expand_home(root)
        self._store = RecordStore(self.root)
        self._staged: dict[str, Record] = {}
        self._made: list[Path] = []
        self._lock: BaseFileLock | None = None

    def __enter__(self) -> PackageDirectory:
        if os.path.lexists(self.root) and not self.root.is_dir():
            raise OutputError(f"{self.root} is no directory; name one that packages go to")
        self._lock = lock_directory(self.root)
        try:
            self._recover()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._lock
        try:
            if error is None:
                self.discard()
            else:
                with suppress(OutputError):  # the first error is the one to tell
                    self.discard()
        finally:
            self._lock.release()

    def names(self) -> list[str]:
        """Return the normalized names of the installed packages, sorted."""
        with self._telling("read"):
            return self._store.names()

    def record(self, name: str) -> Record | None:
        """Return the record of an installed package, or None."""
        with self._telling("read"):
            return self._store.read(canonicalize_name(name))

    def changed(self, record: Record) -> list[str]:
        """Return the paths of `record` whose files are missing or not as they were installed."""
        with self._telling("read"):
            return [path for path, digest in record.files if self._digest(path) != digest]

    def intact(self, name: str) -> Record | None:
        """Return the record of a package if every file is as it was installed, else None."""
        record = self.record(name)
        return record if record and not self.changed(record) else None

    def stage(self, name: str, version: str, archive: DeviceArchive) -> None:
        """Write the files of a package beside those that are there; `version` as its archive
        spells it."""
        record = make_record(name, version, archive)
        with self._telling("write", "nothing is installed; make room or choose another directory"):
            for path in record.paths:
                self._store.locate(path)
            self._made = self._made or find_missing(self.root)
            self._store.stage(record, (data for _, data in archive.files))
        self._staged[record.name] = record

    def check(self, read_need: ReadNeed) -> None:
        """Raise an error if what is staged cannot be put into place as a whole.

        OutputError tells of files and directories that are in the way, ResolutionError of an
        installed package that needs another version. `read_need` evaluates requirements for the
        board.
        """
        if not self._staged:
            return
        staged = list(self._staged.values())
        installed = self._installed()
        staying = [record for record in installed if record.name not in self._staged]
        with self._telling("read"):
            check_owners(staged, staying)
            check_places(staged, self._store)
            check_access([*staged, *(old for old in installed if old not in staying)], self._store)
        check_needs(staged, staying, read_need)

    def install(self) -> None:
        """Put what is staged into place; old versions go."""
        if self._staged:
            self._commit("+", list(self._staged))
            self._staged.clear()
            self._made.clear()

    def uninstall(self, names: Sequence[str]) -> None:
        """Remove packages, all of them or none; raises OutputError for one that is not there."""
        wanted = list(dict.fromkeys(map(canonicalize_name, names)))
        there = self.names()
        records = []
        for name in wanted:
            record = self.record(name) if name in there else None
            if not record:
                raise OutputError(
                    f"{name or 'an empty name'} is not installed in {self.root}; sdist-upip list "
                    f"-p {self.root} tells what is"
                )
            records.append(record)
        if wanted:
            with self._telling("read"):
                check_access(records, self._store)
            self._commit("-", wanted)

    def users(self, names: Sequence[str]) -> list[tuple[Record, str]]:
        """Return (record, name) of each other installed package that needs one of `names`."""
        gone = list(map(canonicalize_name, names))
        staying = [record for record in self._installed() if record.name not in gone]
        return [
            (record, name)
            for record in staying
            for name in dict.fromkeys(needed_names(record))
            if name in gone
        ]

    def discard(self) -> None:
        """Forget what is staged; what `install` or `uninstall` has begun is finished instead."""
        self._recover()
        self._staged.clear()
        made, self._made = self._made, []
        remove_made(made)

    def _installed(self) -> list[Record]:
        return [record for record in map(self.record, self.names()) if record]

    def _digest(self, path: str) -> str | None:
        file = self.root / path
        return sha256(file.read_bytes()).hexdigest() if file.is_file() else None

    def _commit(self, sign: str, names: Sequence[str]) -> None:
        with self._telling("write", "nothing is changed; make room, or look at its mode"):
            self._store.begin(sign, names)
        self._recover()

    def _recover(self) -> None:
        advice = "the next sdist-upip list, install or uninstall finishes it when that is put right"
        with self._telling("change", advice):
            self._store.recover()

    @contextmanager
    def _telling(self, verb: str, advice: str = "look at its mode and its owner") -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"cannot {verb} {error.filename2 or error.filename or self.root}: "
                f"{error.strerror or error}; {advice}"
            ) from error

"""One change of the packages on a board, by the journal of upip (docs/reference/records.md)."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..errors import OutputError
from ..installed.package import InstalledPackage
from ..installed.package_directory import FileReporter
from ..member_paths import RECORDS
from .facts import Facts
from .programs import FORGET, call, change_program
from .session import BoardError, LostBoardError, Session
from .transfer import Transfer, Upload

ReadFile = Callable[[str, int], bytes]
"""From the name of a staged package and the number of a file to its content."""

PASSING = "sdist-upip-device"
"""The package as which files without a package pass (loose_files)."""

_INCOMPLETE = "The change is not complete. The next command with --board completes it."
_UNCHANGED = "Nothing is changed."
_NAME_ON_FAT = 13
"""Letters of a name in one directory entry of 32 bytes."""


class Change:
    """A change in `session`: `stage`, then `finish`; or `undo`. Raises OutputError.

    `is_begun` is whether there is something to undo.
    """

    def __init__(self, session: Session, facts: Facts) -> None:
        self._session = session
        self._facts = facts
        self.reporter: FileReporter | None = None
        self._root = facts.root or ""
        self._is_loaded = False
        self.is_begun = False

    def stage(self, packages: Sequence[InstalledPackage], read_file: ReadFile) -> None:
        """Send the records of packages, and those of their files that are not in place already."""
        if not packages:
            return
        memory, is_fat = self.stage_records(packages)
        with self._writing(_UNCHANGED):
            missing = self._compare(packages)
            if missing.keys() != {one.name for one in packages}:
                raise self._session.refuse("no comparison of files")
            uploads = [
                (one, number, path)
                for one in packages
                for number, path in enumerate(one.paths)
                if number in missing[one.name]
            ]
            sizes = [len(read_file(one.name, number)) for one, number, _ in uploads]
            self._check_free(sizes, is_fat)
            code = "".join(call("make", self._root, one.name) for one in packages)
            list(self._session.run(code))
            transfer = Transfer(self._session, memory, self.reporter, sum(sizes))
            transfer.send(
                Upload(
                    self._place(f"{one.name}.{number}"),
                    read_file(one.name, number),
                    f"{one.name}: {path}",
                )
                for one, number, path in uploads
            )
            names = sum(len(path) // _NAME_ON_FAT + 3 for one in packages for path in one.paths)
            free, is_enough = self._one(
                "space", "check_space", self._root, max(sizes, default=0), names
            )
            if not is_enough:
                raise _full(f"{free:,} bytes are free", _UNCHANGED)

    def stage_records(self, packages: Sequence[InstalledPackage]) -> tuple[int, bool]:
        """Send the records of packages. Return the free memory, and whether the flash has FAT."""
        self._load()
        self.is_begun = True
        with self._writing(_UNCHANGED):
            memory, is_fat = self._one("memory", "begin", self._root)
            Transfer(self._session, memory).send(
                Upload(self._place(f"{one.name}.new"), one.to_record(), f"{one.name}.new")
                for one in packages
            )
        return memory, bool(is_fat)

    def finish(self, jobs: Sequence[str]) -> None:
        """Carry out the steps, +NAME to install and -NAME to remove, and end the change.

        Without steps, a change that was interrupted is finished or undone.
        """
        self._load()
        if jobs:
            self.is_begun = True
            outcome = _UNCHANGED
            if jobs[0].startswith("-"):
                outcome = "Nothing is removed. Uninstall one package at a time."
            with self._writing(outcome):
                list(self._run("write_journal", self._root, " ".join(jobs)))
        with self._writing(_INCOMPLETE):
            list(self._run("finish", self._root))
        self.is_begun = False

    def remove(self, name: str) -> None:
        """Remove one package. A full file system has space for that."""
        self._load()
        with self._writing(_INCOMPLETE):
            list(self._run("give_up", self._root, name))

    def drop(self, name: str) -> None:
        """Remove a record, and no file of its package."""
        self._load()
        with self._writing("The record is still there."):
            list(self._run("drop", self._root, name))

    def look(self, paths: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return {path: (kind, sha256)} of files below the directory of packages."""
        self._load()
        found = {}
        for fact in self._run("look", self._root, tuple(paths)):
            match fact:
                case ("found", path, kind, bytes() as digest):
                    found[path] = kind, digest.decode("ascii", "replace")
        if found.keys() != set(paths):
            raise self._session.refuse("no comparison of files")
        return found

    def undo(self) -> None:
        """Undo the staging, or finish it if its journal is there."""
        self._session.enter()
        self.finish(())
        list(self._run("leave", self._root, self._facts.place))

    def close(self) -> None:
        """Remove our code from the board."""
        if self._is_loaded:
            self._is_loaded = False
            list(self._session.run(FORGET))

    def _load(self) -> None:
        if not self._is_loaded:
            list(self._session.run(change_program()))
            self._is_loaded = True

    def _run(self, function: str, *arguments: object) -> Iterator[Any]:
        return self._session.run(call(function, *arguments))

    def _one(self, kind: str, function: str, *arguments: object) -> tuple[int, int]:
        """Return the two numbers in the one fact of that kind."""
        for fact in self._run(function, *arguments):
            match fact:
                case (shown, int() as first, int() as second) if shown == kind:
                    return first, second
        raise self._session.refuse(f"no {kind}")

    def _place(self, name: str) -> str:
        return f"{self._root}/{RECORDS}/{name}"

    def _compare(self, packages: Sequence[InstalledPackage]) -> dict[str, set[int]]:
        missing = {}
        code = "".join(call("compare", self._root, package.name) for package in packages)
        for fact in self._session.run(code):
            match fact:
                case ("blocked", name, path, kind):
                    here, there = ("file", "directory") if kind == 1 else ("directory", "file")
                    raise OutputError(
                        f"{self._root}/{path} on the board is a {here}, and {name} has a {there} "
                        "there. Move it away."
                    )
                case ("missing", name, [*numbers]):
                    missing[name] = set(numbers)
        return missing

    def _check_free(self, sizes: Sequence[int], is_fat: bool) -> None:
        """Raise OutputError if the files cannot fit beside those in use."""
        unit = self._facts.unit if is_fat else 1
        needed = sum(-(-size // unit) * unit for size in sizes) + max(sizes, default=0)
        if needed > self._facts.free:
            raise _full(
                f"{needed:,} bytes are necessary, and {self._facts.free:,} are free",
                _UNCHANGED,
            )

    @contextmanager
    def _writing(self, outcome: str) -> Iterator[None]:
        """Explain errors of the board's file system; `outcome` is the state after them."""
        try:
            yield
        except LostBoardError:
            raise
        except BoardError as error:
            if error.number == errno.ENOSPC:
                raise _full("no block is free", outcome) from error
            if error.number == errno.EROFS:
                raise OutputError(
                    f"{self._root} on the board is on a read-only file system. {outcome} Pass "
                    "another directory with --path, or make the file system writable."
                ) from error
            if error.number == errno.EACCES:
                raise OutputError(
                    f"The file system at {self._root} on the board refuses to write. It may be "
                    f"full, or write-protected. {outcome}"
                ) from error
            raise


def _full(what: str, outcome: str) -> OutputError:
    return OutputError(
        f"The file system of the board is full: {what}. {outcome} Uninstall packages, or remove "
        "other files."
    )

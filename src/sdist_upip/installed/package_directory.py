"""A directory of packages for boards: the installed packages, and changes that are made whole.

upip, on a board or on a computer, reads these records and continues an interrupted change, and the
reverse.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from ..board import pkg_resources
from ..errors import OutputError
from ..files.user_directories import expand_home
from ..messages.logs import get_logger
from .companion import find_importers, find_provider, has_unrecorded, make_companion
from .directory_lock import lock_directory
from .inventory import Inventory
from .package import InstalledPackage
from .record_store import RecordStore

if TYPE_CHECKING:
    from .device_archive import DeviceArchive
    from .install_checks import Evaluate

FileReporter = Callable[[str], Callable[[int, "int | None"], None]]
"""From the name of a file to a function of the bytes that are done and their number."""

logger = get_logger(__name__)


class PackageDirectory:
    """The packages below `root`; a context that excludes other sdist-upip processes.

    On entry, an interrupted change is finished or undone. On exit, packages that are staged and not
    committed are removed, with all temporary files. `root` may be missing: it is created and, if
    nothing is installed, removed. Without `create`, a missing directory is one without packages. It
    may be a symbolic link, but files behind a link below it are neither written nor removed. A
    damaged record is one without a package. All methods raise OutputError if files are in the way
    or cannot be read or written.
    """

    def __init__(self, root: Path, *, create: bool = True) -> None:
        self.root = expand_home(root)
        self._create = create
        self._store = RecordStore(self.root)
        self._inventory = Inventory(self._store)
        self._staged: dict[str, InstalledPackage] = {}
        self._importers: set[str] = set()
        self._removed: list[str] = []
        self._lock = ExitStack()

    def __enter__(self) -> PackageDirectory:
        if os.path.lexists(self.root) and not self.root.is_dir():
            raise OutputError(f"{self.root} is not a directory. Pass a directory with --path.")
        with ExitStack() as stack:
            if self._create or self.root.exists():
                stack.enter_context(lock_directory(self.root))
            self._recover_on_entry()
            self._lock = stack.pop_all()
        return self

    def _recover_on_entry(self) -> None:
        try:
            self._recover()
        except OutputError:
            # Staged files that cannot be removed do no harm to one who only reads.
            if self._create or self._store.is_changing:
                raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            if error is None:
                if self._staged:
                    self.discard()
            else:
                with suppress(OutputError):  # the first error is the one to report
                    self.discard()

    @property
    def title(self) -> str:
        """The directory, for messages."""
        return str(self.root)

    def report_to(self, reporter: FileReporter) -> None:
        """Set the reporter of files that are written slowly. Those on this computer are not."""

    def names(self) -> list[str]:
        """Return the names of the installed packages, sorted, with those of damaged records."""
        with self._translated_errors("read"):
            return self._inventory.names()

    def get(self, name: str) -> InstalledPackage | None:
        """Return an installed package, or None."""
        with self._translated_errors("read"):
            return self._inventory.get(canonicalize_name(name))

    def damaged(self) -> dict[str, str]:
        """Return the names of the damaged records, each with the message for it."""
        with self._translated_errors("read"):
            return self._inventory.damaged()

    def modified(self, package: InstalledPackage) -> list[str]:
        """Return the paths of `package` whose files are missing or not as they were installed."""
        with self._translated_errors("read"):
            digest = self._inventory.digest
            return [path for path, known in package.files if digest(path) != known]

    def get_unmodified(self, name: str) -> InstalledPackage | None:
        """Return an installed package if every file is as it was installed, else None."""
        package = self.get(name)
        return package if package and not self.modified(package) else None

    def stage(self, name: str, version: str, archive: DeviceArchive) -> None:
        """Write the files of a package beside those in use; `version` as its archive spells it."""
        package = InstalledPackage.from_archive(name, version, archive)
        advice = "Nothing is installed. Free disk space or choose another directory."
        with self._translated_errors("write", advice):
            self._store.stage(package, (data for _, data in archive.files))
        self._staged[package.name] = package
        if pkg_resources.imports_pkg_resources(archive.files):
            self._importers.add(package.name)

    def add_pkg_resources(self, mpy: str = "") -> InstalledPackage | None:
        """Stage pkg_resources if a module imports it that is staged or stays; return its package.

        Returns None if no module does, or if pkg_resources is there already. Then the commit
        removes ours if a staged package brings another one, or if `device` replaced it by one in
        another form. It is compiled for MicroPython `mpy` unless that is empty. Raises
        SdistUpipError if it cannot be compiled.
        """
        ours = self.get(pkg_resources.PACKAGE)
        if provider := find_provider(self._staged.values()):
            if ours:
                logger.warning("Removing %s, because %s has pkg_resources too.", ours, provider)
                self._removed.append(ours.name)
            return None
        if has_unrecorded(self._installed(), self.root):
            if ours and not any((self.root / path).is_file() for path in ours.paths):
                self._removed.append(ours.name)
            return None
        staying = self._staying()
        if (
            pkg_resources.PACKAGE in self._staged
            or find_provider(staying)
            or not (self._importers or self._find_importers(staying))
        ):
            return None
        package, archive = make_companion(mpy)
        present = self.get_unmodified(package.name)
        if present and (present == package or (not mpy and present.version == package.version)):
            return None
        self.stage(package.name, package.version, archive)
        return package

    def check(self, evaluate: Evaluate) -> None:
        """Raise an error if the staged packages cannot be committed as a whole.

        OutputError names files and directories that are in the way, ResolutionError an installed
        package that requires another version. `evaluate` evaluates requirements for the board.
        """
        if not (self._staged or self._removed):
            return
        from .install_checks import (
            check_file_conflicts,
            check_installed_requirements,
            check_permissions,
            check_targets,
        )

        for name, message in self.damaged().items():
            if name not in self._staged:
                logger.warning("%s The files of %s are not protected.", message, name)
        staged = list(self._staged.values())
        staying = self._staying()
        kept = {package.name for package in staying}
        replaced = [package for package in self._installed() if package.name not in kept]
        with self._translated_errors("read"):
            check_file_conflicts(staged, staying)
            check_targets(staged, self._store)
            check_permissions([*staged, *replaced], self._store)
        check_installed_requirements(staged, staying, evaluate)

    def commit(self) -> None:
        """Move the files of the staged packages to their places; old versions are removed."""
        added, removed = [f"+{x}" for x in self._staged], [f"-{x}" for x in self._removed]
        if added or removed:
            self._commit(added + removed)
            self._forget_staged()

    def uninstall(self, names: Sequence[str]) -> list[str]:
        """Remove packages, all of them or none. Raises OutputError for one that is not installed.

        Returns the names of those with a damaged record. Only the record is removed then, because
        their files are not known.
        """
        installed = self.names()
        damaged = self.damaged()
        found = []
        for name in names:
            # The name of a damaged record may be none.
            found.append(name if name in damaged else canonicalize_name(name))
            if found[-1] not in installed:
                shown = f"{found[-1]} is" if name else "An empty name is"
                raise OutputError(
                    f"{shown} not installed in {self.root}. "
                    f"Run sdist-upip list -p {self.root} for the installed packages."
                )
        found = list(dict.fromkeys(found))
        packages = [package for package in map(self.get, found) if package]
        if packages:
            from .install_checks import check_permissions

            with self._translated_errors("read"):
                check_permissions(packages, self._store)
            self._commit([f"-{package.name}" for package in packages])
        dropped = [name for name in found if name in damaged]
        with self._translated_errors("write"):
            for name in dropped:
                self._store.drop(name)
        self._inventory = Inventory(self._store)
        return dropped

    def find_dependents(self, names: Sequence[str]) -> list[tuple[InstalledPackage, str]]:
        """Return (package, name) of each other installed package that requires one of `names`."""
        removed = list(map(canonicalize_name, names))
        staying = [package for package in self._installed() if package.name not in removed]
        return [
            (package, name)
            for package in staying
            for name in dict.fromkeys(package.required_names)
            if name in removed
        ]

    def find_broken_importers(self, names: Sequence[str]) -> list[InstalledPackage]:
        """Return the other installed packages that import pkg_resources, if `names` include it.

        Nothing else in the directory has it then.
        """
        removed = set(map(canonicalize_name, names))
        leaving = [package for package in self._installed() if package.name in removed]
        staying = [package for package in self._installed() if package.name not in removed]
        if not any(pkg_resources.is_provided(package.paths) for package in leaving):
            return []
        if any(pkg_resources.is_provided(package.paths) for package in staying):
            return []
        if has_unrecorded(self._installed(), self.root):
            return []
        return self._find_importers(staying)

    def discard(self) -> None:
        """Remove staged packages; a commit or uninstall that has begun is finished instead."""
        self._recover()
        self._forget_staged()

    def _forget_staged(self) -> None:
        self._staged.clear()
        self._importers.clear()
        self._removed.clear()

    def _staying(self) -> list[InstalledPackage]:
        """Return the installed packages that a commit neither replaces nor removes."""
        changing = {*self._staged, *self._removed}
        return [package for package in self._installed() if package.name not in changing]

    def _installed(self) -> list[InstalledPackage]:
        with self._translated_errors("read"):
            return list(self._inventory.packages())

    def _find_importers(self, packages: Sequence[InstalledPackage]) -> list[InstalledPackage]:
        return find_importers(packages, self.root, self._inventory.no_importers)

    def _commit(self, jobs: Sequence[str]) -> None:
        """Begin the steps, "+NAME" to install and "-NAME" to remove, and carry them out."""
        advice = "Nothing is changed. Check permissions, ownership and free disk space."
        is_removal = jobs[0][0] == "-"
        if is_removal:
            advice = (
                "Nothing is removed. Check permissions and ownership. On a full disk, uninstall "
                "one package at a time."
            )
        with self._translated_errors("write", advice):
            if is_removal and len(jobs) == 1:
                self._store.begin_removal(jobs[0][1:])
            else:
                self._store.begin(jobs)
        self._recover()

    def _recover(self) -> None:
        advice = (
            "The change is not complete. Fix the cause. The next sdist-upip list, install or "
            "uninstall completes the change."
        )
        with self._translated_errors("change", advice):
            try:
                self._store.recover()
            finally:
                self._inventory = Inventory(self._store)

    @contextmanager
    def _translated_errors(
        self, verb: str, advice: str = "Check permissions and ownership."
    ) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"Cannot {verb} {error.filename2 or error.filename or self.root}: "
                f"{error.strerror or error}. {advice}"
            ) from error

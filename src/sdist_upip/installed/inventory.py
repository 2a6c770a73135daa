"""The installed packages as they are while the directory is locked.

Each record is read once, and each file is hashed once. The lock excludes other sdist-upip
processes.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from hashlib import sha256

from ..board import pkg_resources
from ..files.below import Below
from ..files.plain import LOST, NO_SUCH_NAMES
from ..files.regular import read_regular
from ..limits import SIZE_LIMIT
from .package import InstalledPackage
from .record_store import DamagedRecordError, RecordStore

_NOT_AS_INSTALLED = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EFBIG}
"""Errors of a file that is missing, too large or of another kind."""
_MENTION = pkg_resources.MODULE.encode()


class Inventory:
    """The packages of a store, as they are when they are first asked for.

    The owner makes a new object after a change. All methods let OSError pass.
    """

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._below = Below(store.root)
        self._names: list[str] | None = None
        self._records: dict[str, InstalledPackage | DamagedRecordError | None] = {}
        self._digests: dict[str, str | None] = {}
        self.no_importers: set[str] = set()
        """The paths of files that were hashed, and do not have the name pkg_resources in them."""

    def names(self) -> list[str]:
        """Return the names of the installed packages, sorted, with those of damaged records."""
        if self._names is None:
            self._names = self._store.names()
        return self._names.copy()

    def get(self, name: str) -> InstalledPackage | None:
        """Return the package `name`, None if it has no record or a damaged one."""
        found = self._read(name)
        return found if isinstance(found, InstalledPackage) else None

    def damaged(self) -> dict[str, str]:
        """Return the names of the damaged records, each with the message for it."""
        found = ((name, self._read(name)) for name in self.names())
        return {name: str(error) for name, error in found if isinstance(error, DamagedRecordError)}

    def packages(self) -> Iterator[InstalledPackage]:
        """Yield the installed packages, sorted by name."""
        for name in self.names():
            if package := self.get(name):
                yield package

    def digest(self, path: str) -> str | None:
        """Return the sha256 in hex of the file `path` of a package, None if it cannot be that."""
        if path not in self._digests:
            self._digests[path] = self._hash(path)
        return self._digests[path]

    def _read(self, name: str) -> InstalledPackage | DamagedRecordError | None:
        if name not in self._records:
            try:
                self._records[name] = self._store.read(name)
            except DamagedRecordError as error:
                self._records[name] = error
        return self._records[name]

    def _hash(self, path: str) -> str | None:
        try:
            data = read_regular(self._below.join(path), SIZE_LIMIT)
        except OSError as error:
            if error.errno in LOST | NO_SUCH_NAMES | _NOT_AS_INSTALLED:
                return None
            raise
        if _MENTION not in data:
            self.no_importers.add(path)
        return sha256(data).hexdigest()

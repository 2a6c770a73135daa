"""A site that fsspec writes: in an object store, or on another computer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import TypeVar

from ...errors import OutputError, SdistUpipError
from ...member_paths import find_structure_defect
from ..store import ConflictError
from .failures import store_failures
from .lease import LOCK, Lease, LeaseTimes
from .media_types import is_immutable
from .objects import Objects

_T = TypeVar("_T")

_AHEAD = 4
"""Files that wait for each worker, so that a site is not in memory as a whole."""


class RemoteStore:
    """The store whose files are `objects`. See `Store`.

    Writing requires the lock. Files that the caller does not name stay as they are.
    """

    def __init__(self, objects: Objects, title: str, times: LeaseTimes | None = None) -> None:
        self._objects = objects
        self._title = title
        self._times = times or LeaseTimes()
        self._lease: Lease | None = None

    @property
    def title(self) -> str:
        """The address of the site, without credentials."""
        return self._title

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold a lease of the site. The lease of a killed run ends after half a minute."""
        lease = Lease(self._objects, self._title, self._times)
        with store_failures("lock", self._title):
            lease.acquire()
        self._lease = lease
        try:
            with store_failures("write", self._title):
                self._objects.sweep()
            yield
        except BaseException:
            with suppress(SdistUpipError):  # the first error is the one to show
                self._unlock(lease)
            raise
        self._unlock(lease)

    def read(self, path: str) -> bytes | None:
        """Return the content of a file, None if there is no such file."""
        with self._failures("read", path):
            return self._objects.get(path)

    def write(self, path: str, data: bytes) -> None:
        """Write a file. A file that has this content already is not touched."""
        with self._failures("write", path):
            self._write(path, data)

    def write_many(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files (path, content) in any order, several at a time. All are there on return."""
        self._do_many(lambda file: self.write(*file), files)

    def read_versioned(self, path: str) -> tuple[bytes | None, str]:
        """Return the content of a file, None without one, and its ETag, or what else it has."""
        with self._failures("read", path):
            return self._objects.get_versioned(path)

    def replace(self, path: str, data: bytes, token: str) -> None:
        """Write a file if it is as `read_versioned` returned `token`, else raise ConflictError."""
        with self._failures("write", path):
            self._check_lease()
            if not self._objects.swap(path, data, token):
                raise ConflictError(f"{path} of {self._title} was changed in the meantime")

    def remove(self, paths: Iterable[str]) -> None:
        """Remove files, and directories that are empty then. Missing files are skipped."""
        self._do_many(self._remove, paths)

    def find(self, prefix: str) -> Iterator[str]:
        """Yield the paths of all files below the directory `prefix`, sorted; "" for the root."""
        if prefix:
            self._refuse(prefix)
        with store_failures("read", self._title):
            found = list(self._objects.find(prefix))
        yield from (path for path in found if path != LOCK)

    def _unlock(self, lease: Lease) -> None:
        self._lease = None
        with store_failures("unlock", self._title):
            self._objects.leave()
            lease.release()

    def _write(self, path: str, data: bytes) -> None:
        self._check_lease()
        if is_immutable(path) and self._objects.create(path, data):
            return
        if not self._objects.has(path, data):
            self._objects.put(path, data)

    def _remove(self, path: str) -> None:
        with self._failures("remove", path):
            self._check_lease()
            self._objects.delete(path)

    def _do_many(self, action: Callable[[_T], None], items: Iterable[_T]) -> None:
        """Do something for all items, several at a time, until one fails."""
        workers = self._objects.workers
        pending: set[Future[None]] = set()
        with ThreadPoolExecutor(workers) as pool:
            try:
                for item in items:
                    pending.add(pool.submit(action, item))
                    if len(pending) >= workers * _AHEAD:
                        done, pending = wait(pending, return_when=FIRST_COMPLETED)
                        for future in done:
                            future.result()
                for future in pending:
                    future.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _check_lease(self) -> None:
        if self._lease is None:
            raise OutputError(f"{self._title} is not locked. Lock a site before it is changed.")
        self._lease.check()

    @contextmanager
    def _failures(self, action: str, path: str) -> Iterator[None]:
        """Translate what a library raises for a file. Refuse impossible paths."""
        self._refuse(path)
        with store_failures(action, f"{self._title}/{path}"):
            yield

    def _refuse(self, path: str) -> None:
        if defect := find_structure_defect(path):
            raise OutputError(
                f"Cannot have the file {path} in {self._title}: the path {defect}. Rename the "
                "package, or remove it from the site."
            )

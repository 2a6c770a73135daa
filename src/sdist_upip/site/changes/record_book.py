"""The records of projects, as they are in a site and as they become."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import lru_cache
from types import TracebackType

from ...errors import OutputError
from ..records import ProjectRecord
from ..store import Store

RECORDS = "records/project"
_KEPT = 128
"""Records that are kept parsed."""
_STORED = (-1, 0)
_GONE = (-2, 0)


def record_path(name: str) -> str:
    """Return the path in the site of the record of a project."""
    return f"{RECORDS}/{name}.json"


class RecordBook:
    """Reads records, and keeps changed ones in a temporary file until they are written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        self._places: dict[str, tuple[int, int]] = {}
        self._parsed = lru_cache(_KEPT)(self._parse)

    def __enter__(self) -> RecordBook:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._spool.close()

    @property
    def changed(self) -> Iterator[tuple[str, bool]]:
        """The changed projects, sorted: name, and whether the project is still there."""
        return ((name, place != _GONE) for name, place in sorted(self._places.items()))

    def get(self, name: str) -> ProjectRecord | None:
        """Return the record of a project as it becomes, None without such a project."""
        return self._parsed(name, self._places.get(name, _STORED))

    def __getitem__(self, name: str) -> ProjectRecord:
        project = self.get(name)
        if project is None:
            raise OutputError(
                f"{self._store.title}: {record_path(name)} is missing. Remove "
                "records/catalog.jsonl, and run the command again."
            )
        return project

    def read_stored(self, name: str) -> ProjectRecord | None:
        """Return the record of a project as it is in the site, None without one.

        Raises OutputError for a damaged record.
        """
        data = self._store.read(record_path(name))
        return None if data is None else self._read(name, data)

    def read_bytes(self, name: str) -> bytes:
        """Return the content of a changed record."""
        start, size = self._places[name]
        self._spool.seek(start)
        return self._spool.read(size)

    def put(self, project: ProjectRecord) -> None:
        """Change or add a record."""
        data = project.to_json()
        start = self._spool.seek(0, 2)
        self._spool.write(data)
        self._places[project.name] = (start, len(data))

    def discard(self, name: str) -> None:
        """Remove a record."""
        self._places[name] = _GONE

    def _parse(self, name: str, place: tuple[int, int]) -> ProjectRecord | None:
        if place == _GONE:
            return None
        return self.read_stored(name) if place == _STORED else self._read_spooled(name)

    def _read_spooled(self, name: str) -> ProjectRecord:
        return self._read(name, self.read_bytes(name))

    def _read(self, name: str, data: bytes) -> ProjectRecord:
        try:
            project = ProjectRecord.from_json(data)
            if project.name != name or not project.releases:
                raise ValueError("it is the record of another project")
        except ValueError as error:
            raise OutputError(
                f"{self._store.title}: {record_path(name)} cannot be read: {error}. Restore the "
                "file from a backup."
            ) from error
        return project

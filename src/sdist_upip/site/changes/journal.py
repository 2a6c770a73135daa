"""`records/pending.json`: the change of a site that is under way, for the run after a kill."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from ..json_types import check_types, read_list
from ..store import Store

PENDING = "records/pending.json"
"""The file, below the root of the site."""

Named = tuple[str, str]
"""A normalized name, and a version."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What a run does besides adding releases.

    `yank` has the reasons. With `recompile`, the .mpy files of all releases are made again.
    """

    remove: tuple[Named, ...] = ()
    yank: tuple[tuple[str, str, str], ...] = ()
    unyank: tuple[Named, ...] = ()
    recompile: bool = False

    def to_json(self) -> bytes:
        """Return the content of the file."""
        return f"{json.dumps(asdict(self), ensure_ascii=False)}\n".encode()

    @classmethod
    def from_json(cls, data: bytes) -> Pending:
        """Return what a file states; nothing for any other file, of another version."""
        try:
            content = json.loads(data)
            keys = ("remove", "yank", "unyank")
            lists = {key: tuple(map(read_list, read_list(content[key]))) for key in keys}
            pending = cls(**{**content, **lists})
            check_types(pending)
            return pending
        except (KeyError, TypeError, ValueError, RecursionError):
            return cls()


class Journal:
    """Writes the file before the first change, and removes it after the last.

    `is_left` is whether there is the file of an interrupted run, whose change is complete.
    """

    def __init__(self, store: Store, pending: Pending, *, is_left: bool = False) -> None:
        self._store = store
        self._pending = pending
        self._is_left = is_left
        self.begun = False

    def begin(self) -> None:
        """Note that the site changes from now on."""
        if not self.begun:
            self._store.write(PENDING, self._pending.to_json())
            self.begun = True

    def end(self) -> None:
        """Note that the site is complete."""
        if self.begun or self._is_left:
            self._store.remove([PENDING])
        self.begun = self._is_left = False

"""A board in this process: the code for boards runs on CPython, in a directory."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sdist_upip.attached.session import BoardError, Session

ROM = ModuleType("micropython")


class FakeSession(Session):
    """A session that runs code here. `codes` is all code so far; `errors` are raised, in order.

    The text `damage` arrives as another one, once.
    """

    def __init__(self) -> None:
        super().__init__("/dev/fake")
        self.codes: list[str] = []
        self.errors: list[Exception] = []
        self.names: dict[str, Any] = {}
        self.damage = b""

    def enter(self) -> None:
        self.codes.append("enter")

    def run(self, code: str) -> Iterator[Any]:
        self.codes.append(code)
        if self.errors:
            raise self.errors.pop(0)
        if self.damage and self.damage.decode() in code:
            code, self.damage = code.replace(self.damage.decode(), "damaged"), b""
        out = io.StringIO()
        try:
            with redirect_stdout(out):
                exec(code, self.names)
        except OSError as error:
            raise BoardError(f"The board reports {error}.", "OSError", error.errno or 0) from error
        return self._read_facts(out.getvalue().encode())


@pytest.fixture
def session(monkeypatch):
    """A session with a board in this process."""

    def ilistdir(path):  # as on a board, names are bytes if the path is
        if isinstance(path, str):
            return [(entry.name,) for entry in Path(path).iterdir()]
        return [(os.fsencode(entry.name),) for entry in Path(os.fsdecode(path)).iterdir()]

    monkeypatch.setattr(os, "ilistdir", ilistdir, raising=False)
    monkeypatch.setitem(sys.modules, "micropython", ROM)
    return FakeSession()

"""Power cuts after any number of file-system calls, for code that must survive them."""

import builtins
import os

import pytest

_CALLS = ("mkdir", "rmdir", "remove", "unlink", "rename", "replace")


class PowerCut(BaseException):
    """The power of the device is cut."""


class Disk:
    """Counts the calls that change the file system, and cuts the power after `limit` of them.

    After the cut every further call fails as well, since a device without power removes nothing. A
    cut within a write leaves half of the data. The functions are those of os, and open.
    """

    def __init__(self, limit=None):
        self.calls = 0
        self._limit = limit
        self._patch = pytest.MonkeyPatch()

    def __enter__(self):
        for name in _CALLS:
            self._patch.setattr(os, name, self._counted(getattr(os, name)))
        self._open = open
        self._patch.setattr(builtins, "open", self._counted_open)
        return self

    def __exit__(self, *_):
        self._patch.undo()

    def is_dark(self):
        return self._limit is not None and self.calls > self._limit

    def step(self):
        """Count one call, and return whether the power is still on."""
        self.calls += 1
        return not self.is_dark()

    def _counted(self, function):
        def call(*arguments, **options):
            if not self.step():
                raise PowerCut
            return function(*arguments, **options)

        return call

    def _counted_open(self, path, mode="r", *rest, **options):
        if {*mode} & {*"wx"}:
            if not self.step():
                raise PowerCut
            return _File(self, self._open(path, mode, *rest, **options))
        return self._open(path, mode, *rest, **options)


class _File:
    def __init__(self, disk, file):
        self._disk = disk
        self._file = file

    def write(self, data):
        if not self._disk.step():
            if self._disk.calls == self._disk._limit + 1:
                self._file.write(data[: len(data) // 2])
            raise PowerCut
        return self._file.write(data)

    def close(self):
        self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

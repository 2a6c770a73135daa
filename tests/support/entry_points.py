"""Entry points of the environment of the tests, each file read once in a process.

setuptools asks for them a dozen times in a build. It reads the files of all distributions then,
which takes half of the time of a small build.
"""

from __future__ import annotations

import sysconfig
from functools import cache
from importlib import metadata
from pathlib import Path

_SITE = Path(sysconfig.get_path("purelib"))


def remember_entry_points() -> None:
    """Read the entry points of a distribution in site-packages once. Others are read as before."""
    read = metadata.Distribution.entry_points.fget
    read_once = cache(lambda path: read(metadata.PathDistribution(path)))

    def read_entry_points(self: metadata.PathDistribution) -> metadata.EntryPoints:
        return read_once(self._path) if self._path.parent == _SITE else read(self)

    metadata.PathDistribution.entry_points = property(read_entry_points)

"""A site that is built again when the files change that it is made of."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ...errors import SdistUpipError
from .server import SiteServer
from .watching import State, read_state


class Rebuilder:
    """Builds sites below the directory `scratch`, each in one of its own, and has them served.

    `build` writes a site to a directory, and `find_sources` returns the files and directories on
    this computer that it is made of. Both raise SdistUpipError. `report` is called with the error
    of a failed build.
    """

    def __init__(
        self,
        server: SiteServer,
        scratch: Path,
        build: Callable[[Path], None],
        find_sources: Callable[[], Iterable[Path]],
        report: Callable[[Exception], None],
    ) -> None:
        self._server = server
        self._scratch = scratch
        self._build = build
        self._find_sources = find_sources
        self._sources: list[Path] = []
        self._report = report
        self._number = 0
        self._state: State = {}

    def build(self) -> None:
        """Build the site, and have it served. Raises SdistUpipError, and the old one stays."""
        try:
            self._sources = list(self._find_sources())
        finally:
            self._state = read_state(self._sources)
        self._number += 1
        root = self._scratch / str(self._number)
        try:
            self._build(root)
        except BaseException:
            shutil.rmtree(root, ignore_errors=True)
            raise
        # A client may have read names in the site before, so one of them stays.
        before, stale = self._server.roots[:1], self._server.roots[1:]
        self._server.roots = (root, *before)
        for directory in stale:
            shutil.rmtree(directory, ignore_errors=True)

    def watch(self, interval: float) -> bool:
        """Wait for `interval` seconds, and build the site if files changed and stay as they are.

        Return whether it was built.
        """
        time.sleep(interval)
        state = read_state(self._sources)
        if state == self._state:
            return False
        time.sleep(interval)
        if read_state(self._sources) != state:  # files are still being written
            return False
        try:
            self.build()
        except (SdistUpipError, OSError) as error:
            self._report(error)
            return False
        return True

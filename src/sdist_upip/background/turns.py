"""Turns: things that several threads use at once, until they are to be used less."""

from __future__ import annotations

import threading
import time

from .jobs import is_awaited, is_background

_LOOK = 0.02
"""Seconds between two looks whether the job is asked for."""


class StoppedError(Exception):
    """The threads in the background shall end."""


class Turns:
    """Things, such as hosts, by name. Several threads use them until `limit` is called.

    From then on, a job uses one only while its result is waited for. So there is one user at a
    time, in the order of asking, and nothing waits for a job that is not needed. Threads in the
    background stop waiting when `stopped` is set.
    """

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._ready: dict[str, float] = {}

    def wait(self, name: str) -> None:
        """Return when the thing can be used. Raises StoppedError."""
        if name not in self._ready:
            return
        while not is_awaited():
            self.sleep(_LOOK)
        while (seconds := self._ready[name] - time.monotonic()) > 0:
            self.sleep(seconds)

    def limit(self, name: str, seconds: float) -> None:
        """Have the thing used by one thread at a time, and not at all for some seconds."""
        self._ready[name] = max(self._ready.get(name, 0), time.monotonic() + seconds)

    def sleep(self, seconds: float) -> None:
        """Wait. Raises StoppedError."""
        if not is_background():
            time.sleep(seconds)
        elif self._stopped.wait(seconds):
            raise StoppedError

"""One run at a time in a store on another computer: a lease, which a run renews until it ends.

`records/lock.json` states who has the site and until when. The lease of a killed run ends by
itself. Clocks of computers differ, so a run takes the lease of another one only if it has seen no
renewal for as long as a lease is valid, or if the lease ended long ago.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ...errors import OutputError
from ...messages.logs import get_logger
from .objects import Objects

LOCK = "records/lock.json"
"""The file of the lease, below the root of the site."""

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """Seconds: how long a lease is valid, how often a run looks for its end, how long it waits for
    it, and after which a lease has ended whatever the clocks are."""

    valid: float = 30.0
    poll: float = 1.0
    patience: float = 300.0
    skew: float = 900.0


@dataclass(frozen=True, slots=True)
class _Holder:
    """The content of the file; `owner` is "" if the file cannot be read."""

    owner: str
    run: str
    expires: float

    @classmethod
    def from_json(cls, data: bytes) -> _Holder:
        try:
            content: dict[str, Any] = json.loads(data)
            expires = float(content["expires"])
            datetime.fromtimestamp(expires, timezone.utc)
            return cls(str(content["owner"]), str(content["run"]), expires)
        except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
            return cls("", "", float("inf"))

    def __str__(self) -> str:
        if not self.owner:
            return "another run of sdist-upip"
        until = datetime.fromtimestamp(self.expires, timezone.utc)
        return f"{self.owner} until {until:%Y-%m-%d %H:%M:%S} UTC"


class Lease:
    """A lease of the site at `title`, whose files are `objects`."""

    def __init__(self, objects: Objects, title: str, times: LeaseTimes) -> None:
        self._objects = objects
        self._title = title
        self._times = times
        self._owner = f"{socket.gethostname()} (process {os.getpid()})"
        self._run = secrets.token_hex(8)
        self._renewals = 0
        self._end = (0.0, 0.0)
        self._lost = False
        self._access = threading.Lock()
        self._released = threading.Event()
        self._renewal = threading.Thread(target=self._keep_renewing, daemon=True)

    def acquire(self) -> None:
        """Have the site from now on. Raises OutputError if another run does not leave it."""
        start = time.monotonic()
        seen, since = "", start
        announced = False
        while True:
            data, token = self._objects.get_versioned(LOCK)
            now = time.monotonic()
            if token != seen:
                seen, since = token, now
            if self._is_free(data, now - since) and self._take(token):
                self._renewal.start()
                return
            holder = _Holder.from_json(data or b"")
            if now - start >= self._times.patience:
                raise OutputError(
                    f"{self._title} is locked by {holder}. Try again later. If that run has "
                    f"ended, remove {LOCK} from the site."
                )
            if data is not None and not announced:
                logger.warning("%s is locked by %s. Waiting for it.", self._title, holder)
                announced = True
            time.sleep(self._times.poll)

    def check(self) -> None:
        """Raise OutputError if another run may have the site by now."""
        if not self._is_valid():
            self._renew()
        if self._lost or not self._is_valid():
            raise OutputError(
                f"The lock of {self._title} was lost, because another run took or removed it, or "
                "because it was not renewed in time. Run the command again to complete the site."
            )

    def release(self) -> None:
        """Leave the site to others."""
        self._released.set()
        self._renewal.join()
        if self._find_token():
            self._objects.delete(LOCK)

    def _is_free(self, data: bytes | None, unchanged: float) -> bool:
        """Return whether no other run has the site: no lease, our own, or one that has ended."""
        if data is None:
            return True
        holder = _Holder.from_json(data)
        return (
            holder.run == self._run
            or unchanged > self._times.valid
            or time.time() - holder.expires > self._times.skew
        )

    def _take(self, token: str) -> bool:
        if not self._write(token):
            return False
        time.sleep(self._objects.settles)
        return self._find_token() is not None

    def _write(self, token: str) -> bool:
        """Write the file if it is as `token` states. Return whether it was."""
        self._renewals += 1
        end = (time.monotonic() + self._times.valid, time.time() + self._times.valid)
        content = {
            "owner": self._owner,
            "run": self._run,
            "renewal": self._renewals,
            "expires": round(end[1], 3),
        }
        if not self._objects.swap(LOCK, json.dumps(content).encode(), token):
            return False
        self._end = end
        return True

    def _find_token(self) -> str | None:
        """Return the token of the file, None if it is not ours any more."""
        data, token = self._objects.get_versioned(LOCK)
        return token if data and _Holder.from_json(data).run == self._run else None

    def _is_valid(self) -> bool:
        """Return whether the lease is valid by both clocks: one of them stops in standby."""
        return time.monotonic() < self._end[0] and time.time() < self._end[1]

    def _keep_renewing(self) -> None:
        while not self._released.wait(self._times.valid / 3):
            try:
                self._renew()
            except Exception as error:  # of any library; the next attempt may succeed
                logger.debug("The lock of %s is not renewed: %s", self._title, error)

    def _renew(self) -> None:
        with self._access:
            token = self._find_token()
            self._lost = token is None
            if token is not None:
                self._write(token)

"""Signals that ask a command to stop: it cleans up as after an error, and says nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stoppable() -> Iterator[None]:
    """Within it, Ctrl-C, SIGTERM and SIGHUP raise SystemExit, so that temporary files are removed.

    The exit code is 128 and the signal's number, as shells have it. Signals that are ignored, as
    nohup does, stay so.
    """
    kinds = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    usual = (signal.SIG_DFL, signal.default_int_handler)
    before = {kind: signal.getsignal(kind) for kind in kinds if kind is not None}
    if threading.current_thread() is not threading.main_thread():
        before.clear()  # only that one may set handlers
    before = {kind: handler for kind, handler in before.items() if handler in usual}
    for kind in before:
        signal.signal(kind, _stop)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)

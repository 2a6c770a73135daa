"""Signals that stop a command: temporary files are removed, and no message is printed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .early import end_at_once


@contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP raise SystemExit, so temporary files are removed.

    The exit code is 128 plus the signal's number, as in shells. A signal that is already ignored or
    handled, for example by nohup, keeps its handler.
    """
    kinds = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]
    defaults = (signal.SIG_DFL, signal.default_int_handler, end_at_once)
    before = {kind: signal.getsignal(kind) for kind in kinds if kind is not None}
    if threading.current_thread() is not threading.main_thread():
        before.clear()  # only the main thread may set handlers
    before = {kind: handler for kind, handler in before.items() if handler in defaults}
    stops: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stops.append(number)
        raise SystemExit(128 + number)

    for kind in before:
        signal.signal(kind, stop)
    try:
        yield
    except Exception:  # in some imports, Python raises a TypeError in place of SystemExit
        if not stops:
            raise
        raise SystemExit(128 + stops[0]) from None
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)

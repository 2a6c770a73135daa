"""Jobs: functions that are called in the background, before their results are asked for.

What a job logs, and the error that it raises, wait until its result is asked for. So messages
appear in the order of asking, however the jobs run. Errors of results that are never asked for do
not appear.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from traceback import clear_frames
from typing import Any, Generic, TypeVar

_LOOK = 0.2
"""Seconds between two looks for a signal. Windows interrupts no wait for a lock."""

_Result = TypeVar("_Result")
_thread = threading.local()


class ForegroundError(Exception):
    """A job needs the user, for a password. It is run again when its result is asked for."""


Progress = Callable[[int, "int | None"], None]
"""Called with the bytes received and the size of a file, None if that is not known."""


class Job(Generic[_Result]):
    """One function that is called once: ahead, by a thread of the pool, or when asked for.

    It gets the function that it reports the progress of a download to, None if there is none.
    """

    def __init__(self, function: Callable[[Progress | None], _Result]) -> None:
        self._function = function
        self._changed = threading.Condition()
        self._is_taken = False
        self._is_done = False
        self.is_awaited = False
        self._progress: Progress | None = None
        self._reported: tuple[int, int | None] | None = None
        self._records: list[tuple[logging.Logger, int, str, tuple[Any, ...]]] = []
        self._result: _Result
        self._error: BaseException | None = None

    def result(self, progress: Progress | None = None) -> _Result:
        """Return what the function returns, or raise what it raises.

        A function that has not begun is called in this thread.
        """
        if self._take():
            return self._function(progress)
        with self._changed:
            self.is_awaited = not self._is_done
            self._progress = progress
        if self.is_awaited and self._reported:
            self._report(*self._reported)
        with self._changed:
            while True:
                self._emit()
                if self._is_done:
                    break
                self._changed.wait(_LOOK)
        if isinstance(self._error, ForegroundError):
            return self._function(progress)
        if self._error:
            raise self._error
        return self._result

    def run(self) -> None:
        """Call the function in a thread of the pool, unless it was called."""
        if not self._take():
            return
        _thread.job = self
        try:
            self._result = self._function(self._report)
        except BaseException as error:  # raised again by `result`
            # Without this, a job that failed would keep all that it had read.
            clear_frames(error.__traceback__)
            self._error = error
        finally:
            _thread.job = None
            with self._changed:
                self._is_done = True
                self._changed.notify_all()

    def log(self, logger: logging.Logger, level: int, text: str, *arguments: object) -> None:
        """Log at once if somebody waits for the job, else when its result is asked for."""
        with self._changed:
            self._records.append((logger, level, text, arguments))
            if self.is_awaited:
                self._changed.notify_all()

    def _report(self, done: int, total: int | None) -> None:
        self._reported = done, total
        if progress := self._progress:
            progress(done, total)

    def _take(self) -> bool:
        """Return whether this is the first call, so that the caller runs the job."""
        with self._changed:
            taken, self._is_taken = self._is_taken, True
        return not taken

    def _emit(self) -> None:
        for logger, level, text, arguments in self._records:
            logger.log(level, text, *arguments)
        self._records.clear()


def is_background() -> bool:
    """Return whether this thread runs a job."""
    return _current() is not None


def is_awaited() -> bool:
    """Return whether somebody waits for what this thread does: outside of jobs, the user does."""
    job = _current()
    return job is None or job.is_awaited


def log(logger: logging.Logger, level: int, text: str, *arguments: object) -> None:
    """Log as `logger` does. Within a job, the record waits until the job is asked for."""
    if job := _current():
        job.log(logger, level, text, *arguments)
    else:
        logger.log(level, text, *arguments)


def _current() -> Job[Any] | None:
    job: Job[Any] | None = getattr(_thread, "job", None)
    return job

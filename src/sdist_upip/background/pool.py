"""A few threads that run jobs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from .jobs import Job, Progress

_THREADS = 8
_PATIENCE = 2.0
"""Seconds that jobs have to remove their temporary files when they are stopped."""

_Result = TypeVar("_Result")


class BackgroundPool:
    """A few threads for jobs, started when there are jobs, until `close`."""

    def __init__(self, threads: int = _THREADS) -> None:
        self._limit = threads
        self._changed = threading.Condition()
        self._jobs: deque[Job[Any]] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self.closing = threading.Event()

    def submit(self, function: Callable[[Progress | None], _Result]) -> Job[_Result]:
        """Return a job for `function`, which some thread calls soon.

        Without a thread, the job runs when its result is asked for.
        """
        job = Job(function)
        with self._changed:
            if self.closing.is_set():
                return job
            self._jobs.append(job)
            if len(self._jobs) <= self._idle:
                self._changed.notify()
            elif len(self._threads) < self._limit:
                # A daemon, since it may be within a call to the system that has no end.
                thread = threading.Thread(target=self._work, daemon=True)
                self._threads.append(thread)
                try:
                    thread.start()
                except RuntimeError:  # the system allows no more threads
                    self._threads.remove(thread)
                    self._limit = len(self._threads)
        return job

    def close(self, interrupt: Callable[[], None]) -> None:
        """Drop the jobs that have not begun, and end the others; `interrupt` ends their waiting."""
        with self._changed:
            self.closing.set()
            self._jobs.clear()
            self._changed.notify_all()
            running = len(self._threads) - self._idle
        if running:
            interrupt()
        for thread in self._threads:
            if thread.is_alive():  # a signal may have ended `submit` before the start
                thread.join(_PATIENCE)
            if thread.is_alive():
                break

    def _work(self) -> None:
        while True:
            with self._changed:
                self._idle += 1
                while not self._jobs:
                    if self.closing.is_set():
                        return
                    self._changed.wait()
                self._idle -= 1
                job = self._jobs.popleft()
            job.run()

"""Work that is spread over processes, with results in order and flat memory."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import TypeVar

from ...errors import OutputError

Item = TypeVar("Item")
Result = TypeVar("Result")

_FEW = 40
"""Items that take less time than starting processes."""
_AHEAD = 4
"""Items for each process that are under way or wait for the caller."""


def map_items(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the result of `function` for each item, in order. Few items start no process.

    `function`, items and results must be picklable. Raises what `function` raises, and OutputError
    if a process was killed.
    """
    iterator = iter(items)
    first = list(islice(iterator, _FEW + 1))
    count = os.cpu_count() or 1
    if len(first) <= _FEW or count == 1:
        yield from map(function, chain(first, iterator))
        return
    method = "spawn" if os.name == "nt" else "forkserver"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        _start_server()
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        running: deque[Future[Result]] = deque()
        try:
            for item in chain(first, iterator):
                running.append(pool.submit(function, item))
                if len(running) > count * _AHEAD:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        except BrokenProcessPool as error:
            raise OutputError(
                "A process of this command ended early. Check free memory, and run the command "
                "again."
            ) from error
        finally:
            for future in running:
                future.cancel()


def _start_server() -> None:
    """Start the process that the others are forked from, with SIGINT blocked as in all of them.

    A terminal sends Ctrl-C to each process. Only this one stops the work.
    """
    from multiprocessing import forkserver, resource_tracker  # not on Windows

    resource_tracker.ensure_running()  # on its own, since it ends a block of signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

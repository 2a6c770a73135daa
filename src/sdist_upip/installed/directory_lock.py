"""One sdist-upip at a time in a directory of packages, whoever runs it.

The system locks the directory itself, so no file is written. On Windows, which does not lock
directories, a file in the directory is locked and then removed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ..errors import OutputError
from ..files.made_directories import find_missing, remove_made
from ..messages.logs import get_logger

if sys.platform != "win32":
    import fcntl

logger = get_logger(__name__)

_FILE = ".sdist-upip.lock"
_INTERVAL = 0.2
"""Seconds between two attempts to lock a directory that another process has."""
_ATTEMPTS = 1000
"""An attempt fails if another process removes the directory, which it created, in the meantime."""


@contextmanager
def lock_directory(directory: Path, *, option: str = "--path") -> Iterator[None]:
    """Hold a lock in the context, whatever path leads to `directory`, which is created if missing.

    On exit, created directories that are empty are removed. The system takes the lock away when
    the process ends, however that is. Raises OutputError if another process holds it, and for a
    directory that cannot be created or locked. `option` is the one that names the directory.
    """
    if ".." in directory.parts:  # a/../b needs no directory a
        directory = Path(os.path.realpath(directory))
    lock = _lock_by_file if sys.platform == "win32" else _lock_itself
    for _ in range(_ATTEMPTS):
        made = find_missing(directory)
        if _create(directory, made, option):
            with lock(directory, made) as locked:
                if locked:
                    yield
                    return
    raise OutputError(
        f"Cannot create {directory}: another process removes it. Choose another directory."
    )


class LockedError(OutputError):
    """Another process has the directory."""


@contextmanager
def wait_for_directory(
    directory: Path, patience: float, *, option: str = "--path"
) -> Iterator[None]:
    """Hold a lock as `lock_directory` does, which another process leaves within `patience` seconds.

    A warning states that this process waits. Raises OutputError.
    """
    end = time.monotonic() + patience
    announced = False
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(lock_directory(directory, option=option))
                break
            except LockedError:
                if time.monotonic() >= end:
                    raise
            if not announced:
                logger.warning("%s is locked by another run. Waiting for it.", directory)
                announced = True
            time.sleep(_INTERVAL)
        yield


def _create(directory: Path, made: list[Path], option: str) -> bool:
    """Create `directory` if missing; return False if a parent was removed in the meantime."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except FileNotFoundError:
        return False
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(
            f"{directory} is not a directory. Pass a directory with {option}."
        ) from error
    except OSError as error:
        remove_made(path for path in made[1:] if path.exists())
        raise OutputError(
            f"Cannot create {directory}: {error.strerror or error}. "
            "Check permissions, ownership and free disk space."
        ) from error
    return True


@contextmanager
def _lock_itself(directory: Path, made: list[Path]) -> Iterator[bool]:
    """Lock the directory; yield whether it is still there.

    Only who holds the lock removes the directory. A lock of a removed directory is worth nothing.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        yield False
        return
    except OSError as error:
        raise _not_lockable(directory, error) from error
    try:
        locked = _flock(directory, descriptor)
        try:
            yield locked
        finally:
            if locked:
                remove_made(made)
    finally:
        os.close(descriptor)


def _flock(directory: Path, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), directory.stat())
    except BlockingIOError as error:
        raise _is_locked(directory) from error
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _not_lockable(directory, error) from error


@contextmanager
def _lock_by_file(directory: Path, made: list[Path]) -> Iterator[bool]:
    """Lock a file in the directory, and remove the file. Windows removes none that is open.

    Without filelock, which is in the extra `install`, nothing is locked: `freeze` and `device` do
    not require that extra.
    """
    try:
        from filelock import FileLock, Timeout
    except ImportError:
        try:
            yield True
        finally:
            remove_made(made)
        return
    path = directory / _FILE
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _is_locked(directory) from error
    except (OSError, NotImplementedError) as error:
        raise _not_lockable(directory, error) from error
    try:
        yield True
    finally:
        lock.release()
        with suppress(OSError):  # another process has opened it
            path.unlink()
        remove_made(made)


def _is_locked(directory: Path) -> LockedError:
    return LockedError(
        f"The directory {directory} is locked by another sdist-upip process. Try again later."
    )


def _not_lockable(directory: Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or error
    return OutputError(
        f"The directory {directory} cannot be locked: {reason}. Check its permissions, or use a "
        "directory on another file system."
    )

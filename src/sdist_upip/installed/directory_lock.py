"""One sdist-upip at a time in a directory of packages; the lock leaves nothing in the directory."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from ..errors import OutputError
from ..files.user_directories import user_cache


def lock_directory(directory: Path) -> BaseFileLock:
    """Return a lock that is held, whatever path leads to `directory`; it need not exist.

    The system takes the lock away when the process ends, however that is. Raises OutputError if
    another process holds it, or if there is no place for locks.
    """
    key = sha256(os.fsencode(os.path.realpath(directory))).hexdigest()
    for place in (user_cache("locks"), Path(tempfile.gettempdir())):
        try:
            place.mkdir(parents=True, exist_ok=True)
            lock = FileLock(place / f"sdist-upip-{key}.lock")
            lock.acquire(timeout=0)
        except Timeout as error:
            raise OutputError(
                f"The directory {directory} is locked by another sdist-upip process. "
                "Try again later."
            ) from error
        except (OSError, NotImplementedError) as error:
            reason = f"{place}: {getattr(error, 'strerror', None) or error}"
        else:
            return lock
    raise OutputError(
        f"The directory {directory} cannot be locked ({reason}). Make that path writable."
    )

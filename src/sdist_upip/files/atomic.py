"""Files that are replaced completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ArchiveError
from .made_directories import find_missing, remove_made
from .regular import refuse_irregular


def replace_file(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write `data` to `path`, which has the old or the new content at any time, never a part.

    Missing directories are created, and removed again if writing fails. A `private` file is for
    this user alone. Raises ArchiveError, also if something other than a regular file is at `path`.
    """
    with staged_file(path, data, private=private):
        pass


@contextmanager
def staged_file(path: Path, data: bytes, *, private: bool = False) -> Iterator[None]:
    """Write `data` beside `path`, and move it there when the context ends without an error.

    Raises ArchiveError, in nearly all cases before the context begins. See `replace_file`.
    """
    made = find_missing(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        try:
            refuse_irregular(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                if private:
                    temporary.chmod(0o600)
                file.write(data)
        except OSError as error:
            raise _not_written(path, error, "Nothing is changed.") from error
        yield
        try:
            temporary.replace(path)
        except OSError as error:
            raise _not_written(path, error, "The file is unchanged.") from error
    except BaseException:
        _remove(temporary, made)
        raise


def _not_written(path: Path, error: OSError, state: str) -> ArchiveError:
    blocked = isinstance(error, (FileExistsError, NotADirectoryError))
    problem = f"{path.parent} is not a directory" if blocked else error.strerror
    return ArchiveError(
        f"Cannot write {path}: {problem}. {state} "
        "Choose another directory, or check permissions and free disk space."
    )


def _remove(temporary: Path, made: list[Path]) -> None:
    with suppress(OSError):
        temporary.unlink(missing_ok=True)
    remove_made(made)

"""Files that are replaced completely or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from ..errors import ArchiveError
from .made_directories import find_missing, remove_made


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` to `path`, which has the old or the new content at any time, never a part.

    Missing directories are created, and removed again if writing fails. Raises ArchiveError.
    """
    made = find_missing(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("xb") as file:
            file.write(data)
        beside.replace(path)
    except OSError as error:
        _remove(beside, made)
        raise ArchiveError(
            f"Cannot write {path}: {error.strerror}. {path.parent} is unchanged."
        ) from error
    except BaseException:
        _remove(beside, made)
        raise


def _remove(beside: Path, made: list[Path]) -> None:
    with suppress(OSError):
        beside.unlink(missing_ok=True)
    remove_made(made)

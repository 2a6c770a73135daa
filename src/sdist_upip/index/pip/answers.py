"""The answer of pip about its settings, kept in the cache until something changes that pip reads.

An answer depends on the variables of the environment that Python and pip read, on pip itself, and
on its configuration files, those that are missing included. Kept are the variables in one hash, and
the status of each file and of each directory of modules. Any difference makes the answer unknown.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import ArchiveError
from ...files.atomic import replace_file
from ...files.regular import open_regular
from ...files.user_directories import user_cache
from ...messages.credentials import hide_credentials

Status = tuple[int, ...] | None
"""What `read_status` returns."""

_RECENT = 2.0
"""Seconds. A file that was changed so recently may change again without another time of change."""

_LIMIT = 1 << 20
_PREFIXES = ("LC_", "PIP_", "PYTHON", "XDG_", "_PIP_")
_VARIABLES = frozenset(
    {
        *("ALLUSERSPROFILE", "APPDATA", "HOME", "HOMEDRIVE", "HOMEPATH", "LANG", "LOCALAPPDATA"),
        *("PROGRAMDATA", "SETUPTOOLS_USE_DISTUTILS", "USERPROFILE", "VIRTUAL_ENV"),
        "__PYVENV_LAUNCHER__",
    }
)


def find_answer(python: str, script: str) -> dict[str, Any] | None:
    """Return what `script` would print with `python`, None if that is not known."""
    try:
        found = json.loads(_read_own(_path(python)))
        if found["key"] != _make_key(python, script, found["inputs"], found["answer"]):
            return None
        if any(_as_list(read_status(name)) != known for name, known in found["inputs"].items()):
            return None
        answer: dict[str, Any] = found["answer"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return answer


def keep_answer(
    python: str, script: str, answer: Mapping[str, Any], inputs: Mapping[str, Any]
) -> None:
    """Keep what `script` has printed. `inputs` are the files with their status before it read them.

    Nothing is kept that contains credentials, that the working directory has changed, or that may
    be old already. Without a directory that can be written, nothing is kept either.
    """
    text = json.dumps(answer)
    latest = time.time_ns() - int(_RECENT * 1e9)
    if not inputs or hide_credentials(text) != text:
        return
    for name, known in inputs.items():
        status = read_status(name)
        if not Path(name).is_absolute() or _as_list(status) != known:
            return
        if status and max(status[:2]) > latest:
            return
    key = _make_key(python, script, inputs, answer)
    kept = {"key": key, "inputs": inputs, "answer": answer}
    path = _path(python)
    if path.is_absolute():  # not without a home directory
        with suppress(OSError, ArchiveError):
            replace_file(path, json.dumps(kept).encode(), private=True)


def read_status(name: str) -> Status:
    """Return the times of change in ns, the size and the number of a file; None without a file."""
    try:
        status = Path(name).stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _as_list(status: Status) -> list[int] | None:
    return None if status is None else list(status)


def _make_key(
    python: str, script: str, inputs: Mapping[str, Any], answer: Mapping[str, Any]
) -> str:
    """Return a hash of all that the answer depends on, and of the answer: files may be damaged."""
    variables = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _VARIABLES or name.upper().startswith(_PREFIXES)
    }
    text = json.dumps([python, script, sorted(variables.items()), inputs, answer])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _path(python: str) -> Path:
    digest = hashlib.sha256(python.encode("utf-8", "surrogateescape")).hexdigest()
    return user_cache("pip") / f"{digest[:16]}.json"


def _read_own(path: Path) -> bytes:
    """Return the content of a file that only this user can write. Raises OSError."""
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
        if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
            raise PermissionError(f"{path} may be written by others")
        return file.read(_LIMIT)

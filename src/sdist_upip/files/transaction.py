"""A change of many files in a directory. After a kill, it is either not begun or can be completed.

The new files are staged in DIRECTORY/.sdist-upip.…/ as `0`, `1`, … next to a journal. When all are
written, that directory is renamed to `.sdist-upip`. From then on the change is committed, and
the next run completes it if this run cannot. No staged name ends in `.py`, so a port's build that
freezes all of DIRECTORY skips the staged files.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import OutputError
from ..limits import TEXT_LIMIT
from ..member_paths import find_structure_defect
from .made_directories import find_missing, remove_made
from .regular import read_regular

STAGE = ".sdist-upip"
_JOURNAL = "journal.json"
_COMMIT = "seal"
"""The key of `commit` in journals, which versions share."""


@dataclass(frozen=True)
class _Journal:
    """The change: staged files are renamed to the paths `put`, in this order; `remove` are removed.

    `commit` is the path in `put` that is missing while the other files are changed, or "".
    """

    put: tuple[str, ...]
    remove: tuple[str, ...]
    commit: str


def change_files(
    directory: Path, put: Mapping[str, bytes], remove: Collection[str] = (), commit: str = ""
) -> None:
    """Write `put` (path with `/` → content) below `directory`, and remove the files `remove`.

    `commit` is a path in `put`. Its file is removed first and written last, so its readers never
    see a mix of old and new files. Raises OutputError. The directory is unchanged after an error,
    unless the message asks to run the command again.
    """
    stage = directory / f"{STAGE}.{secrets.token_hex(4)}"
    made = find_missing(directory)
    ordered = sorted(put, key=lambda path: (path == commit, path))
    try:
        stage.mkdir(parents=True)
        for number, path in enumerate(ordered):
            (stage / str(number)).write_bytes(put[path])
        text = json.dumps({"put": ordered, "remove": sorted(remove), _COMMIT: commit})
        (stage / _JOURNAL).write_text(text, encoding="utf-8")
        stage.rename(directory / STAGE)
    except OSError as error:
        _discard(stage, made)
        raise OutputError(
            f"Cannot write to {directory}: {error.strerror or error}. The directory is unchanged."
        ) from error
    except BaseException:
        _discard(stage, made)
        raise
    finish_change(directory)


def finish_change(directory: Path) -> None:
    """Complete the change that a killed run committed in `directory`, and remove uncommitted files.

    Raises OutputError.
    """
    stage = directory / STAGE
    try:
        if stage.is_dir():
            if (stage / _JOURNAL).exists():
                _carry_out(directory, _read_journal(stage / _JOURNAL))
                (stage / _JOURNAL).unlink()
            shutil.rmtree(stage)
        for uncommitted in directory.glob(f"{STAGE}.*"):
            shutil.rmtree(uncommitted)
    except OSError as error:
        raise OutputError(
            f"Could not complete the interrupted change in {directory}: "
            f"{error.strerror or error}. Fix the cause and run the command again."
        ) from error


def _read_journal(path: Path) -> _Journal:
    try:
        content = json.loads(read_regular(path, TEXT_LIMIT))
        journal = _Journal(tuple(content["put"]), tuple(content["remove"]), content[_COMMIT])
        valid = journal.commit in ("", *journal.put) and not any(
            find_structure_defect(name) for name in (*journal.put, *journal.remove)
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        valid = False
    if not valid:
        raise OutputError(f"{path} is not a journal of sdist-upip. Remove {path.parent}.")
    return journal


def _carry_out(directory: Path, journal: _Journal) -> None:
    staged = {path: directory / STAGE / str(number) for number, path in enumerate(journal.put)}
    staged = {path: source for path, source in staged.items() if source.exists()}
    if journal.commit in staged:
        (directory / journal.commit).unlink(missing_ok=True)
    for path in journal.remove:
        _remove(directory / path, directory)
    for path, source in staged.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        source.replace(directory / path)


def _remove(path: Path, directory: Path) -> None:
    """Remove a file, and its parents below `directory` that are empty then."""
    path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == directory or (parent.exists() and any(parent.iterdir())):
            break
        if parent.exists():
            parent.rmdir()


def _discard(stage: Path, made: list[Path]) -> None:
    shutil.rmtree(stage, ignore_errors=True)
    remove_made(made)

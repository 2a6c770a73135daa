"""A change of many files in a directory that a kill leaves undone, or to be finished.

The new files wait in DIRECTORY/.sdist-upip.…/ as `0`, `1`, … beside a journal. When all have
arrived, that directory is renamed to `.sdist-upip`; from then on the change is made, even if
another run has to finish it. No name in it ends in `.py`: a port's build which freezes all of
DIRECTORY passes over it.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import OutputError
from ..release import path_defect
from .made_directories import find_missing, remove_made

STAGE = ".sdist-upip"
_JOURNAL = "journal.json"


@dataclass(frozen=True)
class _Journal:
    """What to do: rename the files of the stage to `put`, in this order, and remove `remove`.

    `commit` is the one of `put` that is away while the others are neither old nor new, or "".
    """

    put: tuple[str, ...]
    remove: tuple[str, ...]
    commit: str


def change_files(
    directory: Path, put: Mapping[str, bytes], remove: Collection[str] = (), commit: str = ""
) -> None:
    """Write `put` (path with `/` → content) below `directory`, and remove the files `remove`.

    `commit` is a path of `put` whose file is removed first and written last, so that who reads it
    meets no mix. Raises OutputError; the directory is as it was then, unless the error says that
    the next run goes on.
    """
    stage = directory / f"{STAGE}.{secrets.token_hex(4)}"
    made = find_missing(directory)
    ordered = sorted(put, key=lambda path: (path == commit, path))
    try:
        stage.mkdir(parents=True)
        for number, path in enumerate(ordered):
            (stage / str(number)).write_bytes(put[path])
        text = json.dumps({"put": ordered, "remove": sorted(remove), "commit": commit})
        (stage / _JOURNAL).write_text(text, encoding="utf-8")
        stage.rename(directory / STAGE)
    except OSError as error:
        _discard(stage, made)
        raise OutputError(
            f"cannot write to {directory}: {error.strerror or error}; it is as it was"
        ) from error
    except BaseException:
        _discard(stage, made)
        raise
    finish_change(directory)


def finish_change(directory: Path) -> None:
    """Finish what a killed run began in `directory`, or drop it if not all had arrived."""
    stage = directory / STAGE
    try:
        if stage.is_dir():
            if (stage / _JOURNAL).exists():
                _carry_out(directory, _read_journal(stage / _JOURNAL))
                (stage / _JOURNAL).unlink()
            shutil.rmtree(stage)
        for begun in directory.glob(f"{STAGE}.*"):
            shutil.rmtree(begun)
    except OSError as error:
        raise OutputError(
            f"cannot finish what was begun in {directory}: {error.strerror or error}; mend that "
            "and "
            "run the command again"
        ) from error


def _read_journal(path: Path) -> _Journal:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        journal = _Journal(tuple(content["put"]), tuple(content["remove"]), content["commit"])
        sound = journal.commit in ("", *journal.put) and not any(
            path_defect(name) for name in (*journal.put, *journal.remove)
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise OutputError(f"{path} is no journal of sdist-upip; remove {path.parent}")
    return journal


def _carry_out(directory: Path, journal: _Journal) -> None:
    waiting = {path: directory / STAGE / str(number) for number, path in enumerate(journal.put)}
    waiting = {path: staged for path, staged in waiting.items() if staged.exists()}
    if journal.commit in waiting:
        (directory / journal.commit).unlink(missing_ok=True)
    for path in journal.remove:
        _remove(directory / path, directory)
    for path, staged in waiting.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        staged.replace(directory / path)


def _remove(path: Path, directory: Path) -> None:
    """Remove a file, and the directories below `directory` that it leaves empty."""
    path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == directory or (parent.exists() and any(parent.iterdir())):
            break
        if parent.exists():
            parent.rmdir()


def _discard(stage: Path, made: list[Path]) -> None:
    shutil.rmtree(stage, ignore_errors=True)
    remove_made(made)

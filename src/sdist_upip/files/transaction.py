"""A change of many files in a directory. After a kill, it is either not begun or can be completed.

The new files are staged in DIRECTORY/.sdist-upip.…/ as `0`, `1`, … next to a journal. When all are
written, that directory is renamed to `.sdist-upip`. From then on the change is committed, and
the next run completes it if this run cannot. No staged name ends in `.py`, so a port's build that
freezes all of DIRECTORY skips the staged files.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..member_paths import STAGE, UPIP, find_reserved, find_structure_defect, parents
from .below import Below, write_new
from .made_directories import find_missing, remove_made
from .plain import read_plain

_JOURNAL = "journal.json"
_COMMIT = "seal"
"""The key of `commit` in journals, which versions share."""
_KEYS = {"put", "remove", _COMMIT}
_UNCOMMITTED = re.compile(re.escape(STAGE) + r"\.[0-9a-f]{8}")
_NUMBER = re.compile("0|[1-9][0-9]*")


@dataclass(frozen=True)
class _Journal:
    """The change: staged files are renamed to the paths `put`, in this order; `remove` are removed.

    `commit` is the path in `put` that is missing while the other files are changed, or "". Raises
    ValueError for paths that are not below the directory, are among records, or exclude each other.
    """

    put: tuple[str, ...]
    remove: tuple[str, ...]
    commit: str

    def __post_init__(self) -> None:
        paths = (*self.put, *self.remove)
        written = set(self.put)
        for path in paths:
            if defect := find_structure_defect(path):
                raise ValueError(f"the path {path!r} {defect}")
            if owner := find_reserved(path, UPIP):
                raise ValueError(f"the path {path!r} is in the place of {owner}")
        for path in self.put:
            if not written.isdisjoint(parents(path)):
                raise ValueError(f"a directory above {path!r} is also a file")
        if len({*paths}) < len(paths):
            raise ValueError("a path occurs twice")
        if self.commit not in ("", *self.put):
            raise ValueError(f"{self.commit!r} is not among the files")


def change_files(
    directory: Path, put: Mapping[str, bytes], remove: Collection[str] = (), commit: str = ""
) -> None:
    """Write `put` (path with `/` → content) below `directory`, and remove the files `remove`.

    `commit` is a path in `put`. Its file is removed first and written last, so its readers never
    see a mix of old and new files. Raises OutputError. The directory is unchanged after an error,
    unless the message asks to run the command again. Files behind symbolic links are not changed.
    """
    stage = directory / f"{STAGE}.{secrets.token_hex(4)}"
    made = find_missing(directory)
    ordered = sorted(put, key=lambda path: (path == commit, path))
    try:
        _refuse_links(directory, _Journal(tuple(ordered), tuple(sorted(remove)), commit))
    except ValueError as error:
        raise OutputError(
            f"Cannot write to {directory}: {error}. The directory is unchanged. Rename the file."
        ) from error
    try:
        stage.mkdir(parents=True)
        for number, path in enumerate(ordered):
            write_new(os.path.join(stage, str(number)), put[path])
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


def finish_change(directory: Path, *, force: bool = False) -> bool:
    """Complete the change that a killed run committed in `directory`, and remove uncommitted files.

    Raises OutputError, also for anything else in the place of such a change. With `force` that is
    removed; then the function returns True.
    """
    stage = directory / STAGE
    removed = False
    try:
        if os.path.lexists(stage):
            try:
                journal = _read_stage(directory)
            except ValueError as error:
                if not force:
                    raise OutputError(
                        f"{stage} is not an interrupted change of sdist-upip: {error}. Run the "
                        "command again with --force, which removes it and replaces all files."
                    ) from error
                removed = True
            else:
                _refuse_links(directory, journal)
                _carry_out(directory, journal)
                (stage / _JOURNAL).unlink(missing_ok=True)
            _remove_stage(stage)
        if directory.is_dir():
            for entry in directory.iterdir():
                if _UNCOMMITTED.fullmatch(entry.name) and _is_ours(entry):
                    shutil.rmtree(entry)
    except OSError as error:
        raise OutputError(
            f"Could not complete the interrupted change in {directory}: "
            f"{error.strerror or error}. Fix the cause and run the command again."
        ) from error
    return removed


def _read_stage(directory: Path) -> _Journal:
    """Return the journal of the committed change, an empty one if the change is finished.

    Raises ValueError if it is not a change that `change_files` committed.
    """
    stage = directory / STAGE
    if not _is_ours(stage):
        raise ValueError("there are other files than staged ones and a journal")
    numbers = {entry.name for entry in stage.iterdir()}
    if not numbers:
        return _Journal((), (), "")
    if _JOURNAL not in numbers:
        raise ValueError(f"there is no {_JOURNAL}")
    journal = _parse_journal(stage / _JOURNAL)
    if numbers - {_JOURNAL} - {str(number) for number in range(len(journal.put))}:
        raise ValueError(f"there are more files than in {_JOURNAL}")
    below = Below(directory)
    for path in (*journal.put, *journal.remove):
        if not below.is_possible(path):
            raise ValueError(f"the file system cannot have {path!r}")
    return journal


def _parse_journal(path: Path) -> _Journal:
    try:
        content = json.loads(read_plain(path).decode(), object_pairs_hook=_refuse_duplicates)
    except RecursionError as error:
        raise ValueError(f"{_JOURNAL} is nested too deep") from error
    if not isinstance(content, dict) or content.keys() != _KEYS:
        raise ValueError(f"{_JOURNAL} has other keys")
    put, remove, commit = (content[key] for key in ("put", "remove", _COMMIT))
    for paths in (put, remove, [commit]):
        if not isinstance(paths, list) or not all(isinstance(one, str) for one in paths):
            raise ValueError(f"{_JOURNAL} has values of other types")
    return _Journal(tuple(put), tuple(remove), commit)


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError(f"{_JOURNAL} has a key twice")
    return dict(pairs)


def _is_ours(stage: Path) -> bool:
    """Return whether `stage` is a directory with staged files and a journal at most."""
    if stage.is_symlink() or not stage.is_dir():
        return False
    with os.scandir(stage) as entries:
        return all(
            (entry.name == _JOURNAL or _NUMBER.fullmatch(entry.name))
            and entry.is_file(follow_symlinks=False)
            for entry in entries
        )


def _refuse_links(directory: Path, journal: _Journal) -> None:
    """Raise OutputError for a path that is behind a symbolic link."""
    below = Below(directory)
    for path in (*journal.put, *journal.remove):
        if link := below.find_link(path):
            raise OutputError(
                f"{below.join(link)} is a symbolic link, and {path} is behind it. Files behind "
                "links are not changed. Replace the link by a directory."
            )


def _carry_out(directory: Path, journal: _Journal) -> None:
    below = Below(directory)
    left = {*os.listdir(directory / STAGE)}
    staged = {path: str(number) for number, path in enumerate(journal.put) if str(number) in left}
    if journal.commit in staged:
        below.remove_file(journal.commit)
    for path in journal.remove:
        below.remove_file(path)
    below.remove_empty_parents(journal.remove)
    for path, number in staged.items():
        below.make_parents(path)
        os.replace(below.join(f"{STAGE}/{number}"), below.join(path))


def _remove_stage(stage: Path) -> None:
    if stage.is_dir() and not stage.is_symlink():
        shutil.rmtree(stage)
    else:
        stage.unlink()


def _discard(stage: Path, made: list[Path]) -> None:
    shutil.rmtree(stage, ignore_errors=True)
    remove_made(made)

"""Generated files in a directory that may hold files of others: put there all, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from ..errors import OutputError
from .transaction import change_files, finish_change


def put_files(
    directory: Path,
    files: Mapping[str, bytes],
    *,
    owned: Collection[str] = (),
    removed: Mapping[str, bytes | None] | None = None,
    force: bool = False,
    commit: str = "",
) -> list[Path]:
    """Write `files` (path with `/` → content) below `directory`, and return where they are.

    A file that is there already may be replaced if its content is the same, if its path is in
    `own`, or with `force`. `obsolete` names files that may not stay beside the new ones; those of
    the given content, those in `own` and, with `force`, all of them are removed. Whatever else is
    in the way raises OutputError before anything is written. What has its content already is not
    touched. A run that was killed is finished first; `seal` is as `change_files` takes it.
    """
    finish_change(directory)
    removed = removed or {}
    old = {path: directory / path for path in removed if (directory / path).is_file()}
    foreign = [
        directory / path for path in files if _is_foreign(directory, path, files[path], owned)
    ]
    foreign += [old[path] for path in old if _is_foreign(directory, path, removed[path], owned)]
    if foreign and not force:
        raise OutputError(
            f"{', '.join(map(str, sorted(foreign)))}: exists, and differs from what belongs there; "
            "move it, or add --force"
        )
    changed = {path: data for path, data in files.items() if read_present(directory / path) != data}
    if changed or old:
        changed |= {commit: files[commit]} if commit else {}
        change_files(directory, changed, old, commit)
    return [directory / path for path in sorted(files)]


def _is_foreign(directory: Path, path: str, data: bytes | None, owned: Collection[str]) -> bool:
    """Tell whether another's file is at `path`; raise OutputError for a directory or a file
    above."""
    target = directory / path
    above = [parent for parent in target.parents if parent.exists() and not parent.is_dir()]
    if above or target.is_dir():
        what = f"{above[0]} is no directory" if above else f"{target} is a directory"
        raise OutputError(f"cannot write {target}: {what}; move it or choose another directory")
    if path in owned:
        return False
    present = read_present(target)
    return present is not None and present != data


def read_present(path: Path) -> bytes | None:
    """Return the content of a file, or None if there is no file."""
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror}; check its mode") from error

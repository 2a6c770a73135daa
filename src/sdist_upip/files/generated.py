"""Generated files in a directory that may contain other files: all are written, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from ..errors import OutputError
from .regular import read_present
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
    """Write `files` (path with `/` → content) below `directory`, and return their paths.

    An existing file is replaced if its path is in `owned`, or with `force`. A file that already has
    its content is not touched. `removed` (path → content or None) names files that must not remain
    next to the new ones. Such a file is removed if it has the given content, if its path is in
    `owned`, or with `force`. Any other file in the way raises OutputError before the first write.
    An interrupted change is completed first. With `force`, one that cannot be read is removed.
    `commit` is the argument of `change_files`.
    """
    finish_change(directory, force=force)
    removed = removed or {}
    old = {path: directory / path for path in removed if (directory / path).is_file()}
    blocking = [
        directory / path for path in files if _is_blocking(directory, path, files[path], owned)
    ]
    blocking += [old[path] for path in old if _is_blocking(directory, path, removed[path], owned)]
    if blocking and not force:
        raise OutputError(
            f"{', '.join(map(str, sorted(blocking)))}: already exists with other content. "
            "Move it, or pass --force."
        )
    changed = {path: data for path, data in files.items() if read_present(directory / path) != data}
    if changed or old:
        changed |= {commit: files[commit]} if commit else {}
        change_files(directory, changed, old, commit)
    return [directory / path for path in sorted(files)]


def _is_blocking(directory: Path, path: str, data: bytes | None, owned: Collection[str]) -> bool:
    """Return whether a file not in `owned` is at `path` with other content than `data`.

    Raises OutputError for a directory at `path`, and for a file at one of its parents.
    """
    target = directory / path
    above = [parent for parent in target.parents if parent.exists() and not parent.is_dir()]
    if above or target.is_dir():
        problem = f"{above[0]} is not a directory" if above else f"{target} is a directory"
        raise OutputError(
            f"Cannot write {target}: {problem}. Move it, or choose another directory."
        )
    if path in owned:
        return False
    present = read_present(target)
    return present is not None and present != data

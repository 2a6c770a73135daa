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
    compare = _Comparison(directory)
    same = {path: compare(path, data) for path, data in files.items()}
    others = {path for path, is_same in same.items() if is_same is False}
    blocking = [directory / path for path in others.difference(owned)]
    blocking += [
        directory / path
        for path in old
        if path not in owned and compare(path, removed[path]) is False
    ]
    if blocking and not force:
        raise OutputError(
            f"{', '.join(map(str, sorted(blocking)))}: already exists with other content. "
            "Move it, or pass --force."
        )
    changed = {path: data for path, data in files.items() if not same[path]}
    if changed or old:
        changed |= {commit: files[commit]} if commit else {}
        change_files(directory, changed, old, commit)
    return [directory / path for path in sorted(files)]


class _Comparison:
    """Compares the files below `directory` with contents, and looks at each directory once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._above: dict[Path, Path | None] = {}

    def __call__(self, path: str, data: bytes | None) -> bool | None:
        """Return whether the file at `path` has the content `data`, or None if it is missing.

        Raises OutputError for a directory at `path`, and for a file at one of its parents.
        """
        target = self._directory / path
        above = self._find_file_above(target)
        if above or target.is_dir():
            problem = f"{above} is not a directory" if above else f"{target} is a directory"
            raise OutputError(
                f"Cannot write {target}: {problem}. Move it, or choose another directory."
            )
        present = read_present(target)
        return None if present is None else present == data

    def _find_file_above(self, target: Path) -> Path | None:
        """Return the nearest path above `target` that is there and is not a directory, or None."""
        parent = target.parent
        if parent not in self._above:
            above = (one for one in target.parents if one.exists() and not one.is_dir())
            self._above[parent] = next(above, None)
        return self._above[parent]

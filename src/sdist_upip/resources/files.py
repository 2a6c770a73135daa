"""Reading files on the command line as resources, with the names that mpy_bin2res used."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import ProjectError
from ..files.regular import read_regular
from ..limits import SIZE_LIMIT
from ..member_paths import find_structure_defect


def read_resources(paths: Iterable[Path], root: Path | None = None) -> dict[str, bytes]:
    """Return {name: content}; a name is the path as passed or, with `root`, relative to `root`.

    Names use `/` on every system. Raises ProjectError for a file that is missing, is a directory or
    cannot be read, for two files with the same name, and for a name that pkg_resources refuses.
    """
    resources: dict[str, bytes] = {}
    for path in paths:
        name = _name(path, root)
        if name in resources:
            raise ProjectError(
                f"{path}: the resource {name!r} already exists. Pass each file once."
            )
        resources[name] = _read(path)
    return resources


def _name(path: Path, root: Path | None) -> str:
    if root is None:
        name, advice = path.as_posix(), "Run the command in the package directory, or pass --root."
    else:
        name, advice = _relative(path, root), "Pass a --root that contains the file."
    defect = find_structure_defect(name)
    if defect:
        raise ProjectError(f"{path}: the resource name {name!r} {defect}. {advice}")
    return name


def _relative(path: Path, root: Path) -> str:
    try:
        return Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive of Windows
        return path.absolute().as_posix()


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise ProjectError(f"{path} is a directory. Pass the files in the directory.")
    try:
        return read_regular(path, SIZE_LIMIT)
    except FileNotFoundError as error:
        raise ProjectError(f"{path} does not exist. Check the path.") from error
    except OSError as error:
        raise ProjectError(
            f"Cannot read {path}: {error.strerror}. Check the path and its permissions."
        ) from error

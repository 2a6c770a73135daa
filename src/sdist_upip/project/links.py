"""Symbolic links to directories: each is followed, but never into a directory that it is in.

Without that, a walk goes around until the system refuses. setuptools visits each directory once
instead, by the name that the file system lists first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

_filelist: Any = import_module("distutils.filelist")


def repeats(path: Path, base: Path) -> bool:
    """Return whether `path`, below or at `base`, leads back to a directory that it has passed.

    The directories passed are `base` and those below. A link to a directory above them leads back.
    """
    passed = [base.resolve()]
    here = base
    for name in path.relative_to(base).parts:
        here = here / name
        if here.is_symlink():
            real = here.resolve()
            if any(directory.is_relative_to(real) for directory in passed):
                return True
            passed.append(real)
        else:
            passed.append(passed[-1] / name)
    return False


def walk_directories(directory: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield (directory, names of directories, names of files) as os.walk does, but sorted.

    The caller may remove names of directories. Links to directories are followed, but not back.
    """
    for parent, directories, files in os.walk(directory, followlinks=True):
        here = Path(parent)
        directories[:] = sorted(
            name
            for name in directories
            if not (here / name).is_symlink() or not repeats(here / name, directory)
        )
        yield here, directories, sorted(files)


@contextmanager
def complete_listing() -> Iterator[None]:
    """Make the manifest commands of setuptools list all files, in the same order everywhere."""
    original = _filelist.findall
    _filelist.findall = _find_all
    try:
        yield
    finally:
        _filelist.findall = original


def _find_all(dir: str = os.curdir) -> list[str]:
    """Return the files below `dir`, with the path of `dir` before each."""
    found = []
    for here, _, files in walk_directories(Path(dir)):
        place = "" if here == Path() else f"{here}{os.sep}"
        found += [place + name for name in files if Path(place + name).is_file()]
    return found

"""The modules that a release brings, by the names that `import` has for them on a board."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from functools import cached_property

_IDENTIFIER = re.compile(
    r"[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*"
)
"""ASCII letters, digits and underscores, and all characters above ASCII.

A range of those up to U+10FFFF would take ten times as long to compile.
"""
_SUFFIXES = (".py", ".mpy")


def is_module_name(segment: str) -> bool:
    """Return whether an import statement of MicroPython can name `segment` of a path."""
    return _IDENTIFIER.fullmatch(segment) is not None and not keyword.iskeyword(segment)


def split_suffix(path: str) -> str | None:
    """Return the path of a module without its suffix, or None if `path` is not a module."""
    for suffix in _SUFFIXES:
        if path.endswith(suffix):
            return path.removesuffix(suffix)
    return None


class ReleaseModules:
    """Modules and directories of a release by dotted name.

    A directory without `__init__` is a package too. Source: py/builtinimport.c of MicroPython,
    which looks for a directory first, then for .py, then for .mpy.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.files: dict[str, list[str]] = {}
        self.directories: set[str] = set()
        self.stems: set[str] = set()
        for path in paths:
            directory = path.rpartition("/")[0]
            while directory:
                self.directories.add(directory.replace("/", "."))
                directory = directory.rpartition("/")[0]
            if stem := split_suffix(path):
                name = stem.removesuffix("/__init__").replace("/", ".")
                self.files.setdefault(name, []).append(path)
                self.stems.add(name.rpartition(".")[2])

    @cached_property
    def ends(self) -> Mapping[str, list[str]]:
        """The names of modules by each end of theirs after a dot: `b.c` and `c` for `a.b.c`."""
        found: dict[str, list[str]] = {}
        for name in self.files:
            rest = name.partition(".")[2]
            while rest:
                found.setdefault(rest, []).append(name)
                rest = rest.partition(".")[2]
        return found

    def has(self, name: str) -> bool:
        """Return whether the release has the module or the directory `name`."""
        return name in self.files or name in self.directories

    def is_plain_directory(self, name: str) -> bool:
        """Return whether `name` is a package without `__init__`, which has no names of its own.

        A directory that hides a module of the same name is not, because it is reported itself.
        """
        return name in self.directories and name not in self.files

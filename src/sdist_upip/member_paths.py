"""Rules for paths below an install directory, so that each path is one file on every file system.

The board's copy of these rules is in device/upip_tar.py and device/upip_store.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache

RECORDS = ".upip"
"""The directory of the records, below the install directory."""

STAGE = ".sdist-upip"
"""The directory of a change of generated files that is committed and not finished."""

UPIP = "upip"
"""The distribution of upip itself, which alone may bring upip's own files."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""A control character, C1 included."""

_NOT_ON_FAT = re.compile(r'["*:<>?|]')
_SHORT_NAME = re.compile(r"~[0-9a-f]", re.IGNORECASE)
_DOS_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9]) *(\.|$)", re.IGNORECASE)
_RESERVED = r"\.upip.*|\.sdist-upip(\..*)?|(up|sd)[a-z0-9-]*~[0-9]+|~[0-9]\.(upi|sdi)"
"""`~1.UPI` can be the short name of `.upip`, `SDIST-~1` one of `.sdist-upip`."""
_UPIP_FILE = re.compile(r"upip([._].*)?", re.IGNORECASE)

_NOT_ASCII = bytes.maketrans(bytes(range(128, 256)), b"?" * 128)
"""FatFs takes bytes of UTF-8 for letters of code page 437, and finds names without accents.

So two names that differ only in such letters can be one file. Source: ff_wtoupper and ExCvt in
MicroPython's lib/oofatfs.
"""


def find_structure_defect(path: str) -> str | None:
    """Return why `path` cannot be a path below a directory, as a predicate, or None if it can."""
    if not path:
        return "is empty"
    if path.startswith("/"):
        return "is absolute"
    if "\\" in path:
        return "contains a backslash"
    is_common = path.isascii() and path.isprintable()
    if not is_common and CONTROL.search(path):
        return "contains a control character"
    if "//" in path or path.endswith("/"):
        return "has an empty segment"
    if (path[0] == "." or "/." in path) and not {".", ".."}.isdisjoint(path.split("/")):
        return "has a '.' or '..' segment"
    try:
        if not is_common:
            path.encode("utf-8")
    except UnicodeEncodeError:
        return "is not valid UTF-8"
    return None


@lru_cache(maxsize=1024)
def find_segment_defect(segment: str) -> str | None:
    """Return why FAT or Windows refuses or changes the name `segment`, or None if they do not.

    `GOODPA~1.PY` can be another name of `goodpackage.py` (FAT: short names).
    """
    if match := _NOT_ON_FAT.search(segment):
        return f"contains {match[0]!r}"
    if segment.endswith((".", " ")):
        return "ends in a dot or space"
    if match := _SHORT_NAME.search(segment):
        return f"contains {match[0]!r}, as the short names of FAT do"
    if _DOS_DEVICE.match(segment):
        return "is the name of a device"
    return None


def find_path_defect(path: str) -> str | None:
    """Return why no board can have a member at `path`, as a predicate, or None if it can."""
    defect = find_structure_defect(path)
    if defect:
        return defect
    for segment in path.split("/"):
        if defect := find_segment_defect(segment):
            return f"has the segment {segment!r}, which {defect}"
    return None


def find_reserved(path: str, name: str) -> str | None:
    """Return whose place `path` is, or None if a package `name` (normalized) may have a file there.

    Records and journals are never members. upip's own files come only with the distribution UPIP.
    """
    return _find_owner(path.partition("/")[0], name == UPIP)


@lru_cache(maxsize=1024)
def _find_owner(first: str, is_upip: bool) -> str | None:
    on_fat = first.rstrip(". ")  # FAT ignores dots and spaces at the end
    if ("~" in first or first[:1] == ".") and re.fullmatch(_RESERVED, on_fat, re.IGNORECASE):
        return "the records of packages"
    if not is_upip and _UPIP_FILE.fullmatch(first):
        return "upip itself"
    return None


def fold_path(path: str) -> bytes:
    """Return a key that is equal for two paths if FAT may take them for one."""
    return path.encode("utf-8", "surrogateescape").lower().translate(_NOT_ASCII)


def parents(path: str) -> Iterator[str]:
    """Yield the directories above `path`, the nearest first."""
    path = path.rpartition("/")[0]
    while path:
        yield path
        path = path.rpartition("/")[0]


def find_directories(paths: Iterable[str]) -> dict[str, str]:
    """Return the directories above `paths`, each with the first path below it.

    The nearest directory above a path comes first.
    """
    found: dict[str, str] = {}
    for path in paths:
        for directory in parents(path):
            if directory in found:
                break
            found[directory] = path
    return found


def find_conflicts(
    paths: Iterable[str], fold: Callable[[str], Hashable] = fold_path
) -> Iterator[tuple[str, str]]:
    """Yield (path, other path or directory) for each of `paths` that cannot be beside the other.

    `fold` returns equal keys for names that are one. Directories count: `Foo/a.py` and `foo/b.py`
    would be in one directory. A path that occurs twice is yielded with itself.
    """
    files: dict[Hashable, str] = {}
    directories: dict[Hashable, str] = {}
    good = ""  # the directory of the path before, if no conflict is above that path
    for path in sorted(paths):
        key = fold(path)
        other = files.get(key) or directories.get(key)
        files.setdefault(key, path)
        if path.rpartition("/")[0] != good:
            above = None
            for directory in parents(path):
                key = fold(directory)
                above = files.get(key) or above
                if directories.setdefault(key, directory) != directory:
                    above = directories[key]
            good = "" if above else path.rpartition("/")[0]
            other = above or other
        if other:
            yield path, other

"""Rules about member names: names that devices and their file systems cannot store."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from .problem import Problem

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_ON_FAT = re.compile(r'["*:<>?|]')
_DOS_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)", re.IGNORECASE)


def check_name(name: str) -> Iterator[Problem]:
    """Yield the problems that make `name`, root directory included, unsafe to install.

    Further rules do not apply to a name with one of these problems.
    """
    segments = name.split("/")
    if name.startswith("/"):
        yield Problem(
            "name-absolute",
            name,
            "The name is absolute. An installer may write outside its directory. Make the name "
            "relative.",
        )
    if ".." in segments:
        yield Problem(
            "name-parent",
            name,
            "The name has a '..' segment. Stock upip and mip write outside the install directory. "
            "Remove the segment.",
        )
    if "" in segments[1:] or "." in segments[1:]:
        yield Problem(
            "name-segment",
            name,
            "The name has an empty or '.' segment. Some installers change the path or fail. Remove "
            "the segment.",
        )
    if "\\" in name:
        yield Problem(
            "name-backslash",
            name,
            "The name has a backslash. A backslash separates directories on Windows, but is part "
            "of the name on a board. Use / instead.",
        )
    if _CONTROL.search(name):
        yield Problem(
            "name-control",
            name,
            "The name has a control character. Boards with a FAT file system refuse it. Rename the "
            "file.",
        )
    if any("\udc80" <= letter <= "\udcff" for letter in name):
        yield Problem(
            "name-encoding",
            name,
            "The name is not UTF-8. MicroPython raises UnicodeError on it. Rename the file.",
        )


def check_fat(names: Iterable[str]) -> Iterator[Problem]:
    """Yield the names that a FAT or Windows file system refuses or changes."""
    for name in names:
        segment = next(filter(_fat_defect, name.split("/")), None)
        if segment is not None:
            yield Problem(
                "name-fat",
                name,
                f"{segment!r} {_fat_defect(segment)}. On Windows and on boards with a FAT file "
                "system, installing fails or changes the name. Rename the file.",
            )


def check_conflicts(names: Iterable[str]) -> Iterator[Problem]:
    """Yield members that occur twice, are also a directory, or differ only in case.

    Directories count: `Foo/a.py` and `foo/b.py` are in one directory on FAT.
    """
    files: set[str] = set()
    for name in names:
        if name in files:
            yield Problem(
                "tar-duplicate",
                name,
                "The member occurs twice. Installers write both, and the later one replaces the "
                "first. Remove one of them.",
            )
        files.add(name)
    for name, other in _case_conflicts(files):
        yield Problem(
            "name-case",
            name,
            f"The name differs from {other!r} only in case or accents. On FAT, Windows and macOS "
            "both are the same name. Rename one of them.",
        )
    for name in sorted(_files_that_are_directories(files)):
        yield Problem(
            "name-clash",
            name,
            "The member is a file and also a directory of other members. Installing fails halfway. "
            "Rename one of them.",
        )


def _fat_defect(segment: str) -> str | None:
    if found := _NOT_ON_FAT.search(segment):
        return f"contains {found[0]!r}"
    if segment.endswith((".", " ")) and segment not in (".", ".."):
        return "ends in a dot or space"
    if _DOS_DEVICE.match(segment):
        return "is the name of a device"
    return None


def _files_that_are_directories(files: set[str]) -> set[str]:
    found = set()
    for name in files:
        position = name.find("/")
        while position >= 0:
            if name[:position] in files:
                found.add(name[:position])
            position = name.find("/", position + 1)
    return found


def _case_conflicts(files: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, the other spelling of it or of a directory in it).

    In the order of their folded segments, names that fold to one directory are neighbors, so
    comparing neighbors is enough.
    """
    folded = sorted((_fold(name), name) for name in files)
    for (left, left_name), (right, right_name) in pairwise(folded):
        left_parts, right_parts = left_name.split("/"), right_name.split("/")
        for depth in range(min(len(left), len(right))):
            if left[depth] != right[depth]:
                break
            if left_parts[depth] != right_parts[depth]:
                yield right_name, "/".join(left_parts[: depth + 1])
                break


def _fold(name: str) -> list[str]:
    return unicodedata.normalize("NFC", name).casefold().split("/")

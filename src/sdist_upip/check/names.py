"""Rules about member names: names that devices and their file systems cannot store."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from ..limits import NAME_LIMIT
from ..member_paths import CONTROL, find_conflicts, find_reserved, find_segment_defect
from .problem import Problem


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
    if CONTROL.search(name):
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
    yield from _check_fat(name, segments)


def check_conflicts(names: Iterable[str]) -> Iterator[Problem]:
    """Yield members that occur twice, are also a directory, or are one name on some file system.

    Directories count: `Foo/a.py` and `foo/b.py` are in one directory on FAT. Names that are longer
    than devices read are ignored: they have a problem of their own.
    """
    names = [name for name in names if len(name) <= NAME_LIMIT]
    found: set[str] = set()
    for name, other in find_conflicts(names):
        found.add(name)
        if name == other:
            yield Problem(
                "tar-duplicate",
                name,
                "The member occurs twice. Installers write both, and the later one replaces the "
                "first. Remove one of them.",
            )
        elif not name.startswith(f"{other}/"):
            yield Problem(
                "name-case",
                name,
                f"On FAT, the file system of many boards, {other!r} is the same name. upip refuses "
                "the archive. Rename one of them.",
            )
        elif other not in found:
            found.add(other)
            yield Problem(
                "name-clash",
                other,
                "The member is a file and also a directory of other members. upip refuses the "
                "archive. Rename one of them.",
            )
    for name, other in find_conflicts(names, _fold_unicode):
        if name not in found:
            yield Problem(
                "name-unicode",
                name,
                f"The name differs from {other!r} only in case or accents. On Windows and macOS "
                "both are the same name. Rename one of them.",
            )


def check_reserved(paths: Iterable[str], project: str) -> Iterator[Problem]:
    """Yield the problems of `paths`, below the root directory, that `project` may not have."""
    for path in paths:
        if owner := find_reserved(path, project):
            yield Problem(
                "name-reserved",
                path,
                f"The file would be in the place of {owner}. upip refuses the archive. Rename or "
                "exclude the file.",
            )


def _check_fat(name: str, segments: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem if FAT or Windows refuses or changes a segment."""
    for segment in segments:
        if segment in (".", ".."):
            continue
        if defect := find_segment_defect(segment):
            yield Problem(
                "name-fat",
                name,
                f"{segment!r} {defect}. On Windows and on boards with a FAT file system, "
                "installing fails or changes the name. Rename the file.",
            )
            return


def _fold_unicode(segment: str) -> str:
    return unicodedata.normalize("NFC", segment).casefold()

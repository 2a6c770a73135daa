"""Rules about member names: what devices and the file systems on them cannot hold."""

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
    """Yield what keeps the member `name`, its root directory included, from being installed safely.

    A name with one of these problems is unfit for further rules.
    """
    segments = name.split("/")
    if name.startswith("/"):
        yield Problem(
            "name-absolute",
            name,
            "the name is absolute: an installer may write outside its directory; make it relative",
        )
    if ".." in segments:
        yield Problem(
            "name-parent",
            name,
            "the name has a '..': stock upip and mip leave the install directory; write it plainly",
        )
    if "" in segments[1:] or "." in segments[1:]:
        yield Problem(
            "name-segment",
            name,
            "the name has an empty or '.' segment: some installers make another path of it or "
            "fail; write it plainly",
        )
    if "\\" in name:
        yield Problem(
            "name-backslash",
            name,
            "the name has a backslash: it is a directory on Windows and a letter on a board; use /",
        )
    if _CONTROL.search(name):
        yield Problem(
            "name-control",
            name,
            "the name has a control character: FAT boards refuse it; rename the file",
        )
    if any("\udc80" <= letter <= "\udcff" for letter in name):
        yield Problem(
            "name-encoding",
            name,
            "the name is not UTF-8: MicroPython raises UnicodeError on it; rename the file",
        )


def check_fat(names: Iterable[str]) -> Iterator[Problem]:
    """Yield the names that a FAT or Windows file system refuses or changes."""
    for name in names:
        segment = next(filter(_fat_defect, name.split("/")), None)
        if segment is not None:
            yield Problem(
                "name-fat",
                name,
                f"{segment!r} {_fat_defect(segment)}: installing fails or makes another name on "
                "boards with a FAT file system or on Windows; rename it",
            )


def check_clashes(names: Iterable[str]) -> Iterator[Problem]:
    """Yield members that are there twice, clash with a directory, or differ only in case.

    Directories count: `Foo/a.py` and `foo/b.py` meet in one directory on FAT.
    """
    files: set[str] = set()
    for name in names:
        if name in files:
            yield Problem(
                "tar-duplicate",
                name,
                "the member is there twice: both are written, and the later one stays; keep one",
            )
        files.add(name)
    for name, other in _clashes_in_case(files):
        yield Problem(
            "name-case",
            name,
            f"the name differs from {other!r} only in case or accents: on FAT, Windows and macOS "
            "they are one; rename one",
        )
    for name in sorted(_files_that_are_directories(files)):
        yield Problem(
            "name-clash",
            name,
            "the member is a file and, for others, a directory: installing fails half-way; "
            "rename one",
        )


def _fat_defect(segment: str) -> str | None:
    if found := _NOT_ON_FAT.search(segment):
        return f"holds {found[0]!r}"
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


def _clashes_in_case(files: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, the other spelling of it or of a directory in it).

    In the order of their folded segments, names that fold to one directory are neighbours, so
    looking at neighbours is enough.
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

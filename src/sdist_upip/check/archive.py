"""Check that an archive is safe for devices, for PyPI and for installers, or report why not.

An archive goes through `gzip_stream`, `tar_scan` and all rules. A release that the build is about
to publish needs only the rules in `release`. The content of the file is not trusted and never
makes a function raise.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..deflate.trace import Trace
from ..errors import ArchiveError
from ..filenames import read_archive_name
from ..files.regular import read_start
from ..limits import DIRECTORY_LIMIT, SIZE_LIMIT, WINDOW
from .code.rules import ANY_BOARD, CodeOptions
from .device_tar import read_device_tar
from .gzip_stream import read_gzip
from .names import check_conflicts, check_name
from .problem import ERROR, Problem
from .release import check_files
from .tar_entry import DIRECTORY
from .tar_scan import TarScan, scan_tar


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check: the problems, the largest match distance and the smallest window.

    `distance` and `window`, in bytes, are None where the stream could not be decoded.
    """

    archive: str
    problems: tuple[Problem, ...]
    distance: int | None = None
    window: int | None = None

    @property
    def errors(self) -> int:
        """The number of problems that are errors."""
        return sum(problem.severity == ERROR for problem in self.problems)

    @property
    def warnings(self) -> int:
        """The number of problems that are warnings."""
        return len(self.problems) - self.errors

    def fails(self, strict: bool) -> bool:
        """Return whether the archive fails the check; with `strict`, warnings are enough."""
        return bool(self.problems) if strict else self.errors > 0


def check_archive(path: Path, window: int = WINDOW, code: CodeOptions = ANY_BOARD) -> Report:
    """Return the report on the file at `path`; `window`, in bytes, is that of its devices.

    `code` has the boards that the archive is for.
    """
    try:
        data = read_start(path, SIZE_LIMIT + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"Cannot read the file: {reason}. Pass the path of an archive."
        return Report(str(path), (Problem("unreadable", None, message),))
    return replace(check_bytes(data, path.name, window, code), archive=str(path))


def without_codes(report: Report, codes: Container[str]) -> Report:
    """Return `report` without the problems of `codes`."""
    kept = tuple(problem for problem in report.problems if problem.code not in codes)
    return replace(report, problems=kept)


def check_bytes(
    data: bytes, filename: str, window: int = WINDOW, code: CodeOptions = ANY_BOARD
) -> Report:
    """Return the report on an archive of the content `data`, to be published as `filename`."""
    gzip = read_gzip(data)
    problems = list(gzip.problems)
    if gzip.trace is None:
        return Report(filename, tuple(problems))
    problems += _check_window(gzip.trace, window)
    scan = scan_tar(gzip.trace.data)
    problems += scan.problems
    problems += check_scan(scan, filename, code)
    if all(problem.severity != ERROR for problem in problems):
        problems += _check_as_upip(gzip.trace.data, filename)
    return Report(filename, tuple(problems), gzip.trace.distance, gzip.trace.window)


def _check_window(trace: Trace, window: int) -> Iterator[Problem]:
    if trace.distance > window:
        message = (
            f"The largest match distance is {trace.distance:,} bytes. Devices need "
            f"{trace.window:,} bytes of RAM in one piece to decode the archive. Decoding fails on "
            f"devices with a window of {window:,} bytes. Compress the archive with a window of "
            f"{window:,} bytes."
        )
        yield Problem("window", None, message)


def _check_as_upip(tar: bytes, filename: str) -> Iterator[Problem]:
    """Yield why simple readers refuse the tar, whatever it is that no other rule looks at."""
    names = read_archive_name(filename)
    try:
        read_device_tar(tar, names[0] if names else "")
    except ArchiveError as error:
        yield Problem("tar-refused", None, f"Simple readers refuse the archive. {error}")


def check_scan(
    scan: TarScan, filename: str, code: CodeOptions | None = ANY_BOARD
) -> Iterator[Problem]:
    """Yield the problems of the names and the content in `scan`, but not those of its form.

    The rules about code on boards do not run if `code` is None. The other rules ignore a member
    with an unsafe name.
    """
    names: list[str] = []
    files: dict[str, bytes] = {}
    roots: set[str] = set()
    for entry in scan.entries:
        if entry.is_about_the_next:
            continue
        name = entry.name.rstrip("/") if entry.is_directory else entry.name
        defects = list(check_name(name))
        yield from defects
        if not defects and (entry.plain or entry.is_directory):
            root, slash, path = name.partition("/")
            roots.add(root if slash or entry.is_directory else "")
            if entry.plain:
                names.append(name)
            if entry.plain and slash:
                files[path] = entry.data
    directories = sum(entry.kind == DIRECTORY for entry in scan.entries)
    if directories > DIRECTORY_LIMIT:
        message = (
            f"The archive has {directories:,} directories. upip refuses archives with more than "
            f"{DIRECTORY_LIMIT:,}. Devices make the directories that they need. Remove the entries."
        )
        yield Problem("tar-folder-count", None, message)
    yield from check_conflicts(names)
    if scan.complete and scan.entries:
        yield from check_files(files, roots, filename, (), code)

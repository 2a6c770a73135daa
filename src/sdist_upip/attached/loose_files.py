"""Files on a board that belong to no package, such as upip itself: all are written, or none.

The change is made by upip's journal, which changes packages. So the files pass as a package, whose
record is removed when they are in place. A cut at that moment leaves the record. The next command
with `--board` removes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256

from ..errors import OutputError
from ..installed.package import InstalledPackage
from .change import PASSING, Change
from .facts import Facts
from .session import Session

_VERSION = "0"


def put_loose(
    session: Session,
    facts: Facts,
    files: Mapping[str, bytes],
    removed: Mapping[str, bytes | None],
    *,
    force: bool,
) -> list[str]:
    """Write `files` (path: content) to the directory of packages, and return their paths there.

    `removed` (path: content or None) are files that must not remain. A file with other content is
    replaced or removed with `force` only. Raises OutputError.
    """
    change = Change(session, facts)
    try:
        for path, data in files.items():
            if path.endswith(".mpy"):
                facts.check_loads(path, data)
        present = change.look([*files, *removed])
        _check(facts, present, {**removed, **files}, force=force)
        old = [path for path in removed if present[path][0]]
        new = [path for path, data in files.items() if present[path][1] != _hash(data)]
        if old or new:
            _put(change, {path: files[path] for path in new or files}, old)
    except BaseException:
        with suppress(OutputError):
            if change.is_begun:
                change.undo()
            change.drop(PASSING)
            change.close()
        raise
    change.close()
    return [f"{facts.root}/{path}" for path in sorted(files)]


def _put(change: Change, files: Mapping[str, bytes], old: list[str]) -> None:
    """Replace `old` by `files`: first they are the files of a package, then it is upgraded."""
    contents = list(files.values())
    jobs = [f"+{PASSING}"]
    if old:
        absent = tuple((path, "0" * 64) for path in old)
        change.stage_records([InstalledPackage(PASSING, _VERSION, absent, ())])
        change.finish(jobs)
    hashes = tuple((path, _hash(data)) for path, data in files.items())
    package = InstalledPackage(PASSING, _VERSION, hashes, ())
    change.stage([package], lambda _, number: contents[number])
    change.finish(jobs)
    change.drop(PASSING)


def _check(
    facts: Facts,
    present: Mapping[str, tuple[int, str]],
    wanted: Mapping[str, bytes | None],
    *,
    force: bool,
) -> None:
    """Raise OutputError for directories in the way, and for other content without `force`."""
    blocking = []
    for path, data in wanted.items():
        kind, digest = present[path]
        if kind == 2:
            raise OutputError(f"{facts.root}/{path} on the board is a directory. Move it away.")
        if kind and (data is None or digest != _hash(data)):
            blocking.append(f"{facts.root}/{path}")
    if blocking and not force:
        raise OutputError(
            f"{', '.join(sorted(blocking))}: already exists on the board with other content. Pass "
            "--force to replace it."
        )


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()

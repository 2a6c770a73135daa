"""Files of other tools → device archives: wheels, foreign sdists, historic archives."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..config import make_config
from ..errors import ArchiveError
from ..files.atomic import replace_file
from .builder import BuildResult
from .from_wheel import build_from_sdist, build_from_wheel
from .legacy import build_from_historic
from .source_distribution import is_foreign_sdist, is_wheel

Settings = Mapping[str, "str | list[str] | None"]


def needs_rebuild(source: Path) -> bool:
    """Tell whether `source` has to be built anew, and is no archive to pack again as it is."""
    try:
        return is_wheel(source) or is_foreign_sdist(source)
    except ArchiveError:
        return False


def rebuild(
    source: Path,
    output: str | Path | None,
    settings: Settings,
    *,
    isolated: bool = True,
    verbose: bool = False,
) -> BuildResult:
    """Write the device archive of `source` to `output`, as `place` reads it, or beside `source`.

    A foreign sdist is never replaced, be it `source` or another. Raises SdistUpipError.
    """
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        outdir = Path(scratch)
        if is_wheel(source):
            build = build_from_wheel(source, outdir, make_config(settings))
        elif is_foreign_sdist(source):
            build = build_from_sdist(source, outdir, settings, isolated=isolated, verbose=verbose)
        else:
            build = build_from_historic(source, outdir, settings)
        made = build.archive.path
        target = place(output or source.parent, made.name)
        refuse_to_replace(target, source)
        replace_file(target, made.read_bytes())
        return replace(build, archive=replace(build.archive, path=target))


def place(output: str | Path, name: str) -> Path:
    """Return `output`, or `name` in it if it is a directory that exists or ends in a slash."""
    path = Path(output)
    if path.is_dir() or os.fspath(output).endswith(("/", os.sep)):
        return path / name
    return path


def refuse_to_replace(target: Path, source: Path) -> None:
    """Raise ArchiveError if `target` is the source archive of another tool, or may be one."""
    if not target.exists():
        return
    itself = target.samefile(source)
    try:
        foreign = is_foreign_sdist(target)
    except ArchiveError:  # what is named like one and cannot be read is not ours to remove
        foreign = not itself and target.name.endswith(".tar.gz") and target.stat().st_size > 0
    if foreign:
        what = "the source archive itself" if itself else "there, and no device archive"
        raise ArchiveError(f"{target} is {what}; name another file or directory with -o")

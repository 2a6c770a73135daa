"""Files of other tools → device archives: wheels, foreign sdists, historic archives."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .archive import replace_file
from .config import make_config
from .errors import ArchiveError
from .foreign import is_foreign_sdist, is_wheel
from .from_wheel import build_from_sdist, build_from_wheel
from .historic import build_from_historic
from .report import Build

Settings = Mapping[str, "str | list[str] | None"]


def needs_rebuild(source: Path) -> bool:
    """Tell whether `source` has to be built anew, and is no archive to pack again as it is."""
    try:
        return is_wheel(source) or is_foreign_sdist(source)
    except ArchiveError:
        return False


def rebuild(
    source: Path,
    target: Path | None,
    settings: Settings,
    *,
    isolated: bool = True,
    verbose: bool = False,
) -> Build:
    """Write the device archive of `source` to `target`: a .tar.gz, a folder, or beside `source`.

    A foreign sdist is never replaced by the archive made of it. Raises SdistUpipError.
    """
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        outdir = Path(scratch)
        foreign = not is_wheel(source) and is_foreign_sdist(source)
        if is_wheel(source):
            build = build_from_wheel(source, outdir, make_config(settings))
        elif foreign:
            build = build_from_sdist(source, outdir, settings, isolated=isolated, verbose=verbose)
        else:
            build = build_from_historic(source, outdir, settings)
        made = build.archive.path
        target = target or source.parent
        if target.is_dir() or not target.name.endswith(".tar.gz"):
            target = target / made.name
        if foreign and target.exists() and target.samefile(source):
            raise ArchiveError(
                f"{target} is the source archive itself; name another file or folder with -o"
            )
        replace_file(target, made.read_bytes())
        return replace(build, archive=replace(build.archive, path=target))

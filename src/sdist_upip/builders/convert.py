"""Files of other tools → device archives: wheels, source distributions, legacy archives."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from ..check import release
from ..config import make_config
from ..errors import ArchiveError
from ..filenames import ARCHIVE_SUFFIX, is_wheel
from ..files.atomic import replace_file
from ..messages.logs import get_logger
from ..metadata import requires_txt
from . import foreign_metadata
from .build_obstacles import find_build_obstacle
from .builder import BuildResult
from .from_wheel import build_from_sdist, build_from_wheel
from .legacy import build_from_legacy
from .source_distribution import is_source_distribution, read_files_below

logger = get_logger(__name__)

Settings = Mapping[str, "str | list[str] | None"]

FOR_INSTALL: Mapping[str, str] = MappingProxyType({"compression": "fast", "steps": "metadata"})
"""The config settings of an archive that is installed once."""


def needs_conversion(source: Path) -> bool:
    """Return whether `source` is a wheel or a source distribution, which has to be built.

    Any other archive can be repacked with the members that it has. An unreadable file counts as
    such an archive.
    """
    try:
        return is_wheel(source) or is_source_distribution(source)
    except ArchiveError:
        return False


def convert(
    source: Path,
    output: str | Path | None,
    settings: Settings,
    *,
    isolated: bool = True,
    verbose: bool = False,
    check_sources: bool = True,
) -> BuildResult:
    """Write the device archive of `source` to `output_path(output, …)`, or next to `source`.

    A source distribution is never replaced, neither `source` nor another. Without `check_sources`,
    sources may be broken. Raises SdistUpipError.
    """
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        outdir = Path(scratch)
        if is_wheel(source):
            config = make_config(settings)
            result = build_from_wheel(source, outdir, config, check_sources=check_sources)
        elif (of_sdist := is_source_distribution(source)) and _is_buildable(source, isolated):
            result = build_from_sdist(
                source,
                outdir,
                settings,
                isolated=isolated,
                verbose=verbose,
                check_sources=check_sources,
            )
        else:
            result = build_from_legacy(
                source, outdir, settings, of_sdist=of_sdist, check_sources=check_sources
            )
        built = result.archive.path
        target = output_path(output or source.parent, built.name)
        refuse_to_replace(target, source)
        replace_file(target, built.read_bytes())
        return result._replace(archive=result.archive._replace(path=target))


def _is_buildable(sdist: Path, isolated: bool) -> bool:
    """Return whether a source distribution can be built. If not, its files have to do."""
    obstacle = find_build_obstacle(read_files_below(sdist), isolated=isolated)
    if obstacle:
        logger.warning(
            "%s is converted without a build, because %s. Check the files of the result.",
            sdist.name,
            obstacle,
        )
    return obstacle is None


def output_path(output: str | Path, name: str) -> Path:
    """Return `output`, or `output`/`name` if `output` is an existing directory or ends in a
    slash."""
    path = Path(output)
    if path.is_dir() or os.fspath(output).endswith(("/", os.sep)):
        return path / name
    return path


def refuse_to_replace(target: Path, source: Path) -> None:
    """Raise ArchiveError if `target` is a source distribution, or may be one."""
    if not target.exists():
        return
    itself = target.samefile(source)
    try:
        protected = is_source_distribution(target)
    except ArchiveError:  # An unreadable .tar.gz may be a source distribution that is damaged.
        protected = (
            not itself and target.name.endswith(ARCHIVE_SUFFIX) and target.stat().st_size > 0
        )
    if protected:
        problem = (
            "is the source distribution itself"
            if itself
            else "already exists and is not a device archive"
        )
        raise ArchiveError(f"{target} {problem}. Pass another file or directory with -o.")


def convert_for_install(
    path: Path,
    directory: Path,
    settings: Mapping[str, str] = FOR_INSTALL,
    *,
    isolated: bool = True,
    build: bool = True,
) -> Path:
    """Write the device archive of `path`, a file of another tool, to `directory`; return its path.

    The archive has the files of the wheel and no R.py. A source distribution is built by its own
    backend, with `isolated` in an environment that pip fills. Without `build`, it has the files
    that installers take, and no code runs. The same wheel gives the same bytes. Modules that are
    not Python 3 stay, because the package may never import them. Raises SdistUpipError for a file
    that is damaged or cannot be built.
    """
    with _quiet(requires_txt.logger), _quiet(foreign_metadata.logger), _quiet(release.logger):
        if not build and not is_wheel(path):
            result = build_from_legacy(
                path, directory, settings, of_sdist=True, check_sources=False
            )
        else:
            result = convert(
                path, f"{directory}/", settings, isolated=isolated, check_sources=False
            )
        return result.archive.path


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Suppress warnings for authors, and those about text for indexes that nothing reads."""

    def is_error(entry: logging.LogRecord) -> bool:
        return entry.levelno >= logging.ERROR

    logger.addFilter(is_error)
    try:
        yield
    finally:
        logger.removeFilter(is_error)

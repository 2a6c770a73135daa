"""What package.json says about a release: of a project that was built, or of an archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name

from ..board.pkg_resources import MODULE, PACKAGE, imports_pkg_resources, is_provided
from ..builders.builder import BuildResult
from ..check.publishing import parse_requirement
from ..errors import ArchiveError, SdistUpipError
from ..filenames import is_wheel, parse_wheel_name, read_archive_name
from ..files.regular import read_start
from ..installed.device_archive import read_device_archive
from ..installed.pure_wheel import read_pure_wheel
from ..limits import SIZE_LIMIT
from ..metadata.core import parse_metadata
from ..resources.module import is_resource_module, read_resource_module
from .files import ServedFiles, find_served_files

_PROVIDERS = frozenset({canonicalize_name(MODULE), "micropython-pkg-resources", PACKAGE})
"""Normalized names of packages that have a module pkg_resources for boards."""


@dataclass(frozen=True, slots=True)
class Description:
    """A release as package.json describes it: version, files, and requirements (PEP 508)."""

    version: str
    files: ServedFiles
    requires: tuple[str, ...]


def describe_build(build: BuildResult, project: Path) -> Description:
    """Return the description of the release that `build` made of the directory `project`."""
    release = build.archive.release
    member = release.get("PKG-INFO")
    requires = parse_metadata(member.data).get_all("Requires-Dist") if member else []
    files = find_served_files(build, project)
    sources = [(path, (project / source).read_bytes()) for path, source in files.sources.items()]
    return Description(release.version, files, _with_pkg_resources(requires, sources))


def describe_archive(path: Path) -> Description:
    """Return the description of the release in a `.tar.gz` or a wheel of pure Python.

    The sources are at their install paths. An R.py is left out if its resources are files too.
    Raises ArchiveError for a file that upip does not install.
    """
    try:
        if is_wheel(path):
            name, parsed, _ = parse_wheel_name(path.name)
            version, content = str(parsed), read_pure_wheel(path, name)
        else:
            named = read_archive_name(path.name)
            if named is None:
                raise ArchiveError("The file is not named NAME-VERSION.tar.gz. Rename the file.")
            name, version = named
            content = read_device_archive(read_start(path, SIZE_LIMIT + 1), name)
    except InvalidWheelFilename as error:
        raise ArchiveError(f"{path}: {error}. Restore the original file name.") from error
    except OSError as error:
        reason = error.strerror or error
        raise ArchiveError(f"Cannot read {path}: {reason}. Pass the path of an archive.") from error
    except SdistUpipError as error:
        raise type(error)(f"{path}: {error}") from error
    data = dict(content.files)
    paths = [one for one in data if not _is_generated(one, data)]
    files = ServedFiles({one: one for one in sorted(paths)})
    return Description(version, files, _with_pkg_resources(content.requires, content.files))


def _is_generated(path: str, files: dict[str, bytes]) -> bool:
    """Return whether `path` is an R.py whose resources are all among `files`."""
    directory, slash, name = path.rpartition("/")
    if name != "R.py" or not is_resource_module(files[path]):
        return False
    return all(f"{directory}{slash}{one}" in files for one in read_resource_module(files[path]))


def _with_pkg_resources(
    requires: Iterable[str], files: Iterable[tuple[str, bytes]]
) -> tuple[str, ...]:
    """Return `requires`, and pkg_resources for modules that import it and would not find it."""
    required = tuple(requires)
    contents = list(files)
    parsed = map(parse_requirement, required)
    names = {canonicalize_name(one.name) for one in parsed if one}
    if (
        not names & _PROVIDERS
        and not is_provided(path for path, _ in contents)
        and imports_pkg_resources(contents)
    ):
        return (*required, MODULE)
    return required

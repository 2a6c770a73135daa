"""pylock.toml (PEP 751): lock files written and read, and verified as far as boards need it.

One package has one file here: an archive, a wheel of pure Python, or the directory of a project.
Lock files of other tools are accepted if their files can be verified.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import tomli_w
from packaging.markers import Marker
from packaging.pylock import (
    Package,
    PackageArchive,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockUnsupportedVersionError,
    PylockValidationError,
    is_valid_pylock_path,
)
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..errors import ConfigError
from ..filenames import is_project_name
from ..files.regular import read_regular
from ..limits import TEXT_LIMIT
from ..messages.logs import get_logger
from ..toml import TomlError, parse_toml

logger = get_logger(__name__)

LOCK_AGAIN = "Lock again with sdist-upip install --lock."

_TOOL, _WITHOUT = "sdist-upip", "without"
"""Our table and our key in a lock: the dependencies that are taken as installed."""

LockedFile = PackageSdist | PackageArchive | PackageWheel

_MEMBERSHIP = re.compile(
    r"(?P<quote>[\"'])(?P<name>[^\"']*)(?P=quote)\s+(?P<no>not\s+)?in\s+"
    r"(?P<what>extras|dependency_groups)\b"
)
_TRUE, _FALSE = 'python_version >= "0"', 'python_version < "0"'


def check_lock_path(path: Path) -> None:
    """Raise ConfigError unless the file is named as PEP 751 requires."""
    if not is_valid_pylock_path(path):
        raise ConfigError(
            f"--lock {path}: a lock file is named pylock.toml, or pylock.NAME.toml with a NAME "
            "without dots. Rename it."
        )


def encode_lock(
    packages: Iterable[Package], platform: str = "", without: Iterable[str] = ()
) -> bytes:
    """Return a lock file of `packages`; the same bytes for the same packages in any order.

    It is for MicroPython and, if given, for boards with the sys.platform `platform`. Dependencies
    on packages that are not in the lock are omitted. `without` are the dependencies (normalized
    names) that are taken as installed. Raises ConfigError if `platform` is not a name.
    """
    if not re.fullmatch(r"[\w.+-]*", platform, re.ASCII):
        raise ConfigError(
            f"--platform {platform!r} is not a sys.platform. Pass a name such as rp2."
        )
    ordered = sorted(packages, key=lambda package: package.name)
    environment = 'implementation_name == "micropython"'
    if platform:
        environment += f' and sys_platform == "{platform}"'
    names = frozenset(package.name for package in ordered)
    lock = Pylock(
        lock_version=Version("1.0"),
        environments=[Marker(environment)],
        created_by="sdist-upip",
        packages=[_without_unlocked(package, names) for package in ordered],
        tool={_TOOL: {_WITHOUT: sorted(without)}} if without else None,
    )
    lock.validate()
    return tomli_w.dumps(lock.to_dict()).encode()


def _without_unlocked(package: Package, names: frozenset[str]) -> Package:
    entries = package.dependencies or ()
    return replace(package, dependencies=[one for one in entries if one["name"] in names] or None)


def read_lock(
    path: Path, evaluate_marker: Callable[[Marker], bool], without: Collection[str] = ()
) -> list[Package]:
    """Return the packages of the lock at `path` for a board; `evaluate_marker` is the board's.

    Packages `without` (normalized names), and those that the lock itself is without, are omitted.
    Raises ConfigError for a file that is not a lock, for a lock of other environments, and for a
    package that occurs twice.
    """
    check_lock_path(path)
    lock = _parse(path)
    if lock.environments and not any(map(evaluate_marker, lock.environments)):
        shown = "; ".join(map(str, lock.environments))
        raise ConfigError(f"{path} is a lock for other boards ({shown}). {LOCK_AGAIN}")
    found: dict[str, Package] = {}
    groups = frozenset(lock.default_groups or ())
    for package in lock.packages:
        if package.marker and not evaluate_marker(_settle(package.marker, groups)):
            continue
        if package.name in found:
            raise ConfigError(f"{path} has {package.name} twice for one board. {LOCK_AGAIN}")
        found[package.name] = package
    own = _read_without(path, lock)
    for name in sorted(set(without) - found.keys() - own):
        logger.warning("--without %s had no effect: %s does not have it.", name, path)
    return [package for name, package in found.items() if name not in own.union(without)]


def _read_without(path: Path, lock: Pylock) -> set[str]:
    """Return the normalized names in the key `without` of our table."""
    table = (lock.tool or {}).get(_TOOL, {})
    names = table.get(_WITHOUT, []) if isinstance(table, Mapping) else None
    if not isinstance(names, list) or not all(
        isinstance(name, str) and is_project_name(name) for name in names
    ):
        raise ConfigError(
            f"{path}: [tool.{_TOOL}] {_WITHOUT} is not a list of package names. Correct it."
        )
    return {canonicalize_name(name) for name in names}


def list_files(package: Package) -> Iterator[tuple[LockedFile, str]]:
    """Yield the files that a package can be installed from, with file names, the source first."""
    if package.archive:
        yield package.archive, _file_name(package.archive)
    if package.sdist:
        yield package.sdist, package.sdist.filename
    for wheel in package.wheels or ():
        yield wheel, wheel.filename


def _file_name(archive: PackageArchive) -> str:
    """Return the last part of the path or URL of an archive; it may decode to anything."""
    if archive.path:
        return archive.path.replace("\\", "/").rpartition("/")[2]
    return unquote(urlsplit(archive.url or "").path.rpartition("/")[2])


def _parse(path: Path) -> Pylock:
    try:
        return Pylock.from_dict(parse_toml(read_regular(path, TEXT_LIMIT)))
    except OSError as error:
        raise ConfigError(
            f"Cannot read {path}: {error.strerror}. Name packages to write a lock there."
        ) from error
    except TomlError as error:
        raise ConfigError(f"{path} {error}. {error.remedy or LOCK_AGAIN}") from error
    except PylockUnsupportedVersionError as error:
        raise ConfigError(f"{path}: {error}, only 1.0 is. {LOCK_AGAIN}") from error
    except PylockValidationError as error:
        raise ConfigError(
            f"{path} is not a valid lock file (PEP 751): {error}. {LOCK_AGAIN}"
        ) from error


def _settle(marker: Marker, groups: frozenset[str]) -> Marker:
    """Return `marker` with its conditions on extras and dependency groups decided.

    No extra is selected, and of the groups those that the lock selects by default.
    """

    def decide(match: re.Match[str]) -> str:
        selected = match["what"] == "dependency_groups" and match["name"] in groups
        return _TRUE if selected != bool(match["no"]) else _FALSE

    return Marker(_MEMBERSHIP.sub(decide, str(marker)))

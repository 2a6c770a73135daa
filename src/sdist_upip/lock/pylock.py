"""Lock files: pylock.toml (PEP 751), which names every file of an install and its sha256.

One package has one file here: a device archive, a wheel that is to be converted, or the directory
of a project. Locks of other tools are read as far as their files can be verified.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

import tomli_w
from packaging.markers import Marker
from packaging.pylock import (
    Package,
    PackageArchive,
    PackageDirectory,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockUnsupportedVersionError,
    PylockValidationError,
    is_valid_pylock_path,
)
from packaging.utils import (
    InvalidSdistFilename,
    canonicalize_name,
    parse_sdist_filename,
)
from packaging.version import Version

from ..errors import ConfigError, NotForDevicesError
from ..filenames import is_pure, split_filename

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_AGAIN = "lock again with sdist-upip install --lock"
_MEMBERSHIP = re.compile(
    r"(?P<quote>[\"'])(?P<name>[^\"']*)(?P=quote)\s+(?P<no>not\s+)?in\s+"
    r"(?P<what>extras|dependency_groups)\b"
)
_TRUE, _FALSE = 'python_version >= "0"', 'python_version < "0"'


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock: its file and where it is, or the directory of a project.

    `name` is normalized; `version` is spelled as the file name does. A directory has no `version`,
    no `filename` and no `sha256`. `url` has no credentials; `path` is where the file or the
    directory is on this computer. `requires` are names of other packages in the lock. `wheel` is
    the pure wheel of the same release, in case that the file is made for computers and may be
    converted.
    """

    name: str
    version: str | None
    filename: str | None
    url: str | None = None
    path: Path | None = None
    sha256: str | None = None
    size: int | None = None
    index: str | None = None
    requires: tuple[str, ...] = ()
    wheel: Locked | None = None


def check_lock_path(path: Path) -> None:
    """Raise ConfigError unless the file is named as PEP 751 wants."""
    if not is_valid_pylock_path(path):
        raise ConfigError(
            f"--lock {path}: a lock file is named pylock.toml, or pylock.NAME.toml with a NAME "
            "without dots; name it so"
        )


def write_lock(packages: Iterable[Locked], directory: Path, platform: str = "") -> bytes:
    """Return the lock of `packages` for a file in `directory`; the same bytes for the same
    packages.

    It is for MicroPython and, if that is given, for boards with the sys.platform `platform`.
    Raises ConfigError if that is no name.
    """
    if not re.fullmatch(r"[\w.+-]*", platform, re.ASCII):
        raise ConfigError(f"--platform {platform!r} is no sys.platform; give one such as rp2")
    ordered = sorted(packages, key=lambda package: package.name)
    names = {package.name for package in ordered}
    environment = 'implementation_name == "micropython"'
    if platform:
        environment += f' and sys_platform == "{platform}"'
    lock = Pylock(
        lock_version=Version("1.0"),
        environments=[Marker(environment)],
        created_by="sdist-upip",
        packages=[_to_package(package, directory, names) for package in ordered],
    )
    lock.validate()
    return tomli_w.dumps(lock.to_dict()).encode()


def _to_package(locked: Locked, directory: Path, names: set[str]) -> Package:
    url, path = _locate(locked.url, locked.path)
    shown = None if path is None else _relative(path, directory)
    common: dict[str, Any] = {
        "name": canonicalize_name(locked.name),
        "index": _clean_url(locked.index),
        "dependencies": [{"name": name} for name in sorted(names.intersection(locked.requires))]
        or None,
    }
    if locked.filename is None or locked.version is None:
        return Package(**common, directory=PackageDirectory(path=shown or ""))
    file: dict[str, Any] = {
        "url": _clean_url(url),
        "path": shown,
        "size": locked.size,
        "hashes": {"sha256": locked.sha256},
    }
    if locked.filename.endswith(".whl"):
        wheel = PackageWheel(name=locked.filename, **file)
        return Package(**common, version=Version(locked.version), wheels=[wheel])
    if not _is_standard(locked.filename):
        return Package(**common, archive=PackageArchive(**file))
    sdist = PackageSdist(name=locked.filename, **file)
    return Package(**common, version=Version(locked.version), sdist=sdist)


def _locate(url: str | None, path: Path | None) -> tuple[str | None, Path | None]:
    """Return where a file is, with a file: address as a path."""
    if url and url.startswith("file:"):
        return None, path or Path(url2pathname(urlsplit(url).path))
    return url, path


def _is_standard(filename: str) -> bool:
    """Tell whether the file name has a version of PEP 440, which the names of old ones lack."""
    try:
        parse_sdist_filename(filename)
    except InvalidSdistFilename:
        return False
    return True


def _clean_url(url: str | None) -> str | None:
    """Return `url` without user name, password and fragment."""
    if url is None:
        return None
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def _relative(path: Path, directory: Path) -> str:
    try:
        return os.path.relpath(path, directory).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return path.absolute().as_posix()


def read_lock(path: Path, applies: Callable[[Marker], bool]) -> tuple[Locked, ...]:
    """Return the packages of the lock at `path` for a board of which `applies` knows the markers.

    Raises ConfigError for what is no lock, for a lock of other environments, and for a package
    whose file cannot be verified; NotForDevicesError where no file can be one for devices.
    """
    check_lock_path(path)
    lock = _parse(path)
    if lock.environments and not any(map(applies, lock.environments)):
        shown = "; ".join(map(str, lock.environments))
        raise ConfigError(f"{path} is a lock for other boards: {shown}; {_AGAIN}")
    found: dict[str, Locked] = {}
    groups = frozenset(lock.default_groups or ())
    for package in lock.packages:
        if package.marker and not applies(_settle(package.marker, groups)):
            continue
        if package.name in found:
            raise ConfigError(f"{path} has {package.name} twice for one board; {_AGAIN}")
        found[package.name] = _from_package(package, path)
    return tuple(found.values())


def _parse(path: Path) -> Pylock:
    try:
        return Pylock.from_dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(
            f"cannot read {path}: {error.strerror}; name packages to lock them there"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}; {_AGAIN}") from error
    except PylockUnsupportedVersionError as error:
        raise ConfigError(f"{path}: {error}, only 1.0 is; {_AGAIN}") from error
    except PylockValidationError as error:
        raise ConfigError(f"{path} is no lock as PEP 751 has it: {error}; {_AGAIN}") from error


def _settle(marker: Marker, groups: frozenset[str]) -> Marker:
    """Return `marker` with what it says about extras and dependency groups decided.

    No extra is wanted, and of the groups those that the lock has by default.
    """

    def decide(match: re.Match[str]) -> str:
        wanted = match["what"] == "dependency_groups" and match["name"] in groups
        return _TRUE if wanted != bool(match["no"]) else _FALSE

    return Marker(_MEMBERSHIP.sub(decide, str(marker)))


def _from_package(package: Package, lock: Path) -> Locked:
    where = f"{lock}: {package.name}"
    if package.vcs:
        raise ConfigError(
            f"{where} comes from a repository ({package.vcs.url or package.vcs.path}), which has "
            "no sha256; lock a release of it"
        )
    requires = (entry.get("name") for entry in package.dependencies or ())
    base = Locked(
        name=package.name,
        version=None,
        filename=None,
        index=package.index,
        requires=tuple(sorted(name for name in requires if isinstance(name, str))),
    )
    if package.directory:
        return replace(base, path=_project_directory(package.directory, where, lock.parent))
    files = list(_files(package))
    usable = [file for file in files if file[1].endswith(".tar.gz") or is_pure(file[1])]
    if not usable:
        shown = ", ".join(filename for _, filename in files)
        raise NotForDevicesError(
            f"{where} has no file that a device archive is, or can be made of, only {shown}; "
            "look for a package that is made for MicroPython"
        )
    first, *others = (_from_file(base, *file, lock) for file in usable)
    return replace(first, wheel=next(iter(others), None))


def _project_directory(directory: PackageDirectory, where: str, base: Path) -> Path:
    if directory.editable:
        raise ConfigError(
            f"{where} is editable, and nothing on a board is; take editable out of the lock"
        )
    return base / directory.path / (directory.subdirectory or "")


_File = PackageSdist | PackageArchive | PackageWheel


def _files(package: Package) -> Iterator[tuple[_File, str]]:
    """Yield what the package can be installed from, with its file name, the source first."""
    if package.archive:
        location = package.archive.path or urlsplit(package.archive.url or "").path
        yield package.archive, unquote(location).replace("\\", "/").rpartition("/")[2]
    if package.sdist:
        yield package.sdist, package.sdist.filename
    for wheel in package.wheels or ():
        yield wheel, wheel.filename


def _from_file(base: Locked, file: _File, filename: str, lock: Path) -> Locked:
    where = f"{lock}: {filename or base.name}"
    sha256 = file.hashes.get("sha256", "").lower()
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise ConfigError(
            f"{where} has {', '.join(file.hashes)} and no sha256 of 64 digits to verify it by; "
            f"{_AGAIN}"
        )
    if isinstance(file, PackageArchive) and file.subdirectory:
        raise ConfigError(f"{where} is to be built in {file.subdirectory!r} of it; lock a release")
    name, version = split_filename(filename)
    if canonicalize_name(name) != base.name:
        raise ConfigError(f"{where} is not named after {base.name}; {_AGAIN}")
    url, path = _locate(file.url, lock.parent / file.path if file.path else None)
    return replace(
        base,
        version=version,
        filename=filename,
        url=url,
        path=path,
        sha256=sha256,
        size=file.size,
    )

"""pkg_resources as a package of its own, beside the packages whose modules import it.

Its record has no requirements, and no package requires it by name. So upip and `sdist-upip` list
and remove it as they do any package.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..board import pkg_resources
from ..files.below import Below
from ..files.regular import read_regular
from ..limits import SIZE_LIMIT
from .package import InstalledPackage

if TYPE_CHECKING:
    from .device_archive import DeviceArchive

_MODULES = (pkg_resources.SOURCE, pkg_resources.COMPILED)


def make_companion(mpy: str = "") -> tuple[InstalledPackage, DeviceArchive]:
    """Return the package and its archive, compiled for MicroPython `mpy` unless that is empty.

    Raises SdistUpipError if the module cannot be compiled.
    """
    from .device_archive import DeviceArchive

    archive = DeviceArchive((pkg_resources.make_module(mpy),), ())
    version = pkg_resources.package_version()
    return InstalledPackage.from_archive(pkg_resources.PACKAGE, version, archive), archive


def find_provider(packages: Iterable[InstalledPackage]) -> InstalledPackage | None:
    """Return the first package other than ours that has pkg_resources, or None."""
    return next(
        (
            package
            for package in packages
            if package.name != pkg_resources.PACKAGE and pkg_resources.is_provided(package.paths)
        ),
        None,
    )


def find_importers(
    packages: Iterable[InstalledPackage], root: Path, known: Container[str] = ()
) -> list[InstalledPackage]:
    """Return the installed packages with a module that imports pkg_resources.

    A file that is not there, or that cannot be read, imports nothing. Nor do the files `known`.
    """
    below = Below(root)
    return [
        package
        for package in packages
        if any(path not in known and _imports(below, path) for path in package.paths)
    ]


def has_unrecorded(packages: Sequence[InstalledPackage], root: Path) -> bool:
    """Return whether the directory has a pkg_resources that none of its packages brought.

    `packages` are all installed packages. `sdist-upip device` writes such a module.
    """
    recorded = {path for package in packages for path in package.paths}
    if (root / pkg_resources.MODULE).is_dir():
        return not pkg_resources.is_provided(recorded - {*_MODULES})
    return any(path not in recorded and (root / path).is_file() for path in _MODULES)


def _imports(below: Below, path: str) -> bool:
    if not path.endswith((".py", ".mpy")):
        return False
    try:
        return pkg_resources.is_importer(path, read_regular(below.join(path), SIZE_LIMIT))
    except OSError:
        return False

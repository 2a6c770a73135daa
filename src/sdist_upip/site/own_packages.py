"""The packages that are part of each site, for mip: upip and pkg_resources of sdist-upip.

So `mip.install("upip", index=…)` brings upip to a board that has only mip, with settings for the
site.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..board.device_files import compile_modules, read_device_modules
from ..board.device_settings import SETTINGS, settings_module
from ..board.pkg_resources import COMPILED, MODULE, SOURCE, package_version
from ..installed.resource_files import File
from ..member_paths import UPIP
from .settings import SiteSettings


@dataclass(frozen=True, slots=True)
class OwnPackage:
    """A package of sdist-upip: its normalized `name`, all `spellings`, and the files for mip.

    `files` are those for `py`, and `compiled` those for `6`, None if the site serves source only.
    """

    name: str
    spellings: tuple[str, ...]
    version: str
    summary: str
    files: tuple[File, ...]
    compiled: tuple[File, ...] | None


def make_own_packages(settings: SiteSettings) -> list[OwnPackage]:
    """Return the packages for a site. With the URL of the site, upip has it as its index.

    Raises SdistUpipError as `compile_modules` does.
    """
    sources = read_device_modules()
    compiled = compile_modules(sources, settings.mpy) if settings.mpy else None
    version = package_version()
    index: tuple[File, ...] = ()
    if settings.url:
        index = ((SETTINGS, settings_module([f"{settings.url}/simple"])),)
    return [
        OwnPackage(
            "pkg-resources",
            ("pkg-resources", MODULE),
            version,
            "Data files of packages, as pkg_resources of setuptools has them",
            ((SOURCE, sources.pop(SOURCE)),),
            None if compiled is None else ((COMPILED, compiled.pop(COMPILED)),),
        ),
        OwnPackage(
            UPIP,
            (UPIP,),
            version,
            "Installer for boards, with dependencies, hashes and uninstalling",
            (*sorted(sources.items()), *index),
            None if compiled is None else (*sorted(compiled.items()), *index),
        ),
    ]

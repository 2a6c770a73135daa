"""Releases → the files of an image: compiled modules, and resources as files, below `lib`.

A board imports from `/rom/lib`, as it does from `lib` of its file system.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from ..board import pkg_resources
from ..errors import ArchiveError, ProjectError, SdistUpipError
from ..installed.resource_files import File, spread_resources
from ..limits import IMAGE_LIMIT
from ..member_paths import find_conflicts
from ..messages.logs import get_logger
from ..mpy.abi import Abi, read_abi
from ..mpy.modules import compile_files, is_compilable
from ..release import Release
from .records import PACKAGES
from .writer import write_image

logger = get_logger(__name__)

_LIB = "lib/"
_USELESS = (".egg-info", ".dist-info")
_CACHE = "__pycache__"
_THUMB = range(4, 9)
"""Numbers of architectures of which a board runs its own and all before it, from armv6m."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an image holds: files (path in the image → content), and facts about them.

    `packages` are versions by normalized names. `owners` has the package of each path. `abi` is
    what the machine code in them needs, None without machine code.
    """

    files: Mapping[str, bytes]
    packages: Mapping[str, str]
    owners: Mapping[str, str]
    abi: Abi | None

    def build(self) -> bytes:
        """Return the image. Raises ArchiveError for more than IMAGE_LIMIT bytes."""
        listed = "".join(f"{name} {version}\n" for name, version in self.packages.items())
        image = write_image(self.files, PACKAGES + listed.encode())
        if len(image) > IMAGE_LIMIT:
            raise ArchiveError(
                f"The image has {len(image):,} bytes. The limit is {IMAGE_LIMIT:,} bytes. Install "
                "fewer packages."
            )
        return image


def collect_contents(releases: Sequence[Release], mpy: str) -> Contents:
    """Return the files of `releases`, compiled for MicroPython `mpy`, and pkg_resources if a module
    imports it.

    Modules that stay source are named in warnings. Raises ConfigError without an mpy-cross for
    `mpy`, ArchiveError for a .mpy file that no board with `mpy` loads, or not beside the others,
    and ProjectError for two releases with the same path.
    """
    files: dict[str, bytes] = {}
    owners: dict[str, str] = {}
    packages: dict[str, str] = {}
    imports = is_provided = False
    for release in sorted(releases, key=lambda one: canonicalize_name(one.name)):
        name = canonicalize_name(release.name)
        packages[name] = release.version
        title = f"{name} {release.version}"
        sources = _select(release, name, title)
        imports = imports or pkg_resources.imports_pkg_resources(sources)
        is_provided = is_provided or pkg_resources.is_provided(path for path, _ in sources)
        _add(files, owners, name, compile_files(sources, mpy, title))
        for path, _ in sources:
            if path.endswith(".py") and not is_compilable(path):
                logger.warning(
                    "%s: kept %s as source: boards start a module of this name only as source.",
                    title,
                    path,
                )
    if imports and not is_provided:
        packages[pkg_resources.PACKAGE] = pkg_resources.package_version()
        _add(files, owners, pkg_resources.PACKAGE, [pkg_resources.make_module(mpy)])
    _refuse_conflicts(owners)
    return Contents(files, dict(sorted(packages.items())), owners, _find_machine(files))


def _select(release: Release, name: str, title: str) -> list[File]:
    """Return the files of a release that a board uses, with its resources as files."""
    files = [(member.path, member.data) for member in release if not _is_useless(member.path)]
    try:
        return list(spread_resources(files, name))
    except SdistUpipError as error:
        raise type(error)(f"{title}: {error}") from error


def _is_useless(path: str) -> bool:
    parts = path.split("/")
    return _CACHE in parts or any(part.endswith(_USELESS) for part in parts)


def _add(files: dict[str, bytes], owners: dict[str, str], name: str, added: Iterable[File]) -> None:
    """Add the files of the package `name`. An equal file of another package is shared."""
    for path, data in added:
        place = _LIB + path
        if files.setdefault(place, data) != data:
            raise ProjectError(
                f"{owners[place]} and {name} both have {path}, with different content. Install "
                "only one of them."
            )
        owners.setdefault(place, name)


def _refuse_conflicts(owners: Mapping[str, str]) -> None:
    """Raise ProjectError for a path that is a file of one package and a directory of another."""
    for path, other in find_conflicts(owners, fold=str):
        place = path.removeprefix(_LIB)
        shorter = other.removeprefix(_LIB)
        raise ProjectError(
            f"{shorter!r} is a file of one package, and {place!r} of {owners[path]} needs a "
            "directory there. Install only one of them."
        )


def _find_machine(files: Mapping[str, bytes]) -> Abi | None:
    """Return what the machine code in `files` needs. Raises ArchiveError if no board has it."""
    found: tuple[Abi, str] | None = None
    for path, data in sorted(files.items()):
        if not path.endswith(".mpy"):
            continue
        abi = read_abi(data)
        if not abi.architecture:
            continue
        if found and not _is_one_board(found[0], abi):
            raise ArchiveError(
                f"{path} requires {abi}, and {found[1]} requires {found[0]}. No board loads both. "
                "Use releases with sources, or compiled for one architecture."
            )
        found = max(found or (abi, path), (abi, path))
    return found[0] if found else None


def _is_one_board(first: Abi, second: Abi) -> bool:
    both = (first.architecture, second.architecture)
    return len({*both}) == 1 or all(number in _THUMB for number in both)

"""Releases → the modules that go into firmware: data files become R.py, and pkg_resources is added.

A board finds frozen modules by their path, so the modules of all releases share one directory.
Members that upip does not install are excluded here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from ..board.pkg_resources import PACKAGE, SOURCE, is_importer, is_provided, package_version
from ..errors import ProjectError
from ..limits import METADATA_LIMIT
from ..metadata.stock_upip import INSTALL, action_on
from ..metadata.upip_rules import is_requirement_list
from ..mpy.compiler import read_source_name
from ..release import Release
from ..resources.members import find_resources
from ..resources.module import is_resource_module, read_resource_module, resource_module

_Claims = dict[tuple[str, str], tuple[bytes, str]]
"""(path of a module, name of a resource or "") → (content, root of the first release with it)."""


@dataclass(frozen=True)
class Frozen:
    """Modules to freeze (path → content), and facts about them.

    `resources` counts the entries of each R.py. `users` are the modules that import
    pkg_resources. `missing` are requirements that none of the releases satisfies. `packages` are
    the versions of the releases by their normalized names, and `replaced` those of an earlier run.
    """

    modules: dict[str, bytes]
    resources: dict[str, int]
    users: tuple[str, ...]
    missing: tuple[str, ...]
    packages: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)


def freeze_releases(releases: Sequence[Release], pkg_resources: bytes) -> Frozen:
    """Merge the modules of `releases`, and add the source `pkg_resources` if a module imports it.

    Data files outside of packages go to a top-level R.py. Raises ProjectError if a project occurs
    twice, if two releases differ in a module or a resource, and for a module in the place of R.py.
    """
    claims: _Claims = {}
    for number, release in enumerate(releases):
        for other in releases[:number]:
            if other.name == release.name:
                raise ProjectError(
                    f"{other.root} and {release.root} are releases of one project. Pass only one."
                )
        for key, data in _contents(release):
            present, owner = claims.setdefault(key, (data, release.root))
            if present != data:
                raise ProjectError(
                    f"{owner} and {release.root} differ in {' '.join(key).strip()!r}, and only one "
                    "can be frozen. Remove one of them."
                )
    modules = {path: data for (path, resource), (data, _) in claims.items() if not resource}
    tables: dict[str, dict[str, bytes]] = {}
    for (path, resource), (data, _) in claims.items():
        if resource:
            tables.setdefault(path, {})[resource] = data
    for path in tables.keys() & modules.keys():
        raise ProjectError(
            f"{path!r} of {claims[path, ''][1]} is a module, but resources need this path. "
            "Rename the module."
        )
    users = tuple(sorted(path for path, data in modules.items() if is_importer(path, data)))
    packages: dict[str, str] = {canonicalize_name(one.name): one.version for one in releases}
    if users and not is_provided(modules):
        modules[SOURCE] = pkg_resources
        packages[PACKAGE] = package_version()
    modules |= {path: resource_module(table) for path, table in tables.items()}
    counts = {path: len(table) for path, table in tables.items()}
    missing = tuple(_find_missing(releases))
    return Frozen(modules, counts, users, missing, dict(sorted(packages.items())))


def _contents(release: Release) -> Iterator[tuple[tuple[str, str], bytes]]:
    """Yield ((path, ""), content) for modules and ((path of R.py, name), content) for resources."""
    members = [member for member in release if action_on(member.path) == INSTALL]
    data = {member.path: member.data for member in members}
    packaged = find_resources(members, release.egg_info)
    places = {
        path: (f"{directory}/R.py", name)
        for directory, names in packaged.items()
        for name, path in names.items()
    }
    tables = {path for path in data if _is_table(path) and is_resource_module(data[path])}
    for path in data:
        if path in tables:
            for name, content in read_resource_module(data[path]).items():
                yield (path, name), content
        elif path.endswith((".py", ".mpy")):
            if path.endswith(".mpy"):
                _check_source_name(release.root, path, data[path])
            yield (path, ""), data[path]
        else:
            yield places.get(path, ("R.py", path)), data[path]


def _check_source_name(root: str, path: str, data: bytes) -> None:
    """Raise ProjectError for a .mpy that would be frozen with another name than its path."""
    source, expected = read_source_name(data), f"{path[:-4]}.py"
    if source != expected:
        problem = f"was compiled as {source!r}" if source else "is not a .mpy of format 6"
        raise ProjectError(
            f"{root}: {path!r} {problem}. Firmware names frozen modules by the source name. "
            f"Compile it with mpy-cross -s {expected}."
        )


def _is_table(path: str) -> bool:
    return path == "R.py" or path.endswith("/R.py")


def _find_missing(releases: Sequence[Release]) -> Iterator[str]:
    names = {canonicalize_name(release.name) for release in releases}
    for release in releases:
        lists = (member.data for member in release if is_requirement_list(member.path))
        text = next(lists, b"")[:METADATA_LIMIT].decode(errors="replace")
        for line in dict.fromkeys(text.splitlines()):
            if canonicalize_name(re.split(r"[^\w.-]", line, maxsplit=1)[0]) not in names:
                yield f"{release.root} requires {line}"

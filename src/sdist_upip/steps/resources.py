"""The step `resources`: data files of packages → `R.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ProjectError
from ..release import Member, Release
from ..resources.members import find_resources
from ..resources.module import is_resource_module, read_resource_module, resource_module
from .registry import Step


def resources_step(options: Mapping[str, Any]) -> Step:
    """Make the step that adds `R.py`; option `mode`: both | module | files.

    A resource is a file in a package that is not a module. Its `R.py` is in the topmost regular
    package above it. Where no directory has an `__init__.py`, its `R.py` is in the topmost
    directory that directly contains a module.
    """
    mode = options.get("mode", "both")

    def add_resource_modules(release: Release) -> Release:
        members = [member for member in release if not member.path.endswith("/R.py")]
        holders = find_resources(members, release.egg_info)
        for member in release:
            if member.path.endswith("/R.py"):
                _refuse_own_module(member, holders.get(member.path.removesuffix("/R.py"), {}))
        if mode == "module":
            embedded = {path for names in holders.values() for path in names.values()}
            members = [member for member in members if member.path not in embedded]
        if mode != "files":
            data = {member.path: member.data for member in release}
            members += [
                Member(
                    f"{holder}/R.py",
                    resource_module({name: data[path] for name, path in names.items()}),
                )
                for holder, names in sorted(holders.items())
            ]
        return release.with_members(members)

    return add_resource_modules


def _refuse_own_module(member: Member, resources: Mapping[str, str]) -> None:
    """Raise ProjectError if the data files around the R.py `member` cannot reproduce it."""
    if not is_resource_module(member.data):
        raise ProjectError(
            f"{member.path!r} is a module of the project, but the name R.py is reserved for "
            "resources. Rename the module."
        )
    lost = sorted(read_resource_module(member.data).keys() - resources.keys())
    if lost:
        raise ProjectError(
            f"{member.path!r} contains {lost[0]!r}, which is not a declared data file of the "
            "package. Declare the file, or delete R.py if it is out of date."
        )

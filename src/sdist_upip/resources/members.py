"""Finding the resources among the members of a release, and the directories of their R.py."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ..release import Member


def find_resources(members: Iterable[Member], egg_info: str) -> dict[str, dict[str, str]]:
    """Return {directory of R.py: {resource name: member path}}."""
    paths = [member.path for member in members]
    modules = [path for path in paths if path.endswith((".py", ".mpy"))]
    regular = {str(PurePosixPath(path).parent) for path in modules if _is_init(path)}
    direct = {str(PurePosixPath(path).parent) for path in modules}
    holders: dict[str, dict[str, str]] = {}
    for path in set(paths).difference(modules):
        directories = [str(parent) for parent in PurePosixPath(path).parents][-2::-1]
        if directories and directories[0] == egg_info:
            continue
        holder = next(
            (directory for directory in directories if directory in regular), None
        ) or next((directory for directory in directories if directory in direct), None)
        if holder:
            holders.setdefault(holder, {})[path[len(holder) + 1 :]] = path
    return holders


def _is_init(path: str) -> bool:
    return PurePosixPath(path).stem == "__init__"

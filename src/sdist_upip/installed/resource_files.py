"""The files of a device archive with its resources as files, as mip and images of ROMFS hold them.

Boards with a file system need no resource module R. `pkg_resources` reads files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..check.device_tar import check_file, refuse_conflicts
from ..mpy.resource_module import read_compiled_resources
from ..resources.module import is_resource_module, read_resource_module

File = tuple[str, bytes]
"""The path of a file below lib, and its content."""


def spread_resources(files: Iterable[File], project: str) -> tuple[File, ...]:
    """Return the `files` of a device archive, a release of `project`, with its resources as files.

    A resource module R, as source or compiled, is replaced with the resources that have no file
    beside it. Any other module R stays. Raises ArchiveError for a resource that no board can have
    as a file.
    """
    found: dict[str, bytes] = {}
    tables: dict[str, Mapping[str, bytes]] = {}
    for path, data in files:
        table = _read_table(path, data)
        if table is None:
            found[path] = data
        else:
            tables[path] = table
    # The resources of the nearest package come first, as for pkg_resources.
    for path in sorted(tables, key=lambda one: (-one.count("/"), one)):
        for place, content in _place(path, tables[path]):
            check_file(f"{path}: {place}", place, project)
            found.setdefault(place, content)
    refuse_conflicts(found)
    return tuple(found.items())


def _read_table(path: str, data: bytes) -> Mapping[str, bytes] | None:
    """Return the resources in the module at `path`, None if it is not a resource module."""
    name = path.rpartition("/")[2]
    if name == "R.py" and is_resource_module(data):
        return read_resource_module(data)
    return read_compiled_resources(data) if name == "R.mpy" else None


def _place(path: str, table: Mapping[str, bytes]) -> Iterator[File]:
    directory, slash, _ = path.rpartition("/")
    for name, content in sorted(table.items()):
        yield f"{directory}{slash}{name}", content

"""A wheel of pure Python → the files and requirements for a board. No code of the package runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..check.device_tar import add_requirements, check_file, refuse_conflicts
from ..errors import LimitError, NotForDevicesError
from ..limits import SIZE_LIMIT
from ..metadata.core import parse_metadata
from ..metadata.sdist_layout import is_extension, is_left_out
from ..metadata.stock_upip import INSTALL, action_on
from ..project.wheel import read_wheel
from .device_archive import DeviceArchive


def read_pure_wheel(path: Path, project: str) -> DeviceArchive:
    """Return the files to install of the wheel at `path`, as `project` (normalized).

    They are all but `*.pyi`, `py.typed`, libraries for computers and those that upip never
    installs. The requirements are those in METADATA. Scripts and headers are for computers. Raises
    NotForDevicesError for C extensions, and ArchiveError for whatever else no board installs.
    """
    wheel = read_wheel(path)
    extension = next(filter(is_extension, wheel.compiled), None)
    if extension:
        raise NotForDevicesError(
            f"{path.name} contains {extension}, which is compiled for a computer. Look for "
            "a package that is made for MicroPython."
        )
    files = tuple(_select(wheel.files.items()))
    for name, _ in files:
        check_file(name, name, project)
    refuse_conflicts(name for name, _ in files)
    size = sum(len(data) for _, data in files)
    if size > SIZE_LIMIT:
        raise LimitError(
            f"{path.name}: the files have {size:,} bytes. No more than {SIZE_LIMIT:,} are "
            "installed. Look for a smaller package."
        )
    lines = parse_metadata(wheel.metadata).get_all("Requires-Dist")
    requires: list[str] = []
    add_requirements(requires, (line.encode() for line in lines))
    return DeviceArchive(files, tuple(requires))


def _select(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    for path, data in files:
        if action_on(path) == INSTALL and not is_left_out(path):
            yield path, data

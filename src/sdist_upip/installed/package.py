"""An installed package, and its record as upip reads and writes it (docs/reference/records.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from ..errors import ArchiveError
from ..filenames import parse_version
from ..member_paths import UPIP, find_path_defect, find_reserved, find_structure_defect

if TYPE_CHECKING:
    from .device_archive import DeviceArchive

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""A normalized name (PEP 503)."""
_HEADER = re.compile(r"([^ ]+) (.+)")
_FILE = re.compile(r"file ([0-9a-f]{64}) (.+)")
_REQUIRES = "needs "
_PROJECT = re.compile(r"[A-Za-z0-9._-]+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """One installed package: `name` is normalized, `version` as its archive spells it.

    `files` are (path, sha256 in hex) in the archive's order. `requires` are requirements as the
    metadata spells them, whether or not their markers are true. Raises ValueError for a name or
    version that is none, and for a path that is not below the install directory or among records.
    """

    name: str
    version: str
    files: tuple[tuple[str, str], ...]
    requires: tuple[str, ...]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a normalized name")
        if parse_version(self.version) is None:
            raise ValueError(f"{self.version!r} is not a version")
        for path in self.paths:
            if defect := find_structure_defect(path):
                raise ValueError(f"the path {path!r} {defect}")
            if owner := find_reserved(path, UPIP):
                raise ValueError(f"the path {path!r} is in the place of {owner}")
        for text in self.requires:
            if "\n" in text:
                raise ValueError(f"the requirement {text!r} has more than one line")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files below the install directory."""
        return tuple([path for path, _ in self.files])

    @property
    def required_names(self) -> Iterator[str]:
        """The normalized names of the packages required, whether or not a marker is true.

        Requirements of extras do not count.
        """
        for text in self.requires:
            requirement, _, marker = text.partition(";")
            match = _PROJECT.match(requirement)
            if match and "extra" not in _QUOTED.sub("", marker):
                yield canonicalize_name(match[0])

    @classmethod
    def from_archive(cls, name: str, version: str, archive: DeviceArchive) -> InstalledPackage:
        """Return the package that results from installing `archive` as `name` in `version`.

        Raises ArchiveError for what a record cannot have, and for paths that boards do not have.
        """
        files = tuple((path, sha256(data).hexdigest()) for path, data in archive.files)
        try:
            package = cls(canonicalize_name(name), version, files, archive.requires)
            package.check_paths()
        except ValueError as error:
            raise ArchiveError(
                f"{name!r} {version!r} cannot be installed: {error}. Do not use the archive."
            ) from error
        return package

    @classmethod
    def from_record(cls, data: bytes) -> InstalledPackage:
        """Return the package of a record. Raises ValueError with the defect of a damaged record."""
        first, *lines = data.decode().split("\n")
        header = _HEADER.fullmatch(first)
        if not header:
            raise ValueError("line 1 has no name and version")
        if not lines or lines.pop():
            raise ValueError("the last line is truncated")
        files = []
        requires = []
        for number, line in enumerate(lines, 2):
            match = _FILE.fullmatch(line)
            if match:
                files.append((match[2], match[1]))
            elif line.startswith(_REQUIRES):
                requires.append(line[len(_REQUIRES) :])
            else:
                raise ValueError(f"line {number} is {line!r}")
        return cls(header[1], header[2], tuple(files), tuple(requires))

    def check_paths(self) -> None:
        """Raise ValueError for a path that boards do not have, or that is upip's own.

        Paths of installed packages may be such paths: earlier versions accepted more.
        """
        for path in self.paths:
            if defect := find_path_defect(path):
                raise ValueError(f"the path {path!r} {defect}")
            if owner := find_reserved(path, self.name):
                raise ValueError(f"the path {path!r} is in the place of {owner}")

    def to_record(self) -> bytes:
        """Return the record as upip writes it."""
        lines = [f"{self.name} {self.version}"]
        lines += [f"file {digest} {path}" for path, digest in self.files]
        lines += [_REQUIRES + text for text in self.requires]
        return "".join(f"{line}\n" for line in lines).encode()

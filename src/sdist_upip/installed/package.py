"""The record of an installed package, in the form that upip reads and writes (docs/upip.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from packaging.utils import canonicalize_name

from ..metadata.install_paths import is_installable
from .device_archive import DeviceArchive

_HEADER = re.compile(r"([a-z0-9][a-z0-9-]*) (.+)")
_FILE = re.compile(r"file ([0-9a-f]{64}) (.+)")
_NEEDS = "needs "
_PROJECT = re.compile(r"[A-Za-z0-9._-]+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Record:
    """What is installed of one package: `name` is normalized, `version` as its archive spells it.

    `files` are (path, sha256 in hex) in the archive's order; `needs` are requirements as the
    metadata spell them, whether or not their markers apply.
    """

    name: str
    version: str
    files: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files' paths below the install directory."""
        return tuple(path for path, _ in self.files)

    def encode(self) -> bytes:
        """Return the record as upip writes it."""
        lines = [f"{self.name} {self.version}"]
        lines += [f"file {digest} {path}" for path, digest in self.files]
        lines += [_NEEDS + need for need in self.needs]
        return "".join(f"{line}\n" for line in lines).encode()

    @classmethod
    def parse(cls, data: bytes) -> Record:
        """Return the record in `data`; raise ValueError, saying what is wrong, if it is none."""
        first, *lines = data.decode().split("\n")
        header = _HEADER.fullmatch(first)
        if not header:
            raise ValueError("line 1 does not tell name and version")
        if not lines or lines.pop():
            raise ValueError("its last line is cut short")
        files = []
        needs = []
        for number, line in enumerate(lines, 2):
            match = _FILE.fullmatch(line)
            if match and is_installable(match[2]):
                files.append((match[2], match[1]))
            elif line.startswith(_NEEDS):
                needs.append(line[len(_NEEDS) :])
            else:
                raise ValueError(f"line {number} is {line!r}")
        return cls(header[1], header[2], tuple(files), tuple(needs))


def make_record(name: str, version: str, archive: DeviceArchive) -> Record:
    """Return the record of `archive`, installed as `name` in `version`."""
    files = tuple((path, sha256(data).hexdigest()) for path, data in archive.files)
    return Record(canonicalize_name(name), version, files, archive.needs)


def needed_names(record: Record) -> Iterator[str]:
    """Yield the normalized names that `record` needs wherever its markers may apply.

    What is needed for extras only does not count.
    """
    for need in record.needs:
        requirement, _, marker = need.partition(";")
        match = _PROJECT.match(requirement)
        if match and "extra" not in _QUOTED.sub("", marker):
            yield canonicalize_name(match[0])

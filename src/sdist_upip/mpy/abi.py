"""The ABI of `.mpy` files: which interpreters load a file, and the keyword for that in PKG-INFO.

Every MicroPython with the same format (6: since 1.19) loads bytecode. Machine code also needs the
same sub-version and architecture. The keyword is `mpy-6` for bytecode alone, and `mpy-6.3.4` for
machine code (format, sub-version, architecture, with the numbers of `sys.implementation._mpy`).
Source: py/persistentcode.h of MicroPython.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..errors import ArchiveError, ProjectError
from ..metadata.core import CoreMetadata, parse_metadata
from ..release import Release

ARCHITECTURES = (
    *("", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp"),
    *("xtensa", "xtensawin", "rv32imc", "rv64imc"),
)
"""Names of the option -march of mpy-cross; the index is the number in a `.mpy` file."""

_KEYWORD = re.compile(r"mpy-(\d{1,9})(?:\.(\d)\.(\d{1,9}))?")
_SUB_VERSION_SINCE = 6


@dataclass(frozen=True, order=True)
class Abi:
    """The requirements of a file on the interpreter; `architecture` is 0 for bytecode alone."""

    version: int
    sub_version: int = 0
    architecture: int = 0

    @property
    def keyword(self) -> str:
        """The keyword for PKG-INFO."""
        if not self.architecture:
            return f"mpy-{self.version}"
        return f"mpy-{self.version}.{self.sub_version}.{self.architecture}"

    def __str__(self) -> str:
        if not self.architecture:
            return f".mpy format {self.version}"
        name = architecture_name(self.architecture)
        return f".mpy format {self.version}.{self.sub_version} for {name}"


def architecture_name(number: int) -> str:
    """Return the name of the architecture `number`, or "architecture NUMBER" if it has no name."""
    return ARCHITECTURES[number] if number < len(ARCHITECTURES) else f"architecture {number}"


def read_abi(data: bytes) -> Abi:
    """Return the ABI of the `.mpy` file `data`; raise ArchiveError if `data` is not a `.mpy` file.

    The header has four bytes: `M`, the format, flags (two bits of sub-version, then the
    architecture), and the number of bits of a small integer.
    """
    if len(data) < 4 or data[:1] != b"M":
        raise ArchiveError("invalid .mpy header")
    version, flags = data[1], data[2]
    if version < _SUB_VERSION_SINCE or not flags >> 2:
        return Abi(version)
    return Abi(version, flags & 3, flags >> 2 & 15)


def find_abis(release: Release) -> dict[str, Abi]:
    """Return {path of a `.mpy` member: its ABI}; raise ArchiveError for an invalid `.mpy` file."""
    abis = {}
    for member in release:
        if member.path.endswith(".mpy"):
            try:
                abis[member.path] = read_abi(member.data)
            except ArchiveError as error:
                raise ArchiveError(
                    f"{member.path!r}: {error}. Compile the module again."
                ) from error
    return abis


def common_abi(abis: Iterable[Abi]) -> Abi | None:
    """Return the ABI that fits all `abis`, or None if there are none.

    Raises ArchiveError if no interpreter can load all files.
    """
    found = set(abis)
    native = {abi for abi in found if abi.architecture}
    if len({abi.version for abi in found}) > 1 or len(native) > 1:
        shown = " and ".join(sorted(map(str, found)))
        raise ArchiveError(f"no interpreter loads both {shown}. Compile for one of them.")
    return next(iter(native or found), None)


def keywords_abi(metadata: CoreMetadata) -> tuple[Abi, ...]:
    """Return the ABIs that the keywords of PKG-INFO name."""
    words = re.split(r"[,\s]+", ",".join(metadata.get_all("Keywords")))
    matches = filter(None, map(_KEYWORD.fullmatch, words))
    return tuple(Abi(*(int(number or 0) for number in match.groups())) for match in matches)


def with_abi_keyword(metadata: CoreMetadata, abi: Abi | None) -> CoreMetadata:
    """Return `metadata` with the keyword of `abi` as its only ABI keyword."""
    text = ",".join(metadata.get_all("Keywords"))
    words = [word.strip() for word in text.split("," if "," in text else None)]
    kept = [word for word in words if word and not _KEYWORD.fullmatch(word)]
    kept += [abi.keyword] if abi else []
    fields = [pair for pair in metadata.fields if pair[0].lower() != "keywords"]
    if kept:
        fields.append(("Keywords", ",".join(kept)))
    return CoreMetadata(tuple(fields), metadata.description)


def find_abi_defects(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (path, problem) where `.mpy` files do not match each other or PKG-INFO.

    A device would notice these problems only after files were written. A PKG-INFO without any ABI
    keyword matches all files.
    """
    abis: dict[str, Abi] = {}
    for path, data in files.items():
        if path.endswith(".mpy"):
            try:
                abis[path] = read_abi(data)
            except ArchiveError as error:
                yield path, f"{error}. Compile the module again."
    try:
        needed = common_abi(abis.values())
    except ArchiveError as error:
        yield min(abis), str(error)
        return
    declared = _declared_abis(files)
    if needed and declared and declared != (needed,):
        shown = " and ".join(abi.keyword for abi in declared)
        yield (
            "PKG-INFO",
            f"expected the keyword {needed.keyword} for the .mpy files, got {shown}. "
            "Build the archive again with the step compile.",
        )
    elif declared and not needed:
        yield (
            "PKG-INFO",
            f"the keyword {declared[0].keyword} is for .mpy files, but the archive has none. "
            "Remove the keyword.",
        )


def _declared_abis(files: Mapping[str, bytes]) -> tuple[Abi, ...]:
    try:
        return keywords_abi(parse_metadata(files.get("PKG-INFO", b"")))
    except ProjectError:
        return ()

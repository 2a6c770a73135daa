"""Which interpreters load a `.mpy` file, and the keyword in PKG-INFO that says so.

Bytecode is read by every MicroPython of its format (6: since 1.19). Machine code also needs the
sub-version and the architecture. The keyword is `mpy-6` for bytecode alone and, with numbers that
`sys.implementation._mpy` has too, `mpy-6.3.4` with machine code (format, sub-version,
architecture). Source: py/persistentcode.h of MicroPython.
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
"""Names that mpy-cross takes, at the number that a `.mpy` file has for them."""

_KEYWORD = re.compile(r"mpy-(\d+)(?:\.(\d)\.(\d+))?")
_SUB_VERSION_SINCE = 6


@dataclass(frozen=True, order=True)
class Abi:
    """What an interpreter must be to load a file; `architecture` is 0 for bytecode alone."""

    version: int
    sub_version: int = 0
    architecture: int = 0

    @property
    def keyword(self) -> str:
        """The keyword that PKG-INFO carries."""
        if not self.architecture:
            return f"mpy-{self.version}"
        return f"mpy-{self.version}.{self.sub_version}.{self.architecture}"

    def __str__(self) -> str:
        if not self.architecture:
            return f".mpy format {self.version}"
        name = architecture_name(self.architecture)
        return f".mpy format {self.version}.{self.sub_version} for {name}"


def architecture_name(number: int) -> str:
    """Return the name of the architecture `number`, or the number where it has none."""
    return ARCHITECTURES[number] if number < len(ARCHITECTURES) else f"architecture {number}"


def read_abi(data: bytes) -> Abi:
    """Return what the `.mpy` file `data` needs; raise ArchiveError if it is none.

    Four bytes: `M`, the format, flags (two bits of sub-version, then the architecture), and the
    bits of a small integer.
    """
    if len(data) < 4 or data[:1] != b"M":
        raise ArchiveError("it does not begin like a .mpy file")
    version, flags = data[1], data[2]
    if version < _SUB_VERSION_SINCE or not flags >> 2:
        return Abi(version)
    return Abi(version, flags & 3, flags >> 2 & 15)


def find_abis(release: Release) -> dict[str, Abi]:
    """Return {path of a `.mpy` member: what it needs}; raise ArchiveError for one that is none."""
    abis = {}
    for member in release:
        if member.path.endswith(".mpy"):
            try:
                abis[member.path] = read_abi(member.data)
            except ArchiveError as error:
                raise ArchiveError(f"{member.path!r}: {error}; compile it again") from error
    return abis


def common_abi(abis: Iterable[Abi]) -> Abi | None:
    """Return what an interpreter needs to load all, or None; raise ArchiveError if none can."""
    found = set(abis)
    native = {abi for abi in found if abi.architecture}
    if len({abi.version for abi in found}) > 1 or len(native) > 1:
        shown = " and ".join(sorted(map(str, found)))
        raise ArchiveError(f"no interpreter loads both {shown}; compile for one of them")
    return next(iter(native or found), None)


def keywords_abi(metadata: CoreMetadata) -> tuple[Abi, ...]:
    """Return what the keywords of PKG-INFO say that an interpreter must be."""
    words = re.split(r"[,\s]+", ",".join(metadata.get_all("Keywords")))
    matches = filter(None, map(_KEYWORD.fullmatch, words))
    return tuple(Abi(*(int(number or 0) for number in match.groups())) for match in matches)


def with_abi_keyword(metadata: CoreMetadata, abi: Abi | None) -> CoreMetadata:
    """Return `metadata` with the keyword of `abi` and no other such keyword."""
    text = ",".join(metadata.get_all("Keywords"))
    words = [word.strip() for word in text.split("," if "," in text else None)]
    kept = [word for word in words if word and not _KEYWORD.fullmatch(word)]
    kept += [abi.keyword] if abi else []
    fields = [pair for pair in metadata.fields if pair[0].lower() != "keywords"]
    if kept:
        fields.append(("Keywords", ",".join(kept)))
    return CoreMetadata(tuple(fields), metadata.description)


def find_abi_defects(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield (path, what is wrong) where `.mpy` files do not fit each other or PKG-INFO.

    What this finds, a device would notice only after files were written. A PKG-INFO without any
    such keyword promises nothing.
    """
    abis: dict[str, Abi] = {}
    for path, data in files.items():
        if path.endswith(".mpy"):
            try:
                abis[path] = read_abi(data)
            except ArchiveError as error:
                yield path, f"{error}; compile it again"
    try:
        needed = common_abi(abis.values())
    except ArchiveError as error:
        yield min(abis), str(error)
        return
    told = _told(files)
    if needed and told and told != (needed,):
        shown = " and ".join(abi.keyword for abi in told)
        yield (
            "PKG-INFO",
            f"its keyword {shown} tells installers to look for another MicroPython than the "
            f"files need, which is {needed.keyword}; build the archive again with the step compile",
        )
    elif told and not needed:
        yield (
            "PKG-INFO",
            f"its keyword {told[0].keyword} has installers refuse boards for .mpy files, and there "
            "is none; remove the keyword",
        )


def _told(files: Mapping[str, bytes]) -> tuple[Abi, ...]:
    try:
        return keywords_abi(parse_metadata(files.get("PKG-INFO", b"")))
    except ProjectError:
        return ()

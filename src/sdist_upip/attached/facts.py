"""Facts that a board reports about itself and its packages, in one round trip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..errors import ArchiveError, OutputError
from ..mpy.abi import Abi, architecture_name, read_abi
from .programs import FORGET, NAME, survey_program
from .session import Session

_ARMV6M, _ARMV7EMDP = 4, 8
"""The first and the last Thumb architecture. A board runs the code of its own and of earlier."""


@dataclass
class Facts:
    """Facts about a board. Sizes are in bytes.

    `version` is that of MicroPython, such as (1, 28, 0). `mpy` is `sys.implementation._mpy`, 0 for
    a board that loads no .mpy. `root` is the directory of packages, without a slash at the end, and
    `root_kind` is 0 if it is missing, 1 for a file, 2 for a directory. `place` is the
    nearest directory above it that exists. `records` are the contents
    of the records, and `kinds` whether each is a file or a directory. `changed` are paths of files
    that are not as their records state, `importers` the modules that mention pkg_resources, and
    `beside` the kinds of files named pkg_resources. `left` are the names that an interrupted change
    has left.
    """

    version: tuple[int, ...] = ()
    platform: str = ""
    mpy: int = 0
    machine: str = ""
    memory_free: int = 0
    memory_used: int = 0
    path: tuple[str, ...] = ()
    root: str | None = None
    root_kind: int = 0
    place: str = ""
    unit: int = 0
    units: int = 0
    units_free: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    records: dict[str, bytes] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    importers: dict[str, bytes] = field(default_factory=dict)
    beside: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    is_blocked: bool = False

    @property
    def release(self) -> str:
        """The version of MicroPython, such as 1.28.0."""
        return ".".join(map(str, self.version))

    @property
    def short_release(self) -> str:
        """The version of MicroPython without the patch, such as 1.28."""
        return ".".join(map(str, self.version[:2]))

    @property
    def free(self) -> int:
        """The free bytes of the file system."""
        return self.unit * self.units_free

    @property
    def abi(self) -> Abi:
        """The ABI of .mpy files that the board loads; version 0 if it loads none."""
        return Abi(self.mpy & 0xFF, self.mpy >> 8 & 3, self.mpy >> 10 & 15)

    def loads(self, abi: Abi) -> bool:
        """Return whether the board loads .mpy files that require `abi`."""
        own = self.abi
        if abi.version != own.version:
            return False
        if not abi.architecture:
            return True
        fits = abi.architecture == own.architecture or (
            _ARMV6M <= abi.architecture <= own.architecture <= _ARMV7EMDP
        )
        return fits and abi.sub_version == own.sub_version

    def check_loads(self, path: str, data: bytes) -> None:
        """Raise OutputError if the board does not load the .mpy file `data`."""
        try:
            abi = read_abi(data)
        except ArchiveError as error:
            raise ArchiveError(f"{path}: {error}. Compile the module again.") from error
        if not self.loads(abi):
            raise OutputError(
                f"{path} requires {abi}, and the board loads {self.describe_abi()}. Pass --mpy "
                "auto, or omit --mpy."
            )

    def describe_abi(self) -> str:
        """Return the ABI in words."""
        own = self.abi
        if not own.version:
            return "no .mpy"
        if not own.architecture:
            return str(own)
        name = architecture_name(own.architecture)
        return f".mpy format {own.version}.{own.sub_version} for {name}"


def read_facts(
    session: Session, root: str = "", *, reads_files: bool = True, wants_importers: bool = True
) -> Facts:
    """Return the facts about the board and the packages below `root`, "" for upip's choice.

    Raises OutputError, also for a board without a file system or directory for packages.
    """
    facts = ask(session, root, reads_files=reads_files, wants_importers=wants_importers)
    _check_root(session.port, facts, root)
    return facts


def ask(
    session: Session, root: str = "", *, reads_files: bool = True, wants_importers: bool = True
) -> Facts:
    """Return the facts as `read_facts`, also about a board that has no place for packages.

    Raises BoardError and LostBoardError.
    """
    call = f"{NAME}({root!r}, {reads_files}, {wants_importers})\n"
    shown = list(session.run(survey_program() + call + FORGET))
    try:
        return collect_facts(shown)
    except (KeyError, TypeError, ValueError) as error:
        raise session.refuse(repr(error)) from error


def _check_root(port: str, facts: Facts, root: str) -> None:
    """Raise OutputError if the board has no directory for packages, or cannot have it."""
    if facts.root is None or not facts.units:
        raise OutputError(
            f"The board at {port} has no file system. Install firmware with one, or make "
            "one with vfs.VfsLfs2.mkfs."
        )
    if not (facts.root or root):
        raise OutputError(
            f"sys.path of the board at {port} has no directory for packages: "
            f"{list(facts.path)}. Pass one with --path."
        )
    if facts.root_kind == 1 or facts.is_blocked:
        where = facts.root + "/.upip" * facts.is_blocked
        raise OutputError(f"{where} on the board is not a directory. Move it away.")


def collect_facts(shown: Iterable[Any]) -> Facts:
    """Return the facts that device/sent/survey.py shows."""
    facts = Facts()
    contents: dict[str, bytes] = {}
    name = ""
    for fact in shown:
        match fact:
            case bytes():
                contents[name] += fact
            case ("board", version, platform, mpy, machine, [free, used]):
                facts.version, facts.platform, facts.mpy = tuple(version), platform, mpy
                facts.machine, facts.memory_free, facts.memory_used = machine, free, used
            case ("path", path):
                facts.path = tuple(path)
            case ("root", root, kind, place, unit, units, units_free):
                facts.root, facts.root_kind, facts.place = root, kind, place
                facts.unit, facts.units, facts.units_free = unit, units, units_free
            case ("beside", "pkg_resources" | "pkg_resources.py" | "pkg_resources.mpy", kind):
                name = fact[1]
                facts.beside[name] = kind
            case ("blocked",):
                facts.is_blocked = True
            case ("left", name):
                facts.left.append(name)
            case ("record", name, kind):
                facts.kinds[name] = kind
                contents = facts.records
                contents[name] = b""
            case ("mentions", name):
                contents = facts.importers
                contents[name] = b""
            case ("changed", path):
                facts.changed.add(path)
    return facts

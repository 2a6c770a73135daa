"""The table of built-in and frozen modules, read when it is asked for the first time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .firmware import FIRST, LAST, Firmware
from .precedence import EXTENSIBLE

COMPUTERS = frozenset({"webassembly", "windows"})
"""Ports whose modules of Python's library only count if they are named, because they have most."""
_NOT_BOARDS = COMPUTERS | {"unix"}
FOR_ONE_PORT = frozenset(
    {
        *("_espnow", "aioespnow", "esp", "esp32", "espnow", "flashbdev", "apa106", "port_diag"),
        *("_rp2", "rp2", "pyb", "stm", "lcd160cr", "samd", "nrf", "ubluepy", "mimxrt"),
        *("microbit", "music"),
    }
)
"""Modules for the hardware of a port, which no board of another port has."""
_BUILDS = frozenset(
    {
        *("lvgl", "lv_utils", "ulab", "espidf", "picographics", "picovector", "pimoroni", "hub75"),
        *("cyw43", "M5", "m5stack", "pycom", "pybricks", "omv", "KPU", "Maix"),
    }
)
"""Modules in C of builds that others publish. No package can bring them."""


_WITHOUT_STUBS = {
    "alif": "alif",
    "renesas": "renesas-ra",
    "wipy": "cc3200",
    "zephyr": "zephyr",
    "zsensor": "zephyr",
}
"""Modules for the hardware of ports that have no stubs, and the port of each."""
_ALIASED = (EXTENSIBLE - {"ssl"}) | {"bluetooth", "cryptolib", "string", "websocket"}
"""Modules that since 1.21 have a second name, with a u before it. Source: py/objmodule.c."""
_FIRST_ALIASED = 21
_ONE_CHIP = "esp8266"
"""The port whose boards all have one chip, so that none has more in C than its stubs."""

Ports = Mapping[str, frozenset[int]]
"""{port: minor numbers of releases}."""
_ALL = frozenset(range(FIRST, LAST + 1))


class ModuleTable(NamedTuple):
    """The ports that have a module, by its dotted name, and the releases in the table.

    `modules` has the ports of which some board has the module, `everywhere` those of which all
    boards have it.
    """

    modules: Mapping[str, Ports]
    everywhere: Mapping[str, Ports]
    covered: Ports

    def may_have(self, module: str, firmware: Firmware) -> bool:
        """Return False if it is certain that no board of `firmware` has `module` built in.

        Boards of a port differ in what they have frozen, so a module of another port counts as
        possible, unless it is for the hardware of that port.
        """
        top = module.partition(".")[0]
        if top in _BUILDS:
            return firmware == Firmware()
        if top in _WITHOUT_STUBS:
            return firmware.port in (None, _WITHOUT_STUBS[top])
        ports = set(self._find_ports(module, firmware.minor))
        aliased = firmware.minor is None or firmware.minor >= _FIRST_ALIASED
        if aliased and module.startswith("u") and module[1:] in _ALIASED:
            ports.update(self._find_ports(module[1:], firmware.minor))
        if firmware.port in ports:
            return True
        if firmware.port == _ONE_CHIP:
            return False
        if firmware.port in (None, "unix"):
            ports -= COMPUTERS if top in sys.stdlib_module_names or firmware.port else frozenset()
        elif firmware.port not in COMPUTERS:
            ports -= _NOT_BOARDS
        return bool(ports) and not (firmware.port and top in FOR_ONE_PORT)

    def always_has(self, module: str, firmwares: Iterable[Firmware]) -> bool:
        """Return whether every board of `firmwares` has `module` built in.

        A port that is not a board has variants, so that nothing but the modules of all ports is
        certain there.
        """
        ports = self.everywhere.get(module, {})
        for firmware in firmwares:
            if firmware.port in _NOT_BOARDS:
                wanted = set(self.covered)
            else:
                wanted = {firmware.port} if firmware.port else set(self.covered) - _NOT_BOARDS
            for port in wanted:
                minors = self._nearest(port, firmware.minor)
                if not minors or not minors <= ports.get(port, frozenset()):
                    return False
        return True

    def _find_ports(self, module: str, minor: int | None) -> Iterator[str]:
        """Yield the ports that may have `module` in 1.`minor`.

        A port has a module in all releases between two that have it, because stubs have gaps. A
        port whose stubs lack that release may have what one of its neighbors has, unless another
        port shows that the module is newer or older.
        """
        ports = self.modules.get(module, {})
        for port, minors in ports.items():
            if minor is None or min(minors) <= minor <= max(minors):
                yield port
            elif minor not in self.covered.get(port, ()):
                nearest = self._nearest(port, minor)
                hits = nearest & minors
                if hits and (len(hits) == 2 or not self._is_refuted(ports, minor, hits)):
                    yield port

    def _is_refuted(self, ports: Ports, minor: int, hits: frozenset[int]) -> bool:
        """Return whether a port has a module in one of `hits`, and not in 1.`minor`."""
        return any(
            minor in self.covered[port] and minor not in minors and not minors.isdisjoint(hits)
            for port, minors in ports.items()
        )

    def _nearest(self, port: str, minor: int | None) -> frozenset[int]:
        """Return the releases in the table of `port` that `minor` is, or lies between."""
        covered = self.covered.get(port, frozenset())
        if minor is None or minor in covered:
            return covered if minor is None else frozenset({minor})
        below = [number for number in covered if number < minor]
        above = [number for number in covered if number > minor]
        return frozenset({*(below and [max(below)]), *(above and [min(above)])})


class _PortsByModule(Mapping[str, Ports]):
    """The ports of each of `names`, read by `read` when they are asked for: most never are."""

    def __init__(self, names: Collection[str], read: Callable[[str], Ports]) -> None:
        self._names = names
        self._read = read
        self._known: dict[str, Ports] = {}

    def __getitem__(self, name: str) -> Ports:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def read_module_table() -> ModuleTable:
    """Return the table in modules.txt."""
    covered: dict[str, frozenset[int]] = {}
    listed: dict[str, list[str]] = {}
    unlisted: dict[str, list[str]] = {}
    for line in _read_lines("modules.txt"):
        name, *words = line.split(" ")
        if name == "port":
            covered[words[0]] = _read_spans(words[1])
        else:
            listed[name] = words
    for line in _read_lines("unlisted_modules.txt"):
        names, *words = line.split(" ")
        for name in names.split(","):
            unlisted.setdefault(name, []).extend(words)

    def read_some(name: str) -> Ports:
        if listed.get(name) == ["*"]:
            found = dict(covered)
        else:
            found = {}
            for port, _, minors in _read_ports(listed.get(name, ()), covered):
                found[port] = found.get(port, frozenset()) | minors
        for port, _, minors in _read_ports(unlisted.get(name, ()), {}):
            found[port] = found.get(port, frozenset()) | minors
        return found

    def read_every(name: str) -> Ports:
        if listed[name] == ["*"]:
            return covered
        return {port: minors for port, sure, minors in _read_ports(listed[name], covered) if sure}

    return ModuleTable(
        _PortsByModule({**listed, **unlisted}, read_some),
        _PortsByModule(listed, read_every),
        covered,
    )


def _read_ports(words: Iterable[str], covered: Ports) -> Iterator[tuple[str, bool, frozenset[int]]]:
    """Yield (port, whether all of its boards have the module, releases) of a line's `words`.

    Without numbers, the releases are those that are `covered`, or all.
    """
    for word in words:
        group, _, spans = word.partition(":")
        for marked in group.split("+"):
            port = marked.removesuffix("?")
            minors = _read_spans(spans) if spans else covered.get(port, _ALL)
            yield port, port == marked, minors


@cache
def read_host_names() -> Mapping[str, frozenset[str]]:
    """Return {module: names that Python has in it, and no MicroPython}, from host_names.txt."""
    lines = (line.split(" ") for line in _read_lines("host_names.txt"))
    return {name: frozenset(words) for name, *words in lines}


def _read_lines(filename: str) -> list[str]:
    text = Path(__file__).with_name(filename).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


@cache
def _read_spans(text: str) -> frozenset[int]:
    numbers: set[int] = set()
    for span in text.split(","):
        first, _, last = span.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return frozenset(numbers & _ALL)

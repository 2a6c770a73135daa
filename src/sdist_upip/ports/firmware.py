"""The MicroPython that a package is for: a release, a platform, both, or any that is supported."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..errors import ConfigError

FIRST, LAST = 19, 29
"""Minor numbers of the first and the last MicroPython in the tables: 1.19 and 1.29."""

_PORTS = {
    "linux": "unix",
    "darwin": "unix",
    "win32": "windows",
    "pyboard": "stm32",
    "nrf52": "nrf",
    "WiPy": "cc3200",
    **{
        port: port
        for port in (
            *("alif", "cc3200", "esp32", "esp8266", "mimxrt", "nrf", "psoc6", "qemu"),
            *("renesas-ra", "rp2", "samd", "stm32", "unix", "webassembly", "windows", "zephyr"),
        )
    },
}
"""{value of sys.platform, or name of a port: name of the port}."""


class Firmware(NamedTuple):
    """MicroPython of a release, such as 24 for 1.24, on a port. None is any."""

    minor: int | None = None
    port: str | None = None

    def __str__(self) -> str:
        version = "" if self.minor is None else f" 1.{self.minor}"
        return f"MicroPython{version}{f' on {self.port}' if self.port else ''}"


def parse_firmware(text: str) -> Firmware:
    """Return the Firmware of VERSION, VERSION:PLATFORM or PLATFORM, such as 1.29:rp2.

    A platform is a value of sys.platform or the name of a port. Releases after LAST count as LAST.
    Raises ConfigError.
    """
    version, colon, platform = text.partition(":")
    if not colon and text and not text.lstrip("v")[:1].isdigit():
        version, platform = "", text
    if (colon and not platform) or not text:
        raise ConfigError(f"Invalid target {text!r}. Write a version and a platform, as 1.29:rp2.")
    return make_firmware(version, platform)


def make_firmware(version: str = "", platform: str = "") -> Firmware:
    """Return the Firmware of a version, such as 1.24.1, and a platform. "" is any.

    Raises ConfigError for an invalid version, one before FIRST and an unknown platform.
    """
    minor = None
    if version:
        match = re.fullmatch(r"v?1\.(\d{1,3})(?:\.\d{1,3})?", version, re.ASCII)
        if not match or int(match[1]) < FIRST:
            raise ConfigError(
                f"Invalid target version {version!r}. Write a MicroPython version from 1.{FIRST}, "
                "such as 1.24."
            )
        minor = min(int(match[1]), LAST)
    if platform and platform not in _PORTS:
        raise ConfigError(
            f"Unknown platform {platform!r}. Use sys.platform of the board, one of "
            f"{', '.join(sorted(_PORTS, key=str.lower))}."
        )
    return Firmware(minor, _PORTS[platform] if platform else None)


def parse_firmwares(texts: Iterable[str]) -> tuple[Firmware, ...]:
    """Return the Firmware of each of `texts`, without repetitions; raise ConfigError."""
    return tuple(dict.fromkeys(map(parse_firmware, texts)))

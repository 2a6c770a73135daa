"""Values of environment markers (PEP 508) on MicroPython."""

from __future__ import annotations

from packaging.markers import Marker, UndefinedComparison

PLATFORMS = (
    *("alif", "cc3200", "esp32", "esp8266", "linux", "mimxrt", "nrf52", "psoc6", "pyboard"),
    *("qemu", "renesas-ra", "rp2", "samd", "stm32", "webassembly", "WiPy", "zephyr"),
)
"""Values of sys.platform on the ports of MicroPython (mpconfigport.h of each port)."""

ENVIRONMENT = {
    "implementation_name": "micropython",
    "implementation_version": "1.27.0",
    "platform_python_implementation": "MicroPython",
    "python_version": "3.4",
    "python_full_version": "3.4.0",
    "os_name": "",
    "platform_machine": "",
    "platform_release": "",
    "platform_system": "",
    "platform_version": "",
    "extra": "",
}


def find_platforms(marker: Marker) -> list[str]:
    """Return the platforms of MicroPython on which `marker` is true, without extras.

    Raises UndefinedComparison and other errors of packaging for a marker that has no value.
    """
    return [
        platform
        for platform in PLATFORMS
        if marker.evaluate({**ENVIRONMENT, "sys_platform": platform})
    ]


def applies_somewhere(marker: Marker | None) -> bool:
    """Return whether `marker` is true on a platform of MicroPython, without extras.

    A marker that cannot be evaluated counts as true.
    """
    if marker is None:
        return True
    try:
        return bool(find_platforms(marker))
    except UndefinedComparison:
        return True

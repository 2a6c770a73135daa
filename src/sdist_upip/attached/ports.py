"""The serial ports of this computer, and DEVICE as `mpremote connect` takes it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISCHR

from ..errors import OutputError

AUTO = "auto"

_SHORTCUTS = {"a": "/dev/ttyACM", "u": "/dev/ttyUSB", "c": "COM"}
_SHORTCUT = re.compile(r"([auc])(\d{1,3})")
_SPELLING = re.compile(
    r"auto|[auc]\d{1,3}|(?:id|port):.*|/dev/.*|(?:\\\\\.\\)?com\d{1,3}", re.IGNORECASE
)


class PortError(OutputError):
    """No port, more than one, or one that cannot be opened."""


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port with USB numbers: its `device`, serial number and product name, "" if none."""

    device: str
    serial_number: str = ""
    product: str = ""

    def __str__(self) -> str:
        return f"{self.device} ({self.product})" if self.product else self.device


def is_device(text: str) -> bool:
    """Return whether `text` is spelled as a DEVICE, or is the path of a character device."""
    if _SPELLING.fullmatch(text):
        return True
    with suppress(OSError, ValueError):
        return "/" in text and S_ISCHR(Path(text).stat().st_mode)
    return False


def find_ports() -> list[Port]:
    """Return the ports that boards may be at, as `mpremote connect auto` sees them."""
    from serial.tools.list_ports import comports

    return [
        Port(port.device, port.serial_number or "", port.product or "")
        for port in sorted(comports())
        if port.vid is not None and port.pid is not None
    ]


def choose_port(device: str) -> str:
    """Return the port that DEVICE names: a path, a name or a URL. Raises PortError."""
    if device == AUTO:
        return _only_port(find_ports())
    if device.startswith("id:"):
        number = device.removeprefix("id:")
        ports = find_ports()
        for port in ports:
            if port.serial_number == number:
                return port.device
        raise PortError(f"No board has the serial number {number}. {_list_ids(ports)}")
    if match := _SHORTCUT.fullmatch(device):
        return _SHORTCUTS[match[1]] + match[2]
    return device.removeprefix("port:")


def explain_refusal(port: str) -> PortError:
    """Return the error for a port that could not be opened."""
    if "://" in port:
        return PortError(f"Cannot connect to {port}. Check the address and its server.")
    if not _exists(port):
        return PortError(
            f"The port {port or repr(port)} does not exist. Run sdist-upip boards to list boards."
        )
    if port.startswith("/"):
        if not os.access(port, os.R_OK | os.W_OK):
            return PortError(f"No permission to open {port}. {_permission_advice(port)}")
        if not S_ISCHR(Path(port).stat().st_mode):
            return PortError(f"{port} is not a serial port. Run sdist-upip boards for the ports.")
    return PortError(
        f"The port {port} cannot be opened. It may be in use by another program, such as a "
        "terminal. Close that program."
    )


def _exists(port: str) -> bool:
    """Return whether there is a port of that name: a file, or on Windows a name in a list."""
    if port.startswith("/"):
        return Path(port).exists()
    from serial.tools.list_ports import comports

    known = {one.device.lower() for one in comports()}
    return port.lower().removeprefix("\\\\.\\") in known


def _only_port(ports: Sequence[Port]) -> str:
    if not ports:
        raise PortError("No board is connected. Connect one by USB, or pass --board=DEVICE.")
    if len(ports) > 1:
        listed = ", ".join(map(str, ports))
        raise PortError(f"{len(ports)} boards are connected: {listed}. Pass --board=DEVICE.")
    return ports[0].device


def _list_ids(ports: Sequence[Port]) -> str:
    if not ports:
        return "No board is connected."
    listed = ", ".join(f"{port.device} has {port.serial_number or 'none'}" for port in ports)
    return f"Connected: {listed}."


def _permission_advice(port: str) -> str:
    """Return how the user gets the permission: on Linux, ports belong to a group."""
    if sys.platform != "win32":
        import grp

        status = Path(port).stat()
        with suppress(KeyError):
            group = grp.getgrgid(status.st_gid).gr_name
            if status.st_mode & 0o060 == 0o060 and group != "root":
                return f"Run sudo usermod -a -G {group} $USER, and log in again."
    return "Ask the administrator of this computer for access to the port."

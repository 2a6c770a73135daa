"""The partition of a board for ROMFS: its size, and an image that mpremote writes there."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..errors import OutputError
from ..messages.text import make_line
from .facts import Facts
from .programs import FORGET, NAME
from .session import Session

_SURVEY = f"""
def {NAME}():
 import sys
 i = sys.implementation
 size = -1
 try:
  import vfs
  if vfs.rom_ioctl(1) > 0:
   d = vfs.rom_ioctl(2, 0)
   if hasattr(d, "ioctl"):
    size = d.ioctl(4, 0) * d.ioctl(5, 0)
   elif not isinstance(d, int):
    size = len(d)
 except (ImportError, AttributeError):
  pass
 print("~" + repr((tuple(i.version[:3]), sys.platform, getattr(i, "_mpy", 0), size)))
{NAME}()
"""
"""Version, platform, ABI, and the size of the partition, -1 without one. See extmod/modvfs.c."""
_DIGEST = f"""
def {NAME}(n):
 import hashlib, vfs
 h = hashlib.sha256()
 m = memoryview(vfs.rom_ioctl(2, 0))
 for i in range(0, n, 4096):
  h.update(m[i:min(i + 4096, n)])
 print("~" + repr(h.digest()))
{NAME}({{}})
"""
_TIMEOUT = 600
"""Seconds for mpremote to write the largest image."""


@dataclass(frozen=True, slots=True)
class Rom:
    """A board with a partition of `size` bytes. `facts` has its version, platform and ABI."""

    port: str
    facts: Facts
    size: int


def read_rom(device: str) -> Rom:
    """Return the board at `device` (as for mpremote) and its partition.

    Raises OutputError, also for a board without a partition.
    """
    with Session(device) as session:
        ((version, platform, mpy, size),) = session.run(_SURVEY + FORGET)
        if size <= 0:
            raise OutputError(
                f"The board at {session.port} has no partition for ROMFS. Install firmware with "
                "one, or install without --romfs."
            )
        return Rom(session.port, Facts(version=version, platform=platform, mpy=mpy), size)


def deploy_image(path: Path, port: str, *, reset: bool = False) -> None:
    """Write the image at `path` to the partition of the board at `port`, and verify it there.

    With `reset`, the board is reset at the end. Raises OutputError.
    """
    expected = path.read_bytes()
    command = [sys.executable, "-m", "mpremote", "connect", port, "resume", "romfs", "deploy"]
    try:
        result = subprocess.run(
            [*command, str(path.absolute())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_TIMEOUT,
        )
        output = (result.stderr.strip() or result.stdout.strip()).replace("\r", "\n")
        failed = result.returncode != 0
    except subprocess.TimeoutExpired:
        output, failed = f"no end after {_TIMEOUT} seconds", True
    if failed:
        raise _not_written(port, make_line(output.rpartition("\n")[2]))
    with Session(port, reset=reset) as session:
        (digest,) = session.run(_DIGEST.format(len(expected)) + FORGET)
        if digest != hashlib.sha256(expected).digest():
            raise _not_written(port, "the partition has other content than the image")


def _not_written(port: str, reason: str) -> OutputError:
    return OutputError(
        f"mpremote could not write the image to the board at {port}: {reason}. The partition may "
        "hold a part of it. Run the command again."
    )

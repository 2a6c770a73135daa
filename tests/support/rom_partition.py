"""A partition for ROMFS in the RAM of a board: a module vfs with rom_ioctl, as extmod/modvfs.c."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdist_upip.attached.session import Session

if TYPE_CHECKING:
    from support.flash_board import FlashBoard

SIZE = 8192
_PARTITION = """
import sys, vfs
class _Rom:
    rom = bytearray({size})
    VfsRom, mount, umount = vfs.VfsRom, vfs.mount, vfs.umount
    def rom_ioctl(self, op, *args):
        if op == 1:
            return {count}
        if op == 2:
            return memoryview(self.rom) if {count} else -19
        if op == 4:
            self.rom[args[1]:args[1] + len(args[2])] = args[2]
            {after}
        return {{3: 4, 6: 4096}}.get(op, 0)
sys.modules["vfs"] = _Rom()
del vfs
"""


def add_partition(board: FlashBoard, count: int = 1, after: str = "pass") -> None:
    """Give the board a partition for ROMFS in RAM. Code `after` runs after each write."""
    with Session(board.device) as session:
        list(session.run(_PARTITION.format(size=SIZE, count=count, after=after)))

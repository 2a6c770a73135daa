"""`sdist-upip install --board --romfs`: an image for a connected board, and in its partition."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ...errors import OutputError
from ...messages.output import print_message, print_result
from ...mpy.abi import Abi
from ..extras import BOARDS, require_extra

if TYPE_CHECKING:
    from ...attached.rom import Rom
    from ...romfs.contents import Contents


def adapt_to_rom(options: argparse.Namespace) -> Rom:
    """Set the options that the board answers, and return its partition. Raises SdistUpipError."""
    require_extra("board", *BOARDS)
    from ...attached.rom import read_rom

    rom = read_rom(options.board)
    options.platform = options.platform or rom.facts.platform
    if options.mpy in ("", "auto"):
        options.mpy = rom.facts.short_release
    options.romfs_size = min(options.romfs_size or rom.size, rom.size)
    return rom


def check_machine(rom: Rom, contents: Contents) -> None:
    """Raise OutputError if the board does not load the .mpy files of an image."""
    required = contents.abi or Abi(rom.facts.abi.version)
    if not rom.facts.abi.version or not rom.facts.loads(required):
        raise OutputError(
            f"The board at {rom.port} loads {rom.facts.describe_abi()}, and the image requires "
            f"{required}. Nothing is written. Use releases with sources."
        )


def deploy(options: argparse.Namespace, rom: Rom) -> None:
    """Write the image to the partition. Raises OutputError."""
    from ...attached.rom import deploy_image

    deploy_image(options.romfs, rom.port, reset=options.reset)
    print_result(f"wrote {options.romfs} to the board at {rom.port}")
    if not options.reset:
        print_message("Reset the board, which mounts the image when it starts.")

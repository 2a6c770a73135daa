"""The options `--board` and `--reset`, and the packages of the board or directory they select."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..extras import BOARDS, require_extra
from ..paths import LIB

if TYPE_CHECKING:
    from ...attached.board_directory import BoardDirectory
    from ...attached.session import Session
    from ...installed.package_directory import PackageDirectory

COMMANDS = ("install", "list", "uninstall", "device")
"""The commands with the option `--board`."""

_BOARD = "--board"


def add_board_options(parser: argparse.ArgumentParser) -> None:
    """Add `--board` and `--reset`. `spell_devices` has to see the arguments before the parser."""
    group = parser.add_argument_group("a connected board")
    group.add_argument(
        _BOARD,
        nargs="?",
        const="auto",
        metavar="DEVICE",
        help="use the directory of a board instead of one on this computer: auto, a port such as "
        "/dev/ttyACM0 or COM3, a0, u0, id:SERIAL or port:URL [default: auto, the only board]",
    )
    group.add_argument(
        "--reset", action="store_true", help="with --board, reset the board at the end"
    )


def spell_devices(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with `--board DEVICE` as one argument.

    argparse would take any word after `--board` for its value, such as the name of a package. A
    word that is not spelled as a device belongs to the next option or argument.
    """
    spelled = list(arguments)
    if not spelled or spelled[0] not in COMMANDS:
        return spelled
    end = spelled.index("--") if "--" in spelled else len(spelled)
    for index in reversed(range(1, end)):
        if len(spelled[index]) > 2 and _BOARD.startswith(spelled[index]):
            device = spelled[index + 1] if index + 1 < end else ""
            if _is_device(device):
                spelled[index : index + 2] = [f"{_BOARD}={device}"]
            else:
                spelled[index] = f"{_BOARD}=auto"
    return spelled


def check_board_usage(options: argparse.Namespace) -> None:
    """End with a usage error for options that need `--board`, or a DEVICE that is none."""
    if options.board is None:
        if options.reset:
            options.usage("--reset requires --board")
    elif not options.board:
        options.usage("--board= requires a DEVICE, or write --board alone")


@contextmanager
def open_directory(
    options: argparse.Namespace, *, create: bool = True, wants_importers: bool = True
) -> Iterator[PackageDirectory]:
    """Have the packages of the board, or of the directory `--path`, in the context.

    Raises SdistUpipError.
    """
    from ...installed.package_directory import PackageDirectory

    if options.board is None:
        with PackageDirectory(options.path, create=create) as directory:
            yield directory
        return
    with open_board(options, wants_importers=wants_importers) as board:
        yield board


@contextmanager
def open_board(
    options: argparse.Namespace, *, wants_importers: bool = True
) -> Iterator[BoardDirectory]:
    """Have the packages of the board in the context. Raises SdistUpipError."""
    from ...attached.board_directory import open_packages

    path = board_path(options)
    words = [f"{_BOARD}={options.board}" if options.board != "auto" else _BOARD]
    words += ["-p", path] if path else []
    with (
        open_session(options) as session,
        open_packages(
            session, path, option=" ".join(words), wants_importers=wants_importers
        ) as directory,
    ):
        yield directory


def open_session(options: argparse.Namespace) -> Session:
    """Return a session with the board, a context. Raises ConfigError without the extra."""
    require_extra("board", *BOARDS)
    from ...attached.session import Session

    return Session(options.board, reset=options.reset)


def board_path(options: argparse.Namespace) -> str:
    """Return the directory on the board that `--path` names, "" for the one upip chooses."""
    return "" if options.path is LIB else options.path.as_posix()


def _is_device(text: str) -> bool:
    from ...attached.ports import is_device

    return is_device(text)

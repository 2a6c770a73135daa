"""The type of options that are paths."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import ConfigError
from ..files.user_directories import expand_home


def user_path(text: str) -> Path:
    """Return the path that a word of the command line means; `~` is the home directory."""
    try:
        return expand_home(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_path_option(parser: argparse.ArgumentParser, help: str) -> None:
    """Add `--path`, the directory of packages, which is `lib` as on boards."""
    parser.add_argument(
        "-p",
        "--path",
        type=user_path,
        default=Path("lib"),
        metavar="DIR",
        help=f"{help} [default: lib]",
    )

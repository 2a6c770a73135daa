"""The type of options that are paths."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import ConfigError
from ..files.user_directories import expand_home

LIB = Path("lib")
"""The default of `--path`: this very object, so that a given path can be distinguished from it."""


def user_path(text: str) -> Path:
    """Return the path of an argument, with `~` expanded; raise ArgumentTypeError."""
    try:
        return expand_home(text)
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_path_option(parser: argparse.ArgumentParser, help: str) -> None:
    """Add the option `--path`, the directory of packages. The default is `lib`, as on boards."""
    parser.add_argument(
        "-p",
        "--path",
        type=user_path,
        default=LIB,
        metavar="DIR",
        help=f"{help} [default: lib]",
    )

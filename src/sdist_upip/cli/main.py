"""The `sdist-upip` command: dispatch to subcommands, and exit codes.

The module of a subcommand has `register(subparsers)`, which adds its parser and sets `run` on it:
a function from the parsed arguments to the exit code. The module imports all else inside `run`, so
the other subcommands start without these imports.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from .. import __version__
from ..errors import SdistUpipError
from ..messages.logs import logging_to_stderr
from ..messages.output import drop_output, flush_output, prepare_streams, print_error
from ..messages.text import make_line
from .attached import boards
from .attached.options import spell_devices
from .commands import (
    build,
    check,
    device,
    freeze,
    index,
    install,
    list,
    migrate,
    package_json,
    repack,
    res,
    serve,
    show,
    uninstall,
)
from .signals import stoppable

_GROUPS: dict[str, tuple[ModuleType, ...]] = {
    "commands for authors": (build, check, show, repack, migrate),
    "commands for indexes": (index, serve, package_json),
    "commands for boards": (install, list, uninstall, device, boards, freeze, res),
}


def make_parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser of `sdist-upip`, whose help groups the commands, and {name: subparser}."""
    parser = _Parser(
        prog="sdist-upip",
        usage="%(prog)s [-h] [--version] COMMAND ...",
        description="Package MicroPython code for the smallest devices.",
        epilog="`sdist-upip COMMAND --help` explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    subparsers = parser.add_subparsers(
        metavar="COMMAND", prog=parser.prog, required=True, help=argparse.SUPPRESS
    )
    for title, modules in _GROUPS.items():
        first = len(subparsers.choices)
        for module in modules:
            module.register(subparsers)
        # argparse lists all commands in one group. Each of these entries is a name with its help.
        parser.add_argument_group(title)._group_actions.extend(subparsers._choices_actions[first:])
    return parser, dict(subparsers.choices)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sdist-upip` and return the exit code: 0 success, 1 an error in the input.

    `arguments` default to those of the process. Raises SystemExit with 2 for a usage error, and
    with 128 plus the signal's number after a signal that stops the command.
    """
    with stoppable(), logging_to_stderr():
        prepare_streams()
        parser, _ = make_parsers()
        options = parser.parse_args(spell_devices(sys.argv[1:] if arguments is None else arguments))
        try:
            code: int = options.run(options)
            flush_output()
        except BrokenPipeError:  # the reader has closed the pipe, as head does
            drop_output()
            return 1
        except SdistUpipError as error:
            print_error(error)
            return 1
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            advice = "Check permissions, ownership and free disk space."
            print_error(f"{where}{error.strerror or error}. {advice}")
            try:
                flush_output()
            except OSError:
                drop_output()
            return 1
        return code


class _Parser(argparse.ArgumentParser):
    """A parser whose error messages are safe to show: they quote arguments."""

    def error(self, message: str) -> NoReturn:
        super().error(make_line(message))

"""The `sdist-upip` command: dispatch to subcommands, and exit codes.

The module of a subcommand has `register(subparsers)`, which adds its parser and sets `run` on it:
a function from the parsed arguments to the exit code. The module imports all else inside `run`, so
the other subcommands start without these imports.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from .. import __version__
from ..errors import SdistUpipError
from .commands import (
    build,
    check,
    device,
    freeze,
    install,
    list,
    migrate,
    repack,
    res,
    show,
    uninstall,
)
from .signals import stoppable

_GROUPS: dict[str, tuple[ModuleType, ...]] = {
    "commands for authors": (build, check, show, repack, migrate),
    "commands for boards": (install, list, uninstall, device, freeze, res),
}


def make_parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser of `sdist-upip`, whose help groups the commands, and {name: subparser}."""
    parser = argparse.ArgumentParser(
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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for names that the terminal cannot show
    parser, _ = make_parsers()
    options = parser.parse_args(arguments)
    try:
        with stoppable():
            code: int = options.run(options)
            _flush()
    except BrokenPipeError:  # the reader has closed the pipe, as head does
        _drop_output()
        return 1
    except SdistUpipError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        advice = "Check permissions, ownership and free disk space."
        print(f"error: {where}{error.strerror or error}. {advice}", file=sys.stderr)
        try:
            _flush()
        except OSError:
            _drop_output()
        return 1
    return code


def _flush() -> None:
    if sys.stdout:  # None if it is closed
        sys.stdout.flush()


def _drop_output() -> None:
    """Discard buffered output, so flushing it does not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

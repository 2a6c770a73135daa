"""The `sdist-upip` command: one module a subcommand; here are dispatch and exit codes.

A subcommand's module has `register(subparsers)`, which adds its parser and sets `run` on it:
a function from the parsed arguments to the exit code. What it needs beyond that it imports
inside `run`, so that every other subcommand starts without it.
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
    """Return the parser of `sdist-upip`, whose help groups the commands, and theirs by name."""
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
        # argparse lists all commands in one group; each of these entries has a name and its help.
        parser.add_argument_group(title)._group_actions.extend(subparsers._choices_actions[first:])
    return parser, dict(subparsers.choices)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sdist-upip` with `arguments`: 0 done, 1 an error in the input, 2 a usage error.

    A signal that stops it makes it clean up and raises SystemExit with 128 and the signal's number.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names that the terminal cannot show
    parser, _ = make_parsers()
    options = parser.parse_args(arguments)
    try:
        with stoppable():
            code: int = options.run(options)
            _flush()
    except BrokenPipeError:  # the reader has had enough, as head has
        _drop_output()
        return 1
    except SdistUpipError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        advice = "look at its mode, its owner and the room there"
        print(f"error: {where}{error.strerror or error}; {advice}", file=sys.stderr)
        try:
            _flush()
        except OSError:
            _drop_output()
        return 1
    return code


def _flush() -> None:
    if sys.stdout:  # None where it is closed
        sys.stdout.flush()


def _drop_output() -> None:
    """Forget what is still to be printed, so that it does not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""The `sdist-upip` command: dispatch to subcommands, and exit codes.

The module of a subcommand has `register(subparsers)`, which adds its parser and sets `run` on it:
a function from the parsed arguments to the exit code. Only the module of the command that runs is
imported, and it imports all else inside `run`, so that each command starts soon.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from .. import __version__
from ..errors import SdistUpipError
from ..messages.logs import logging_to_stderr
from ..messages.output import drop_output, flush_output, prepare_streams, print_error
from ..messages.text import make_line
from .signals import stoppable

_GROUPS: Mapping[str, Mapping[str, str]] = {
    "commands for authors": {
        "build": ".commands.build",
        "check": ".commands.check",
        "show": ".commands.show",
        "repack": ".commands.repack",
        "migrate": ".commands.migrate",
    },
    "commands for indexes": {
        "index": ".commands.index",
        "serve": ".commands.serve",
        "package-json": ".commands.package_json",
    },
    "commands for boards": {
        "install": ".commands.install",
        "list": ".commands.list",
        "uninstall": ".commands.uninstall",
        "device": ".commands.device",
        "boards": ".attached.boards",
        "freeze": ".commands.freeze",
        "res": ".commands.res",
    },
}
"""{title of a group: {command: its module}}"""


def make_parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser of `sdist-upip`, whose help groups the commands, and {name: subparser}."""
    return _make_parsers(_GROUPS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sdist-upip` and return the exit code: 0 success, 1 an error in the input.

    `arguments` default to those of the process. Raises SystemExit with 2 for a usage error, and
    with 128 plus the signal's number after a signal that stops the command.
    """
    with stoppable(), logging_to_stderr():
        prepare_streams()
        options = _parse(sys.argv[1:] if arguments is None else arguments)
        try:
            code: int = options.run(options)
            flush_output()
        except BrokenPipeError:  # the reader has closed the pipe, as head does
            drop_output()
            return 1
        except SdistUpipError as error:
            print_error(error)
            return 1
        except ImportError as error:
            from .extras import describe_failed_import

            message = describe_failed_import(error, getattr(options, "extra", None))
            if message is None:
                raise
            print_error(message)
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


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments. Only a usage error or a help text needs all parsers."""
    first = arguments[0] if arguments else ""
    if first == "--version":
        return _make_parsers({})[0].parse_args(arguments)
    for title, modules in _GROUPS.items():
        if module := modules.get(first):
            from .attached.options import spell_devices

            parser, _ = _make_parsers({title: {first: module}})
            return parser.parse_args(spell_devices(arguments))
    return make_parsers()[0].parse_args(arguments)


def _make_parsers(
    groups: Mapping[str, Mapping[str, str]],
) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
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
    for title, modules in groups.items():
        first = len(subparsers.choices)
        for module in modules.values():
            import_module(module, __package__).register(subparsers)
        # argparse lists all commands in one group. Each of these entries is a name with its help.
        parser.add_argument_group(title)._group_actions.extend(subparsers._choices_actions[first:])
    return parser, dict(subparsers.choices)


class _Parser(argparse.ArgumentParser):
    """A parser whose error messages are safe to show: they quote arguments."""

    def error(self, message: str) -> NoReturn:
        super().error(make_line(message))

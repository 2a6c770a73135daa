"""The directive `command`: how a command of sdist-upip is called, taken from its parser."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from sdist_upip.cli.main import make_parsers

if TYPE_CHECKING:
    from sphinx.application import Sphinx

WIDTH = 90


def describe_command(name: str) -> str:
    """Return Markdown that says what `sdist-upip NAME` does, and lists its arguments."""
    parser = make_parsers()[1][name]
    lines = [_escape(parser.description or ""), "", "```text", _read_usage(parser), "```", ""]
    for group in parser._action_groups:
        if group.description:
            lines += [f"**{_escape(group.title or '')}**", "", _escape(group.description), ""]
        for action in group._group_actions:
            if action.help and not isinstance(action, argparse._HelpAction):
                lines += [_name_action(action), f": {_escape(action.help)}", ""]
    return "\n".join(lines)


def _read_usage(parser: argparse.ArgumentParser) -> str:
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(WIDTH)  # argparse knows no other way
    try:
        return parser.format_usage().removeprefix("usage: ").strip()
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def _name_action(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return f"`{metavar}`"
    if action.choices:
        metavar = "{" + ",".join(map(str, action.choices)) + "}"
    value = "" if action.nargs == 0 else f" [{metavar}]" if action.nargs == "?" else f" {metavar}"
    return ", ".join(f"`{option}{value}`" for option in action.option_strings)


def _escape(text: str) -> str:
    """Escape what Markdown would take for markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>|#" else letter for letter in text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive; a page that has it is read at every build, so it cannot be stale."""
    from docutils import nodes
    from sphinx.util.docutils import SphinxDirective

    class Command(SphinxDirective):
        required_arguments = 1

        def run(self) -> list[nodes.Node]:
            self.env.note_reread()
            return self.parse_text_to_nodes(describe_command(self.arguments[0]))

    app.add_directive("command", Command)
    return {"parallel_read_safe": True}

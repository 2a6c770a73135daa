"""`sdist-upip --help`: every command once, in the group of those who need it."""

import re

import pytest

from sdist_upip.cli.main import main, make_parsers

AUTHORS = ["build", "check", "show", "repack", "migrate"]
INDEXES = ["index", "serve", "package-json"]
BOARDS = ["install", "list", "uninstall", "device", "boards", "freeze", "res"]


def read_help(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--help"])
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_the_help_groups_the_commands(capsys):
    shown = read_help(capsys)
    assert shown.startswith("usage: sdist-upip [-h] [--version] COMMAND ...\n")
    groups = re.split(r"^commands for (?:authors|indexes|boards):\n", shown, flags=re.MULTILINE)[1:]
    found = [re.findall(r"^  ([a-z-]+)  ", group, re.MULTILINE) for group in groups]
    assert found == [AUTHORS, INDEXES, BOARDS]


def test_the_parsers_are_those_of_the_commands(capsys):
    _, commands = make_parsers()
    assert list(commands) == AUTHORS + INDEXES + BOARDS
    for name, parser in commands.items():
        assert read_help(capsys, name) == parser.format_help()
        assert parser.prog == f"sdist-upip {name}"


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["build", "--unknown"]])
def test_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("usage: sdist-upip ")


@pytest.mark.parametrize(
    "words",
    [
        *("", "unknown", "lis", "-h", "--version", "--vers", "--version list", "--version=1"),
        *("list --help", "list a", "list --unknown", "list -p", "list --board= --reset"),
        *("-- list", "--unknown list", "install --mpy", "package-json --help", "boards --help"),
    ],
)
def test_the_parser_of_one_command_says_what_all_of_them_say(words, capsys):
    """Only the parser of the command that runs is made."""
    with pytest.raises(SystemExit) as expected:
        make_parsers()[0].parse_args(words.split())
        make_parsers()[1]["list"].error("--board= requires a DEVICE, or write --board alone")
    shown = capsys.readouterr()
    with pytest.raises(SystemExit) as stop:
        main(words.split())
    assert (stop.value.code, capsys.readouterr()) == (expected.value.code, shown)

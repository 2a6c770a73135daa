import io
import json
import sys

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.messages import output
from sdist_upip.messages.output import (
    EscapedStream,
    Styled,
    bold,
    dim,
    error_lines,
    format_line,
    green,
    print_document,
    print_error,
    print_json,
    print_message,
    print_result,
    programs_on_stderr,
    prompts_on_stderr,
    red,
    yellow,
)

EVIL = "\x1b[2J\nerror: x\r\x9b\u202e\u2028\x85"
SHOWN = "\\x1b[2J\\nerror: x\\r\\x9b\\u202e\\u2028\\x85"


class Terminal(io.TextIOWrapper):
    def __init__(self, encoding="utf-8"):
        super().__init__(io.BytesIO(), encoding, write_through=True)

    def isatty(self):
        return True

    def shown(self):
        return self.buffer.getvalue().decode(self.encoding)


def open_terminal(monkeypatch):
    """Make standard output a terminal and return it."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


def test_results_are_lines(capsys):
    print_result(EVIL, ("a ", red(EVIL), EVIL), "b")
    assert capsys.readouterr().out == f"{SHOWN}\na {SHOWN}{SHOWN}\nb\n"


def test_results_are_complete(capsys):
    print_result("x" * 20_000)
    assert capsys.readouterr().out == "x" * 20_000 + "\n"


def test_styles_are_for_terminals(monkeypatch):
    terminal = open_terminal(monkeypatch)
    print_result((red("a"), yellow("b"), green("c"), bold("d"), dim(EVIL), Styled("e", "7")))
    assert terminal.shown() == (
        "\x1b[31ma\x1b[0m\x1b[33mb\x1b[0m\x1b[32mc\x1b[0m\x1b[1md\x1b[0m"
        f"\x1b[2m{SHOWN}\x1b[0m\x1b[7me\x1b[0m\n"
    )


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_styles_can_be_switched_off(monkeypatch, name, value):
    terminal = open_terminal(monkeypatch)
    monkeypatch.setenv(name, value)
    print_result((red("a"),))
    assert terminal.shown() == "a\n"


def test_the_letters_of_an_encoding():
    assert format_line(("é", bold("█")), "latin-1", styles=False) == "é\\u2588"


def test_json_is_printable_and_valid(capsys):
    value = {EVIL: [EVIL, "\x7f", "é"]}
    print_json(value)
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.replace("\n", "").isprintable()
    assert json.loads(out) == value


def test_a_document_is_exact_in_a_file(capsysbinary):
    print_document(EVIL.encode() + b"\xff")
    assert capsysbinary.readouterr().out == EVIL.encode() + b"\xff"


def test_a_document_is_escaped_on_a_terminal(monkeypatch):
    terminal = open_terminal(monkeypatch)
    print_document(b"a\tb\x1b[2J\nc\xff\n")
    assert terminal.shown() == "a\tb\\x1b[2J\nc\\xff\n"


def test_messages_are_safe_lines_on_standard_error(capsys):
    print_message(f"warning: {EVIL}", "https://u:secret@h/", "x" * 20_000)
    shown = capsys.readouterr()
    assert shown.out == ""
    first, second, third = shown.err.splitlines()
    assert (first, second) == (f"warning: {SHOWN}", "https://…@h/")
    assert len(third) <= 1000


def test_errors(capsys):
    print_error(ConfigError(EVIL))
    print_error(ConfigError("a", f"    {EVIL}"))
    print_error(EVIL)
    print_error(OSError(EVIL))
    expected = f"error: {SHOWN}\nerror: a\n    {SHOWN}\nerror: {SHOWN}\nerror: {SHOWN}\n"
    assert capsys.readouterr().err == expected
    assert error_lines(ConfigError()) == ["error: "]


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_closed_stream_is_silent(monkeypatch, name):
    monkeypatch.setattr(sys, name, None)
    print_result("a") if name == "stdout" else print_message("a")
    if name == "stdout":
        print_document(b"a")
        output.flush_output()


def test_other_programs_print_escaped(capsys):
    with programs_on_stderr():
        sys.stdout.write("a\x1b\r\nb\tc\r")
        sys.stderr.write("d\u202e\n")
        assert not sys.stdout.isatty()
        assert sys.stdout.encoding
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "a\\x1b\nb\tc\\rd\\u202e\n")


def test_an_escaped_stream_is_one_of_text():
    stream = EscapedStream(Terminal("ascii"))
    assert (stream.isatty(), stream.encoding, stream.writable()) == (True, "ascii", True)
    assert stream.write("a\0") == 2
    stream.flush()
    assert stream.target.shown() == "a\\x00"


def test_prompts_go_to_standard_error(capsys):
    with prompts_on_stderr():
        sys.stdout.write("User: ")
    assert capsys.readouterr() == ("", "User: ")

"""Text from elsewhere cannot move the cursor, begin a line, or fill the screen."""

import sys

import pytest

from sdist_upip.messages.text import LIMIT, encodable, escape, make_line, make_lines

ESCAPED = {
    "\x1b[31m": "\\x1b[31m",
    "\x9b31m": "\\x9b31m",
    "\x07\x08\x7f\0": "\\x07\\x08\\x7f\\x00",
    "a\nerror: b": "a\\nerror: b",
    "a\r\nb\tc": "a\\r\\nb\\tc",
    "\x85\u2028\u2029\x0b\x0c\x1c": "\\x85\\u2028\\u2029\\x0b\\x0c\\x1c",
    "\u202e\u2066\u200f\u061c": "\\u202e\\u2066\\u200f\\u061c",
    "\u200b\ufeff\xad\xa0": "\\u200b\\ufeff\\xad\\xa0",
    "\udcff\ue000\U000e0041": "\\udcff\\ue000\\U000e0041",
}


@pytest.mark.parametrize("text", ESCAPED)
def test_characters_that_are_not_printable_are_escaped(text):
    for function in (escape, make_line):
        assert function(text) == ESCAPED[text]
        assert function(function(text)) == function(text)


def test_printable_text_stays():
    text = "größe Привет 日本 'a' \"b\" \\ – …"
    assert escape(text) == make_line(text) == text


def test_no_character_that_is_not_printable_remains():
    assert escape("".join(map(chr, range(sys.maxunicode + 1)))).isprintable()


def test_kept_characters():
    assert escape("a\n\tb\r", keep="\n\t") == "a\n\tb\\r"


def test_characters_that_an_encoding_lacks():
    assert encodable("é█\x1b", "ascii") == "\\xe9\\u2588\\x1b"
    assert encodable("é█\x1b", "utf-8") == "é█\\x1b"


@pytest.mark.parametrize("letter", ["x", "\x1b", "\U000e0041", "é"])
def test_long_text_keeps_its_beginning_and_its_end(letter):
    line = make_line(f"pkg.txt: {letter * 20_000} is wrong. Correct it.")
    assert len(line) <= LIMIT
    assert line.startswith("pkg.txt: ")
    assert line.endswith(" is wrong. Correct it.")
    assert " … " in line
    assert make_line(line) == line


def test_a_password_is_not_cut_in_two():
    line = make_line(f"{'x' * 640}https://user:{'secret' * 1000}@host/")
    assert "secret" not in line


def test_lines_of_another_program_do_not_look_like_a_message():
    text = "error: a\x1b\nerror: b\n\nhttps://u:secret@h\n"
    assert make_lines(text) == "error: a\\x1b\n    error: b\n\n    https://…@h"

"""Text is read as it is: with its line ends and its byte order mark."""

import pytest

from sdist_upip.migrate.text_files import line_end, read_text, split_bom, split_lines, walk_texts
from support.trees import write_tree


def test_text_that_is_not_read(tmp_path):
    write_tree(tmp_path, {"a": b"\xff", "b": "x" * 11, "c": "\ufeff1\r\n"})
    assert [read_text(tmp_path / name, 10) for name in "abcd"] == [None, None, "\ufeff1\r\n", None]
    assert read_text(tmp_path / "b", None) == "x" * 11
    assert read_text(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "mark", "lines", "end"),
    [
        ("", "", [], "\n"),
        ("a", "", ["a"], "\n"),
        ("\ufeffa\r\nb", "\ufeff", ["a\r\n", "b"], "\r\n"),
        ("a\x0cb\u2028c\n\rd\n", "", ["a\x0cb\u2028c\n", "\r", "d\n"], "\n"),
    ],
)
def test_lines(text, mark, lines, end):
    assert split_bom(text) == (mark, "".join(lines))
    assert split_lines("".join(lines)) == lines
    assert line_end(text) == end


def test_files_of_tools_are_left_out(tmp_path):
    names = (
        ".flake8",
        ".github/a.yml",
        ".git/x",
        "b",
        ".tox/y",
        ".mypy_cache/x",
        "c/site-packages/z",
        "dist/d",
    )
    write_tree(tmp_path, dict.fromkeys(names, ""))
    assert list(walk_texts(tmp_path)) == [".flake8", "b", ".github/a.yml"]

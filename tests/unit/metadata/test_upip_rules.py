"""What upip refuses in the content of an archive, and which lines it reads."""

import pytest

from sdist_upip.metadata.upip_rules import (
    find_computer_sign,
    find_requirement_defect,
    is_requirement_list,
    split_requirements,
)


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("pyproject.toml", b"", "pyproject.toml"),
        ("PyProject.TOML", b"", "PyProject.TOML"),
        ("src/x.py", b"", "src"),
        ("SRC/x.py", b"", "SRC"),
        ("src", b"", "src"),
        ("setup.py", b"import setuptools\n", "a setup.py that is not from sdist-upip"),
        ("setup.py", b"#" * 90 + b"sdist-upip", "a setup.py that is not from sdist-upip"),
        ("setup.py", b"#" * 89 + b"sdist-upip", None),
        ("setup.py", b"", None),
        ("Setup.py", b"import x", None),
        ("x/setup.py", b"import x", None),
        ("x/src/x.py", b"", None),
        ("x/pyproject.toml", b"", None),
        ("srcs/x.py", b"", None),
    ],
)
def test_signs_that_an_archive_is_made_for_computers(path, content, expected):
    assert find_computer_sign(path, content) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x.egg-info/requires.txt", True),
        ("a/x.egg-info/b/requires.txt", True),
        ("requires.txt", False),
        ("x/requires.txt", False),
        ("x.egg-info/requires.txt.old", False),
    ],
)
def test_lists_of_requirements(path, expected):
    assert is_requirement_list(path) == expected


@pytest.mark.parametrize(
    ("text", "prefix", "expected"),
    [
        (b"a\nb", b"", [b"a", b"b"]),
        (b"a\n\nb\n", b"", [b"a"]),
        (b"a\n[dev]\nb\n", b"", [b"a"]),
        (b"a\r\nb\r\n\r\nc", b"", [b"a", b"b"]),
        (b" a \n  \nb", b"", [b"a", b"", b"b"]),
        (b"Name: x\nN: a\nn: b\nN:c\n", b"N:", [b"a", b"c"]),
        (b"", b"", []),
    ],
)
def test_the_lines_with_requirements(text, prefix, expected):
    assert list(split_requirements(text, prefix)) == expected


@pytest.mark.parametrize(
    "requirement", [b"", b"a", b"a [b,c] >=1,<2 ; x == '~!@ #' and y != \"z\"", b"a @ https://b"]
)
def test_requirements_of_printable_ascii(requirement):
    assert find_requirement_defect(requirement) is None


@pytest.mark.parametrize(
    "requirement",
    [b"a\tb", b"a\rb", b"a\0", b"a\x1b[2J", b"a\x7f", b"a; x == '\xc2\x85'", b"\xc3\xa9", b"\xff"],
)
def test_requirements_with_other_characters(requirement):
    assert find_requirement_defect(requirement) == (
        f"The requirement {requirement!r} has a character that is not printable ASCII."
    )


def test_a_long_requirement_is_not_shown_whole():
    assert len(find_requirement_defect(b"\xff" * 1_000_000)) < 500

"""What upip refuses in the content of an archive, and which lines it reads."""

import pytest

from sdist_upip.metadata.upip_rules import (
    find_computer_sign,
    find_requirement_defect,
    is_requirement_list,
    split_metadata,
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
    ("text", "expected"),
    [
        (b"Name: x\nRequires-Dist: a\nrequires-dist: b\nRequires-Dist:c\n", [b"a", b"c"]),
        (b"Requires-Dist: a\r\n\r\nRequires-Dist: b", [b"a"]),
        (b"Requires-Dist:  a \n \nRequires-Dist:\n\nRequires-Dist: b", [b"a", b""]),
        (b"\rRequires-Dist: a\n", []),
        (b"Requires-Dist: a\rRequires-Dist: b\n\rx\nRequires-Dist: c", [b"a\rRequires-Dist: b"]),
        (b"\nRequires-Dist: a\n", []),
        (b"", []),
    ],
)
def test_the_requirements_in_metadata(text, expected):
    assert list(split_metadata(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a\nb", [b"a", b"b"]),
        (b" a \r\n  \n\nb\n", [b"a", b"b"]),
        (b"a\n[dev]\nb\n", [b"a", b'b ; extra == "dev"']),
        (b"[:os_name == '']\nb\nc\n", [b"b ; os_name == ''", b"c ; os_name == ''"]),
        (b"[d:os_name == '']\nb\n", [b"b ; (os_name == '') and extra == \"d\""]),
        (b"[\xff]\nb\n", [b"[\xff]", b'b ; extra == "\xff"']),
        (b"", []),
    ],
)
def test_the_lines_and_sections_of_requires_txt(text, expected):
    assert list(split_requirements(text)) == expected


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


def test_a_requirement_has_a_length():
    assert find_requirement_defect(b"a" * 1000) is None
    assert find_requirement_defect(b"a" * 1001).endswith("has 1,001 characters, more than 1,000.")
    section = b"[" + b"a" * 3_000_000 + b"]"
    assert next(split_requirements(section + b"\nb\n")) == section


def test_a_long_requirement_is_not_shown_whole():
    assert len(find_requirement_defect(b"\xff" * 1_000_000)) < 500

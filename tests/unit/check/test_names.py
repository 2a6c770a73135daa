"""Names that every device can hold."""

import pytest

from sdist_upip.check.names import check_conflicts, check_name
from support.problems import codes


@pytest.mark.parametrize(
    "segment",
    [
        *("a:b", "a*", "what?", 'a"b', "<a>", "a|b", "a.", "a ", "con", "AUX.py", "nul.tar.gz"),
        *("Com1", "com0", "lpt0.txt", "con .py", "GOODPA~1.PY", "a~9", "..."),
    ],
)
def test_names_that_fat_refuses(segment):
    assert codes(check_name(f"x-1.0/{segment}/f.py")) == ["name-fat"]


@pytest.mark.parametrize("segment", ["a.b", " a", "console.py", "com10", "aux2.py", "é+'~", "~g"])
def test_names_that_it_holds(segment):
    assert codes(check_name(f"x-1.0/{segment}")) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["x/a", "x/b", "x/c/d"], []),
        (["x/a", "x/a"], ["tar-duplicate"]),
        (["x/a", "x/a", "x/a"], ["tar-duplicate", "tar-duplicate"]),
        (["x/a", "x/A"], ["name-case"]),
        (["x/a/b", "x/A/c"], ["name-case"]),
        (["x/a/b", "x/a!/b", "x/A/c"], ["name-case"]),
        (["x/caf\u00e9", "x/cafe\u0301"], ["name-unicode"]),
        (["x/stra\u00dfe", "x/STRASSE"], ["name-unicode"]),
        (["x/\u00c9/a", "x/\u00e9/b"], ["name-case"]),
        (["x/gr\u0144.py", "x/gr\u014e.py"], ["name-case"]),
        (["x/A", "x/a", "x/a/b"], ["name-case", "name-case"]),
        (["x/a", "x/a/b"], ["name-clash"]),
        (["x/a", "x/a!", "x/a/b/c"], ["name-clash"]),
        (["x/a", "x/A/b"], ["name-case"]),
    ],
)
def test_conflicts(names, expected):
    assert codes(check_conflicts(names)) == expected
    assert codes(check_conflicts(names[::-1])) == expected


@pytest.mark.parametrize("name", ["x-1.0/a", "x-1.0/a b/c.py", "./a", "x/..a", "é/ü"])
def test_safe_names(name):
    assert codes(check_name(name)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("/a", ["name-absolute"]),
        ("../a", ["name-parent"]),
        ("x/..", ["name-parent"]),
        ("x/./a", ["name-segment"]),
        ("x//a", ["name-segment"]),
        ("C:\\a", ["name-backslash", "name-fat"]),
        ("..\\a", ["name-backslash"]),
        ("x/a\x7f", ["name-control"]),
        ("x/a\x85", ["name-control"]),
        ("x/a:b/../c", ["name-parent", "name-fat"]),
        ("x/\udcff", ["name-encoding"]),
        ("/../\x00", ["name-absolute", "name-parent", "name-control"]),
    ],
)
def test_unsafe_names(name, expected):
    assert codes(check_name(name)) == expected

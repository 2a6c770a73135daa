"""Where links of an archive lead, by their paths."""

import pytest

from sdist_upip.files.link_paths import LinkPaths, find_named

FILES = ("a/b/c.py", "a/d.py", "a0.py", "e")
LINKS = {
    "file": "a/d.py",
    "again": "file",
    "directory": "a",
    "out": None,
    "loop": "loop",
    "x": "y",
    "y": "x",
    "gone": "nowhere",
    "through": "directory/b/c.py",
    "x/out": None,
}
PATHS = LinkPaths(LINKS, FILES)


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("a/d.py", "a/d.py"),
        ("file", "a/d.py"),
        ("again", "a/d.py"),
        ("directory", "a"),
        ("directory/b/c.py", "a/b/c.py"),
        ("through", "a/b/c.py"),
        ("gone", "nowhere"),
        ("out", None),
        ("out/a", None),
        ("loop", None),
        ("loop/a", None),
        ("x", None),
    ],
)
def test_find(path, end):
    assert PATHS.find(path) == end


def test_chains_end():
    chain = LinkPaths({str(n): str(n + 1) for n in range(100)}, ["100"])
    assert chain.find("80") == "100"
    assert chain.find("0") is None


def test_find_below():
    assert PATHS.find_below("a") == ["a/b/c.py", "a/d.py"]
    assert PATHS.find_below("a/b") == ["a/b/c.py"]
    assert PATHS.find_below("e") == PATHS.find_below("") == []


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("a/l", "b", "a/b"),
        ("a/l", "../b", "b"),
        ("l", "./b//c", "b/c"),
        ("l", "../b", "../b"),
        ("a/l", "", "a"),
        ("l", "/b", None),
    ],
)
def test_find_named(path, text, named):
    assert find_named(path, text) == named

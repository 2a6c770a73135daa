import pytest

from sdist_upip import ConfigError
from sdist_upip.patterns import matches_any


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("a/*.py", ["a/b.py", "a/.py"], ["a/b/c.py", "b.py", "xa/b.py", "a/b.pyc"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab/c"]),
        ("**/x.py", ["x.py", "a/x.py", "a/b/x.py"], ["ax.py"]),
        ("a/**/x.py", ["a/x.py", "a/b/c/x.py"], ["a/bx.py", "x.py"]),
        ("a/?.py", ["a/b.py"], ["a/bc.py", "a//.py"]),
        ("a/[bc].py", ["a/b.py", "a/c.py"], ["a/d.py"]),
        ("a/[!bc].py", ["a/d.py"], ["a/b.py", "a//.py"]),
        ("a/[a-c].py", ["a/b.py"], ["a/d.py"]),
        ("a/[]^].py", ["a/].py", "a/^.py"], ["a/x.py"]),
        ("a/[.py", ["a/[.py"], ["a/b.py"]),
        ("a.b/(x)+", ["a.b/(x)+"], ["aXb/(x)+", "a.b/x"]),
    ],
)
def test_patterns(pattern, yes, no):
    assert [path for path in yes if not matches_any(path, [pattern])] == []
    assert [path for path in no if matches_any(path, [pattern])] == []


@pytest.mark.parametrize("pattern", ["", "/a", "a\\b", "../a", "a/../b"])
def test_patterns_that_can_match_nothing(pattern):
    with pytest.raises(ConfigError, match="Invalid pattern"):
        matches_any("a", [pattern])

"""Paths are read from expressions, and never guessed."""

import ast
from pathlib import Path

import pytest

from sdist_upip.migrate.setup_py.path_expressions import PathExpressions

HOME = Path("/home/me/project")


def resolve(expression, before=""):
    tree = ast.parse(f"{before}\n{expression}")
    return PathExpressions(HOME, tree).resolve(tree.body[-1].value)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("''", "/home/me/project"),
        ("'..'", "/home/me"),
        ("'./a/../b/'", "/home/me/project/b"),
        ("'/x'", "/x"),
        ("__file__", "/home/me/project/setup.py"),
        ("os.path.dirname(__file__)", "/home/me/project"),
        ("os.path.dirname(os.path.dirname(os.path.abspath(__file__)))", "/home/me"),
        ("os.path.join(os.pardir, 'a', 'b')", "/home/me/a/b"),
        ("os.path.split(__file__)[0]", "/home/me/project"),
        ("os.curdir + os.sep + 'a'", "/home/me/project/a"),
        ("Path()", "/home/me/project"),
        ("Path('a', 'b')", "/home/me/project/a/b"),
        ("str(pathlib.Path(__file__).resolve().parent.parent / 'a')", "/home/me/a"),
        ("Path(__file__).parents[1].joinpath('a').as_posix()", "/home/me/a"),
        ("os.path.abspath(sys.argv[0])", "/home/me/project/setup.py"),
        ("sys.path[0]", "/home/me/project"),
        ("f'{os.getcwd()}/a'", "/home/me/project/a"),
        ("Path.cwd() / 'a'", "/home/me/project/a"),
    ],
)
def test_the_value_of_an_expression(expression, expected):
    assert resolve(expression) == Path(expected)


@pytest.mark.parametrize(
    "expression",
    [
        *("f()", "x", "1", "'a' % b", "os.environ['A']", "os.path.join('a', b)", "Path(*parts)"),
        *("Path('a') / b", "sys.argv[1]", "a.parents[x]", "os.path.split('a')[2]", "'a' - 'b'"),
    ],
)
def test_what_is_not_certain(expression):
    assert resolve(expression) is None


def test_names_are_known_if_they_are_assigned_once():
    assert resolve("b", "a = 'x'\nb: str = a + '/y'") == HOME / "x/y"
    assert resolve("a", "a = 'x'\na = 'y'") is None
    assert resolve("a", "a = a + 'y'") is None
    assert resolve("a", "for a in 'xy': pass") is None

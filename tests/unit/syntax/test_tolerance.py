"""Faults that are removed from a text or its tree, one at a time."""

import ast

import pytest

from sdist_upip.syntax.tolerance import is_tolerated, repair_text, repair_tree


def error_of(code):
    with pytest.raises(SyntaxError) as caught:
        compile(code, "m", "exec")
    return caught.value


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("x\nf(1, x for x in y)", "x\nf(1, (x for x in y))"),
        ("def f(a, *): pass", "def f(a, *é_): pass"),
        ("lambda *, **k: a**b", "lambda *é_, **k: a**b"),
        ("x + y: int = 1", "é_: int = 1"),
        ("x, y: int", "é_: int"),
        ("from a import b,", "from a import b"),
        ("print 1", None),
    ],
)
def test_text(text, repaired):
    assert repair_text(text, error_of(text)) == repaired


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("def f():\n    return await a", "def f():\n    return a"),
        ("def f():\n    await (await a)", "def f():\n    a"),
        ("g(f(a=1, a=2))", "g(None)"),
        ("async def f():\n    x = yield from a", "async def f():\n    x = None"),
        ("def f():\n    global a\n    a: int", "def f():\n    global a\n    pass"),
    ],
)
def test_trees(text, repaired):
    tree = ast.parse(text)
    error = error_of(tree)
    assert is_tolerated(error)
    assert repair_tree(tree, error)
    assert ast.unparse(tree) == repaired


def test_faults_of_trees_that_micropython_refuses_too():
    assert not is_tolerated(error_of(ast.parse("return 1")))
    assert not is_tolerated(error_of(ast.parse("await a")))

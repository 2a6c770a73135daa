"""Statements and items are cut out of a source, and all other text is unchanged."""

import ast
import re

import pytest

from sdist_upip.migrate.setup_py.python_source import (
    apply_cuts,
    cut_item,
    parse_source,
    walk_blocks,
    without_statements,
)

ABOUT = re.compile(r"sys\.path")


def cut(text, name="drop"):
    """Return `text` without the statements that call `drop`."""
    tree = parse_source(text)
    doomed = [
        node
        for _, block in walk_blocks(tree)
        for node in block
        if isinstance(node, ast.Expr) and ast.unparse(node).startswith(name)
    ]
    return without_statements(text, doomed, ABOUT, tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\ndrop()\nb = 2\n", "a = 1\nb = 2\n"),
        ("drop()", ""),
        ("a = 1\r\ndrop()  # why\r\nb = 2", "a = 1\r\nb = 2"),
        ("\ufeffdrop()\r\nb = 2\r\n", "\ufeffb = 2\r\n"),
        ("a = 1; drop(); b = 2\n", "a = 1; b = 2\n"),
        ("drop(); b = 2\n", "b = 2\n"),
        ("a = 1; drop()\n", "a = 1\n"),
        ("a = 'é'; drop()  # ö\n", "a = 'é'  # ö\n"),
        ("drop(\n  1,\n)\nb = 2\n", "b = 2\n"),
        ("# about sys.path\n# and more\ndrop()\nb\n", "b\n"),
        ("# something else\ndrop()\nb\n", "# something else\nb\n"),
        ("#!/usr/bin/python # sys.path\ndrop()\nb\n", "#!/usr/bin/python # sys.path\nb\n"),
        ("a\n\ndrop()\n\nb\n", "a\n\nb\n"),
        ("drop()\n\nb\n", "b\n"),
        ("if a:\n    drop()\n    b\n", "if a:\n    b\n"),
        ("x = '''\n\x0c\n'''\ndrop()\nb\n", "x = '''\n\x0c\n'''\nb\n"),
    ],
)
def test_statements_go_with_their_comments(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "if a:\n    drop()\n",
        "if a:\n    b\nelse:\n    drop()\n",
        "try:\n    a\nexcept E:\n    drop()\n",
        "def f(): drop()\n",
    ],
)
def test_no_block_is_left_empty(text):
    assert cut(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = [drop, 1]\n", "x = [1]\n"),
        ("x = [1, drop]\n", "x = [1]\n"),
        ("x = [1, drop, 2]\n", "x = [1, 2]\n"),
        ("x = [drop,]\n", "x = []\n"),
        ("x = [\n  1,\n  drop,\n]\n", "x = [\n  1,\n]\n"),
        ("x = [\n  'ä', drop,\n  2]\n", "x = [\n  'ä', 2]\n"),
    ],
)
def test_an_item_goes_with_its_comma(text, expected):
    items = parse_source(text).body[0].value.elts
    (index,) = (i for i, item in enumerate(items) if getattr(item, "id", "") == "drop")
    after = apply_cuts(text, [cut_item(text, [(x, x) for x in items], index)])
    assert after == expected


def test_source_that_python_does_not_parse():
    assert parse_source("print 'x'\n") is None
    assert parse_source("\ufeffx = 1\n") is not None

"""Imports of a setup.py, its own and those of the files that it runs."""

import ast

import pytest

from sdist_upip.migrate.setup_py.imports import find_imports, find_module, find_reach, list_modules
from sdist_upip.migrate.setup_py.path_expressions import PathExpressions
from support.trees import write_tree


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a, b.c as d", {("a",), ("b", "c")}),
        ("from a import b", {("a",), ("a", "b")}),
        ("from . import a", {("",), ("", "a")}),
        ("from .a import b", {("", "a"), ("", "a", "b")}),
        ("def f():\n  import a", {("a",)}),
        ("__import__('a')", {("a",)}),
        ("importlib.import_module('a.b')", {("a", "b")}),
        ("__import__(x)", set()),
    ],
)
def test_names(source, expected):
    assert find_imports(ast.parse(source)) == expected


def test_modules_of_a_directory(tmp_path):
    files = {"a.py": "", "b/__init__.py": "", "c/d.py": "", "e.txt": "", "f-g.py": ""}
    write_tree(tmp_path, files)
    assert list_modules(tmp_path) == {"a", "b"}
    assert list_modules(tmp_path / "nowhere") == set()
    assert find_module(tmp_path, "b") == tmp_path / "b/__init__.py"
    assert find_module(tmp_path, "c") is None


def reach(directory, source, ignored=()):
    tree = ast.parse(source)
    found = find_reach(tree, PathExpressions(directory, tree), [directory], ignored, "")
    return found.found[directory], found.unknown, found.is_open


def test_reach(tmp_path):
    write_tree(tmp_path, {"a.py": "import b\n", "b.py": "import a, gone\n", "v.py": "import b\n"})
    assert reach(tmp_path, "import a, os") == ({"a", "b"}, {"gone"}, False)
    assert reach(tmp_path, "exec(open('v.py').read())") == ({"a", "b"}, {"gone"}, False)
    assert reach(tmp_path, "exec(x)") == (set(), set(), True)
    assert reach(tmp_path, "import a", ignored=["a"]) == (set(), set(), False)

"""Each spelling of a change of sys.path is one kind of operation."""

import ast

import pytest

from sdist_upip.migrate.setup_py.sys_path_changes import Kind, SysPathReader


def read(source):
    statements = SysPathReader(ast.parse(f"import sys\n{source}")).find()
    return [operation.kind for statement in statements for operation in statement.operations]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("sys.path.pop(0)", [Kind.FIRST]),
        ("sys.path.pop()", [Kind.LAST]),
        ("sys.path.pop(-1)", [Kind.LAST]),
        ("sys.path.pop(i)", [Kind.OTHER]),
        ("del sys.path[0], sys.path[0]", [Kind.FIRST, Kind.FIRST]),
        ("del sys.path[-1]", [Kind.LAST]),
        ("del sys.path[:]", [Kind.OTHER]),
        ("sys.path.remove(x)", [Kind.VALUE]),
        ("sys.path = [x for x in sys.path if x]", [Kind.FILTER]),
        ("sys.path = sys.path[1:]", [Kind.FIRST]),
        ("sys.path = sys.path[2:]", [Kind.OTHER]),
        ("sys.path = [a, b, *sys.path, c]", [Kind.FRONT, Kind.FRONT, Kind.BACK]),
        ("sys.path = [a] + sys.path", [Kind.FRONT]),
        ("sys.path = sys.path + [a]", [Kind.BACK]),
        ("sys.path[:0] = [a]", [Kind.FRONT]),
        ("sys.path[0] = a", [Kind.FIRST, Kind.FRONT]),
        ("sys.path[3:4] = a", [Kind.OTHER]),
        ("sys.path += a", [Kind.OTHER]),
        ("old = sys.path[:]", [Kind.SAVE]),
        ("old = copy.copy(sys.path)", [Kind.SAVE]),
        ("sys.path = old", [Kind.RESTORE]),
        ("addsitedir(x)", [Kind.BACK]),
        ("x = sys.path", []),
        ("print(sys.path[0])", []),
        ("while '' in sys.path:\n    sys.path.remove('')", [Kind.VALUE]),
        ("if a:\n    sys.path.append(a)\n    b()", [Kind.BACK]),
        ("def f():\n    sys.path.append(a)\n    b()", [Kind.BACK]),
    ],
)
def test_kinds(source, expected):
    assert read(source) == expected


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("if x in sys.path:\n    sys.path.remove(x)\n", ast.If),
        ("if sys.argv:\n    sys.path.pop(0)\n", ast.Expr),
        ("if f():\n    sys.path.pop(0)\n", ast.Expr),
        ("try:\n    sys.path.remove(x)\nexcept ValueError:\n    pass\n", ast.Try),
        ("try:\n    sys.path.remove(x)\n    import a\nexcept ValueError:\n    pass\n", ast.Expr),
        ("for x in f():\n    sys.path.append(x)\n", ast.Expr),
    ],
)
def test_a_compound_statement_counts_as_one_if_it_does_nothing_else(source, kind):
    (statement,) = SysPathReader(ast.parse(f"import sys\n{source}")).find()
    assert type(statement.node) is kind

"""Conditions and handlers on MicroPython."""

import ast

import pytest

from sdist_upip.check.code.conditions import (
    Guard,
    catches,
    catches_import_error,
    evaluate,
    find_guard,
    may_suppress,
    terminates,
)


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ("True", True),
        ("0", False),
        ("TYPE_CHECKING", False),
        ("typing.TYPE_CHECKING", False),
        ("not TYPE_CHECKING", True),
        ("sys.implementation.name == 'micropython'", True),
        ("sys.implementation.name != 'micropython'", False),
        ("sys.implementation.name == 'cpython'", False),
        ("sys.implementation.name in ('micropython', 'pycopy')", True),
        ("implementation.name not in ['micropython']", False),
        ("sys.implementation[0] == 'micropython'", True),
        ("sys.version_info >= (3, 8)", False),
        ("sys.version_info < (3,)", False),
        ("sys.version_info[0] == 3", True),
        ("sys.version_info[:2] > (3, 3)", True),
        ("sys.version_info[1] <= 4", True),
        ("TYPE_CHECKING and x", False),
        ("TYPE_CHECKING or x", None),
        ("x or True", True),
        ("x and True", None),
        ("sys.platform == 'linux'", None),
        ("sys.version_info == x", None),
        ("sys.version_info > 'x'", None),
        ("hasattr(sys, 'x')", None),
        ("a < b < c", None),
    ],
)
def test_values_of_conditions(test, value):
    assert evaluate(ast.parse(test, mode="eval").body) is value


@pytest.mark.parametrize(
    ("handlers", "guard"),
    [
        ("except ImportError: 0", Guard.HANDLED),
        ("except Exception as e: 0", Guard.HANDLED),
        ("except: 0", Guard.HANDLED),
        ("except (ValueError, ImportError): 0", Guard.HANDLED),
        ("except ValueError: 0\nexcept ImportError: 0", Guard.HANDLED),
        ("except MyError: 0", Guard.HANDLED),
        ("except errors.Missing: 0", Guard.HANDLED),
        ("except OSError: 0", Guard.NONE),
        ("except (KeyError, AttributeError): 0", Guard.NONE),
        ("finally: 0", Guard.NONE),
        ("except ModuleNotFoundError: 0", Guard.BROKEN),
        ("except (ImportError, ModuleNotFoundError): 0", Guard.BROKEN),
        ("except ImportError: 0\nexcept ModuleNotFoundError: 0", Guard.HANDLED),
    ],
)
def test_handlers(handlers, guard):
    (statement,) = ast.parse(f"try: 0\n{handlers}").body
    assert find_guard(statement.handlers, False) is guard


def test_a_module_may_define_the_exception():
    (statement,) = ast.parse("try: 0\nexcept ModuleNotFoundError: 0").body
    assert find_guard(statement.handlers, True) is Guard.HANDLED


def test_what_a_handler_catches():
    (statement,) = ast.parse(
        "try: 0\nexcept OSError: 0\nexcept (ImportError, E): 0\nexcept: 0"
    ).body
    first, second, third = statement.handlers
    assert [catches_import_error(item) for item in (first, second, third)] == [False, True, True]
    assert [catches(item, "OSError") for item in (first, second, third)] == [True, True, True]
    assert not catches(first, "AttributeError")


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("return", True),
        ("raise x", True),
        ("sys.exit(1)", True),
        ("x = 1\nreturn", True),
        ("if a: return\nelse: raise b", True),
        ("if a: return", False),
        ("return\nx = 1", False),
        ("pass", False),
    ],
)
def test_what_ends_a_block(code, ends):
    assert terminates(ast.parse(code).body) is ends


def test_nothing_does_not_end():
    assert not terminates([])


@pytest.mark.parametrize(
    ("header", "suppresses"),
    [
        ("suppress(ImportError)", True),
        ("contextlib.suppress(ImportError) as x", True),
        ("open(x)", False),
        ("lock", False),
        ("open(x), other()", True),
    ],
)
def test_with_statements(header, suppresses):
    (statement,) = ast.parse(f"with {header}: pass").body
    assert may_suppress(statement) is suppresses

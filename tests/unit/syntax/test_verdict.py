"""Which sources CPython refuses, and which of these MicroPython may accept."""

import ast
import sys
import time

import pytest

from sdist_upip.syntax.verdict import find_defect, parse_source
from support.sources import ACCEPTED, REFUSED, SINCE_312


def name(source):
    return repr(source[:40])


def verdict(source):
    defect = find_defect(source)
    return defect and defect.is_certain


@pytest.mark.parametrize("source", ACCEPTED, ids=name)
def test_sources_that_some_micropython_compiles(source):
    assert not verdict(source)


UNSURE = [b'x = b"\xc2\xb0C"', b"def f():\n    await a", b"if 1:\n\tx\n        y", b"# \xb0\n\xff"]


@pytest.mark.parametrize("source", UNSURE, ids=name)
def test_cpython_refuses_them(source):
    assert verdict(source) is False


@pytest.mark.parametrize("source", REFUSED, ids=name)
def test_sources_that_nothing_compiles(source):
    assert verdict(source) is True


@pytest.mark.parametrize("source", SINCE_312, ids=name)
def test_f_strings_of_later_versions(source):
    assert verdict(source) is (None if sys.version_info >= (3, 12) else False)


@pytest.mark.parametrize(
    "source",
    [
        *(b"", b"x = 1", b"x = '\\d'\nassert (1, 2)\nx is 1", b"\xef\xbb\xbfx = 1"),
        *("é = 'ü'  # ß".encode(), b'# coding: latin-1\nx = "\xb0"', b'x = f"{a!r:>{b}}"'),
        b"match x:\n  case 1: pass",
    ],
    ids=name,
)
def test_sources_that_cpython_compiles(source):
    assert find_defect(source) is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b'\nx = b"\xc2\xb0"', "bytes can only contain ASCII literal characters, line 2"),
        (b'x = b"\xc2\xb0"\n\nx = 10 20', "invalid syntax, line 3"),
        (b"def f():\n    await a\n\n\nreturn", "'return' outside function, line 5"),
        (b"x = '\0", "unterminated string literal (detected at line 1), line 1"),
        (b"a" + b".b" * 40_000, "the code is nested too deeply"),
    ],
)
def test_the_reason_is_the_error_that_decides(source, reason):
    assert find_defect(source).reason.removesuffix(". Perhaps you forgot a comma?") == reason


def test_the_tree_of_a_source_that_only_micropython_compiles():
    tree = parse_source('x = b"°\\n"; y = br"°"; z = f"{"; w = 1_'.replace("{", "}").encode())
    values = [ast.literal_eval(statement.value) for statement in tree.body]
    assert values == [b"\xc2\xb0\n", b"?", "}", 1]
    assert parse_source(b'print "x"') is None
    assert ast.dump(parse_source(b"x = 1")) == ast.dump(ast.parse("x = 1"))


@pytest.mark.parametrize(
    "source",
    [
        b"x = b'\xb0'\n" * 20_000,
        b"f(a=1, a=2)\n" * 8_000,
        b"def f():\n    await a\n" * 8_000,
        b"x = b'\xb0'\n" + b'f"{' * 30_000,
        b"x = b'\xb0'\n" + b"f'{(" * 30_000,
        b"x = b'\xb0'\n" + b"\xc2\xb0 " * 30_000,
        b"def f(*): pass\n" * 8_000,
    ],
    ids=name,
)
def test_many_faults_take_little_time(source):
    start = time.process_time()
    find_defect(source)
    assert time.process_time() - start < 10

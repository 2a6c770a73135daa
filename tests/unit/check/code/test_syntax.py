"""Syntax that MicroPython lacks, as mpy-cross has it: see tests/integration/test_code_rules.py."""

import sys

import pytest

from sdist_upip.check.code.source import Source
from sdist_upip.check.code.syntax import find_unsupported_syntax
from support.syntax import FINE, REFUSED, REFUSED_UNTIL


def find(text, *minor):
    return find_unsupported_syntax(Source("m.py", text.encode()), *minor)


@pytest.mark.parametrize("text", REFUSED)
def test_syntax_that_no_release_has(text):
    found = find(f"x = 1\n{text}")
    assert found
    assert (found.line >= 2, found.until) == (True, 29)


@pytest.mark.parametrize("text", FINE)
def test_syntax_that_all_releases_have(text):
    assert find(text) is None
    assert find(text, 19) is None


@pytest.mark.parametrize(("text", "until"), REFUSED_UNTIL)
def test_syntax_that_older_releases_lack(text, until):
    assert find(text) is None
    assert find(text, until + 1) is None
    found = find(text, until)
    assert found
    assert found.until == until


@pytest.mark.parametrize("text", ["def f[T](x): pass", "class A[T]: pass", "type X = int"])
def test_syntax_of_newer_pythons(text):
    """An older CPython refuses it, and then the rule `syntax` reports it."""
    assert bool(find(text)) is (sys.version_info >= (3, 12))


def test_the_first_place_is_reported():
    found = find("def f():\n    return [*a]\n\n\ndef g(a, /):\n    pass\n")
    assert (found.line, found.name) == (2, "a starred item in a list or a tuple")


def test_a_source_that_cannot_be_parsed():
    assert find("def f(a, /): pass\nprint 'x'") is None

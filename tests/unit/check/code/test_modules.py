"""The modules of a release."""

import pytest

from sdist_upip.check.code.modules import ReleaseModules, is_module_name, split_suffix

MODULES = ReleaseModules(
    ["a.py", "b/__init__.py", "b/c.mpy", "n/d/e.py", "web/x.html", "h.py", "h/data.txt"]
)


@pytest.mark.parametrize("name", ["a", "b", "b.c", "n", "n.d", "n.d.e", "web", "h"])
def test_modules_and_directories_are_found(name):
    assert MODULES.has(name)


@pytest.mark.parametrize("name", ["c", "a.b", "b.x", "web.x", "h.data", "PKG-INFO"])
def test_others_are_not(name):
    assert not MODULES.has(name)


def test_directories_without_names_of_their_own():
    plain = {name for name in ("b", "n", "n.d", "web", "h") if MODULES.is_plain_directory(name)}
    assert plain == {"n", "n.d", "web"}


@pytest.mark.parametrize("segment", ["a", "_a1", "café", "match", "print"])
def test_module_names(segment):
    assert is_module_name(segment)


@pytest.mark.parametrize("segment", ["a-b", "1a", "class", "async", "a.b", "a b", ""])
def test_names_that_no_import_has(segment):
    assert not is_module_name(segment)


def test_suffixes():
    assert [split_suffix(path) for path in ("a/b.py", "a.mpy", "a.txt")] == ["a/b", "a", None]

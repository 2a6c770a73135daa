"""Names of modules by their paths, and sources that cannot be parsed."""

import pytest

from sdist_upip.check.code.source import Source


@pytest.mark.parametrize(
    ("path", "name", "package", "is_package"),
    [
        ("a.py", "a", "", False),
        ("a/__init__.py", "a", "a", True),
        ("a/b.py", "a.b", "a", False),
        ("a/b/__init__.py", "a.b", "a.b", True),
        ("__init__.py", "__init__", "", False),
    ],
)
def test_names(path, name, package, is_package):
    source = Source(path, b"")
    assert (source.name, source.package, source.is_package) == (name, package, is_package)


@pytest.mark.parametrize(
    "data",
    [b"print 'x'", b"x = \x00", b"(" * 5000, b"x = " + b"[" * 300, b"a," * 200_000],
)
def test_sources_without_a_tree(data):
    assert Source("a.py", data).tree is None


def test_a_source_that_only_micropython_takes():
    source = Source("a.py", "import os\nx = b'°C'\n".encode())
    assert source.tree is not None
    assert not source.is_python
    assert Source("a.py", b"x = 1").is_python


def test_an_invalid_escape_is_no_warning():
    assert Source("a.py", b"x = '\\d'").tree is not None


@pytest.mark.parametrize(
    ("path", "level", "module", "absolute"),
    [
        ("p/m.py", 1, "a", "p.a"),
        ("p/m.py", 1, "", "p"),
        ("p/__init__.py", 1, "a", "p.a"),
        ("p/q/m.py", 2, "a", "p.a"),
        ("p/m.py", 2, "a", None),
        ("m.py", 1, "a", None),
    ],
)
def test_relative_imports(path, level, module, absolute):
    assert Source(path, b"").resolve_relative(level, module) == absolute

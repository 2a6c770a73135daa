"""Which modules import pkg_resources, and the module that is added for them."""

import warnings
from importlib.metadata import version

import pytest

from sdist_upip.board import pkg_resources
from sdist_upip.board.pkg_resources import imports_pkg_resources, is_importer, is_provided
from support.paths import ROOT

IMPORTS = [
    b"import pkg_resources",
    b"import os, pkg_resources as p",
    b"from pkg_resources import resource_stream as r",
    b"from pkg_resources import *",
    b"def f():\n    from pkg_resources import (\n        resource_stream,\n    )",
    b"class A:\n  def f(self):\n    if 1: import pkg_resources",
    b"try:\r\n    import pkg_resources\r\nexcept ImportError:\r\n    pass",
    b"import os; import pkg_resources",
    b"import \\\n    pkg_resources",
    b"__import__('pkg_resources')",
    b"import importlib\nimportlib.import_module('pkg_resources')",
    b"\xef\xbb\xbfimport pkg_resources",
    b"# coding: latin-1\n'\xe9'\nimport pkg_resources",
    b"'\\d'\nimport pkg_resources",
]
OTHERS = [
    b"",
    b"# import pkg_resources",
    b"x = 1  # import pkg_resources",
    b"'pkg_resources'",
    b'"""\nimport pkg_resources\n"""',
    b"print('import pkg_resources')",
    b"from . import pkg_resources",
    b"from .pkg_resources import x",
    b"from a import pkg_resources",
    b"import a as pkg_resources",
    b"import pkg_resources_too, my_pkg_resources, a.pkg_resources",
    b"pkg_resources = 1",
]
REFUSED = [
    (b"import pkg_resources\nx = b'\xc2\xb0C'", True),
    (b"def f():\n    await g()\n    import os, pkg_resources as p", True),
    (b"1 +\nfrom  pkg_resources\timport x", True),
    (b"1 +\ntry: import pkg_resources", True),
    (b"1 +\nx = 1; import pkg_resources", True),
    (b"1 +\rimport \\\r\n    pkg_resources", True),
    (b"1 +\n__import__('pkg_resources')", True),
    (b"1 +\n# import pkg_resources", False),
    (b"1 +\nx = 'pkg_resources'", False),
    (b"1 +\nimport a.pkg_resources, pkg_resources_too", False),
    (b"1 +\nfrom . import pkg_resources", False),
]


@pytest.mark.parametrize("source", IMPORTS)
def test_a_source_that_imports_it(source):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert is_importer("a/b.py", source)
    assert not is_importer("a/b.txt", source)


@pytest.mark.parametrize("source", OTHERS)
def test_a_source_that_has_the_name_alone(source):
    assert not is_importer("a/b.py", source)


@pytest.mark.parametrize(("source", "imports"), REFUSED)
def test_a_source_that_python_cannot_parse(source, imports):
    with pytest.raises(SyntaxError):
        compile(source, "a.py", "exec")
    assert is_importer("a.py", source) is imports


@pytest.mark.parametrize("first", [b"import pkg_resources\n", b"# pkg_resources\n"])
def test_a_source_that_is_too_large_to_parse(first):
    assert is_importer("a.py", first + b"x = [" + b"[]," * 200_000 + b"]") is (first[0] != 35)


def test_the_search_takes_linear_time():
    assert not is_importer("a.py", b"1 +\npkg_resources\n" + b":import x" * 1_000_000)


@pytest.mark.parametrize(
    ("data", "imports"),
    [
        (b"M\x06\x00\x1f\x01\x02\x0aa.py\x00\x1apkg_resources\x00", True),
        (b"M\x06\x00\x1f\x01\x02\x0aa.py\x00\x05\x0dpkg_resources\x00", True),
        (b"M\x06\x00\x1f\x01\x02\x0aa.py\x00\x22pkg_resources_two\x00", False),
        (b"M\x06\x00\x1f\x01\x02\x0aa.py\x00\x05\x15a pkg_resources or so\x00", False),
    ],
)
def test_a_compiled_module(data, imports):
    assert is_importer("a.mpy", data) is imports


def test_one_module_is_enough():
    files = [("a.py", b""), ("b.txt", b"import pkg_resources"), ("c.py", b"import pkg_resources")]
    assert imports_pkg_resources(files)
    assert not imports_pkg_resources(files[:2])


@pytest.mark.parametrize(
    ("path", "provided"),
    [
        ("pkg_resources.py", True),
        ("pkg_resources.mpy", True),
        ("pkg_resources/__init__.py", True),
        ("pkg_resources/a/b.mpy", True),
        ("pkg_resources/data.txt", False),
        ("pkg_resources.txt", False),
        ("a/pkg_resources.py", False),
    ],
)
def test_what_provides_it(path, provided):
    assert is_provided(["x.py", path]) is provided


def test_the_source_is_that_of_device():
    data = (ROOT / "src/sdist_upip/device/pkg_resources.py").read_bytes()
    assert pkg_resources.make_module() == ("pkg_resources.py", data)
    assert pkg_resources.package_version() == version("sdist-upip")

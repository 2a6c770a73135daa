"""Directories of tests, documentation and tools, and packages that have such names."""

import pytest

from sdist_upip.check.host_directories import find_host_directories
from sdist_upip.filenames import HOST_DIRECTORIES

CODE = {"x/__init__.py": b"x = 1\n"}


def compiled(*names):
    return b"M\x06\x00\x1f" + b"".join(bytes((len(n) * 2,)) + n.encode() + b"\0" for n in names)


@pytest.mark.parametrize("name", sorted(HOST_DIRECTORIES))
@pytest.mark.parametrize(
    "files",
    [
        {"a.txt": b""},
        {"test_a.py": b""},
        {"__init__.py": b"", "test_a.py": b""},
        {"__init__.py": b"", "a_test.py": b""},
        {"__init__.py": b"", "b/test_a.mpy": b""},
        {"__init__.py": b"", "conftest.py": b""},
        {"__init__.py": b"", "a.py": b"import unittest\n"},
        {"__init__.py": b"", "a.py": b"if x:\n    from pytest import y\n"},
        {"__init__.mpy": b"", "a.mpy": compiled("unittest")},
    ],
)
def test_for_the_host(name, files):
    below = {f"{name}/{path}": data for path, data in files.items()}
    assert find_host_directories({**CODE, **below}) == {name}


@pytest.mark.parametrize("name", sorted(HOST_DIRECTORIES))
def test_modules_without_init(name):
    """Only test/ and tests/ are packages without it: their modules can be distinguished."""
    needed = name in {"test", "tests"}
    assert find_host_directories({**CODE, f"{name}/a.py": b""}) == (set() if needed else {name})


@pytest.mark.parametrize("name", sorted(HOST_DIRECTORIES))
@pytest.mark.parametrize(
    "files",
    [
        {"__init__.py": b"", "a.py": b"# unittest\n"},
        {"__init__.mpy": b"", "a.mpy": compiled("unittests")},
        {"__init__.py": b"", "latest.py": b"from .pytest import x\n"},
    ],
)
def test_packages(name, files):
    below = {f"{name}/{path}": data for path, data in files.items()}
    assert find_host_directories({**CODE, **below}) == set()


@pytest.mark.parametrize(
    "source",
    [
        b"import tests\n",
        b"import os, tests.a as t\n",
        b"def f():\n    from tests.a import b\n",
        b"__import__('tests')\n",
        b"importlib.import_module('tests.a')\n",
        'x = b"°"\nimport tests\n'.encode(),
        b"print 1\n  import tests\n",
    ],
)
def test_a_module_imports_it(source):
    files = {**CODE, "tests/test_a.py": b"import unittest\n", "docs/a.py": b""}
    assert find_host_directories({**files, "y.py": source}) == {"docs"}
    assert find_host_directories({**files, "tests/y.py": source}) == {"docs", "tests"}


def test_a_compiled_module_imports_it():
    files = {**CODE, "tests/test_a.py": b""}
    assert find_host_directories({**files, "y.mpy": compiled("tests")}) == set()
    assert find_host_directories({**files, "y.mpy": compiled("mytests", "testsuite")}) == {"tests"}


@pytest.mark.parametrize("source", [b"from . import tests\n", b"# import tests\n", b"tests = 1\n"])
def test_a_module_that_only_names_it(source):
    assert find_host_directories({"x/y.py": source, "tests/test_a.py": b""}) == {"tests"}


def test_nothing_else():
    assert find_host_directories({"test/pystone.py": b"", "LIESMICH": b""}) == set()
    assert find_host_directories({"test/test_a.py": b"", "tests/test_b.py": b""}) == set()
    assert find_host_directories({}) == set()
    assert find_host_directories({"tests": b"", "x.py": b"", "x/tests/a.py": b""}) == set()

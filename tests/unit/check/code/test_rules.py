"""Which files of a release the rules about code look at."""

import pytest

from sdist_upip.check.code.rules import find_sources


@pytest.mark.parametrize(
    "path",
    [
        *("tests/a.py", "p/tests/a.py", "p/test/a.py", "p/test_a.py", "p/a_test.py"),
        *("conftest.py", "examples/a.py", "docs/conf.py", "tools/a.py", "setup.py"),
        *("p/data.txt", "p/R.py", "x.egg-info/a.py"),
    ],
)
def test_files_that_boards_do_not_import(find_codes, path):
    assert find_codes({path: "import numpy\n", "m.py": ""}) == set()


@pytest.mark.parametrize("path", ["m.py", "p/testing.py", "p/examples/a.py", "p/__main__.py"])
def test_modules(find_codes, path):
    assert find_codes({path: "import numpy\n"}) == {("import", path)}


def test_sources_without_resource_modules():
    files = {"a.py": b"", "a/R.py": b"", "R.py": b"", "b.mpy": b"", "c.txt": b""}
    assert [source.path for source in find_sources(files)] == ["a.py", "R.py"]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy\n" + "if x: pass\nelif y: pass\n" + "elif z: pass\n" * 3000,
        "import numpy\nx = " + "1+" * 5000 + "1\n",
        "import numpy\nx = a" + ".b" * 5000 + "\n",
    ],
)
def test_code_that_is_nested_deeply_is_no_error(find_codes, text):
    assert {code for code, _ in find_codes({"m.py": text})} <= {"import"}

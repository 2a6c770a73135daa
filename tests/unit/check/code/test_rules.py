"""Which files of a release the rules about code look at."""

import time

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


def test_code_that_is_nested_deeply_hides_no_other_module(find_codes):
    deep = "if x: pass\n" + "elif y: pass\n" * 700 + "import numpy\nimport os\nos.path\n"
    assert ("import", "m.py") in find_codes({"a.py": deep, "m.py": "import numpy\n"})


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"m.py": "in " * 500_000 + "\n*a"}, id="star"),
        pytest.param({"m.py": "for " * 500_000 + "\nawait"}, id="await"),
        pytest.param({"m.py": "return\t" * 300_000 + "\n*a"}, id="return"),
        pytest.param({"m.py": "#" + " import" * 500_000}, id="comment"),
        pytest.param({"m.py": "[" + ", *a" * 500_000}, id="stars"),
        pytest.param({"m.py": "f(" * 150 + ", *a" * 500_000}, id="calls"),
        pytest.param({"m.py": "in" + " " * 1_000_000 + "\n" * 1_000_000 + "*"}, id="space"),
        pytest.param({"m.py": "import " + "a." * 500_000 + "b\n"}, id="dots"),
        pytest.param({"m.py": "import zz, " + "a." * 5_000 + "b\nx = `"}, id="dots-mask"),
        pytest.param(
            {"p/__init__.py": "x=1\n" * 500_000, "m.py": f"from p import {'n, ' * 30_000}n"},
            id="names",
        ),
        pytest.param(
            {
                "p/__init__.py": "x=1\n" * 500_000,
                "m.py": f"from p import {', '.join(f'n{number}' for number in range(20_000))}",
            },
            id="different-names",
        ),
        pytest.param(
            {f"p/m{number}.py": "" for number in range(5000)}
            | {"m.py": "".join(f"import q{number}\n" for number in range(20_000))},
            id="missing",
        ),
        pytest.param(
            {f"m-{number}.py": "" for number in range(3000)}
            | {"m.py": "x = open('y')\n" * 200_000},
            id="dashes",
        ),
    ],
)
def test_time_for_hostile_sources(find_codes, files):
    before = time.process_time()
    find_codes(files)
    assert time.process_time() - before < 10


def test_a_source_has_at_most_a_hundred_problems(find_code_problems):
    text = "".join(f"import missing{number}\n" for number in range(500))
    assert len(find_code_problems({"m.py": text})) == 100


def test_modules_in_src_import_each_other(find_codes):
    files = {
        "src/p/__init__.py": "from p.a import x\nfrom . import a\n",
        "src/p/a.py": "import numpy\n",
        "samples/s.py": "import p.a, a\n",
    }
    assert find_codes(files) == {("import", "src/p/a.py"), ("import", "samples/s.py")}
    package = {"src/__init__.py": "", "src/a.py": "import src.b\n", "src/b.py": ""}
    assert find_codes(package) == set()


def test_large_releases_are_parsed_in_part(find_codes):
    text = "import numpy\n" + "x = 'text'  # a comment\n" * 12_000
    found = find_codes({f"m{number}.py": text for number in range(30)})
    assert 5 < len(found) < 15

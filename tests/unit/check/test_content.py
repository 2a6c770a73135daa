"""The rules for the content of an archive, over files instead of whole archives."""

import warnings

import pytest

from sdist_upip.check.content import check_content
from sdist_upip.resources.module import resource_module
from support.problems import codes

CODE = {"x/__init__.py": b"x = 1\n"}


def content(files, **options):
    return [(p.code, p.path) for p in check_content({**CODE, **files}, **options)]


UNNEEDED = (
    *("poetry.lock", "MANIFEST.in", "MANIFEST", "tox.ini", "noxfile.py", "Makefile", "LICENSE"),
    *("versioneer.py", "toxfile.py", "fabfile.py", "package-lock.json", "pdm.lock"),
    *("LICENSE.txt", "licence", "COPYING", "NOTICE", "AUTHORS.rst", "CHANGELOG.md", "CHANGES"),
    *("requirements.txt", "requirements-dev.txt", ".gitignore", ".github/workflows/ci.yml"),
    *("sdist_upip.py", "package.json", "conftest.py", "index.rst", "uv.lock", "mypy.ini"),
    *("tests/test_x.py", "tests/conftest.py", "docs/index.html", "test/data.bin", "tools/make.sh"),
    *("examples/demo.py", "x/py.typed", "x/__init__.pyi", "x/fast.c", "x/y.pyc", "x/_fast.so"),
    *("x/__pycache__/y.cpython-311.pyc", "x/.DS_Store", "x/y.py.orig", "x/y.py~"),
)


@pytest.mark.parametrize("path", UNNEEDED)
def test_files_for_people_and_tools_are_unneeded(path):
    assert content({path: b"\xff not python"}) == [("unneeded", path)]


BYTECODE = b"M\x06\x00\x1f"
NEEDED = (
    *("boot.py", "main.mpy", "x/data.json", "www/index.html", "cert.der", "x/tests/test_x.py"),
    *("x/docs/help.txt", "x/LICENSE", "settings.json", "config.ini", "x/README.md", "history.mpy"),
    *("x/pyproject.toml", "licenses.py", "wifi.toml"),
)


@pytest.mark.parametrize("path", NEEDED)
def test_modules_and_data_are_not(path):
    assert content({path: BYTECODE if path.endswith(".mpy") else b"1\n"}) == []


def test_a_package_of_tools_or_examples_is_needed():
    assert content({"tools/__init__.py": b"", "tools/make.py": b""}) == []


@pytest.mark.parametrize(
    "files",
    [
        {"src/y/__init__.py": b"", "src/y/z.py": b"", "src/y.egg-info/SOURCES.txt": b""},
        {"src/__init__.py": b"", "src/x.py": b""},
        {"src/y.egg-info/SOURCES.txt": b""},
    ],
    ids=["src layout", "package", "metadata"],
)
def test_a_directory_src_is_reported_once(files):
    assert content(files) == [("src-layout", "src/")]


def test_a_directory_src_in_other_case():
    assert content({"SRC/x.py": b""}) == [("src-layout", "SRC/")]


@pytest.mark.parametrize(
    "path", ["pyproject.toml", "PyProject.toml", "pyproject.toml/x", "src", "Src", "setup.py"]
)
def test_files_of_archives_for_computers(path):
    assert content({path: b"import x\n"}) == [("for-computers", path)]


@pytest.mark.parametrize("text", [b"", b"# Written by sdist-upip.\n", b"#" * 89 + b"sdist-upip"])
def test_a_setup_script_that_upip_accepts(text):
    assert content({"setup.py": text}) == []


@pytest.mark.parametrize(
    "path",
    ["setup.mpy", "setup.data/x.py", "README.py", "README/x.txt", "PKG-INFO.py", "x/a.egg-info.py"],
)
def test_members_that_upip_skips_although_they_are_needed(path):
    assert content({path: b""}) == [("not-installed", path)]


def test_a_list_of_dependencies_that_upip_reads_elsewhere():
    (problem,) = check_content({**CODE, "setup.d/requires.txt": b""})
    assert problem.code == "not-installed"
    assert problem.message.startswith("Stock upip reads this file as a list of dependencies, ")


@pytest.mark.parametrize(
    "path", ["setup.cfg", "README", "README.rst", "PKG-INFO", "x.egg-info/licenses/L"]
)
def test_members_that_upip_skips_rightly(path):
    assert content({path: b"not python"}) == []


@pytest.mark.parametrize(
    "source",
    [
        b"x = (",
        b"x = 1\n\ty = 2\n",
        b"\0",
        b"(" * 5000,
        b"return 1",
        b"\\N{nope}",
        b"'\\N{nope}'",
        b"def f(:",
    ],
)
def test_sources_that_do_not_compile(source):
    assert content({"x/y.py": source}) == [("syntax", "x/y.py")]


@pytest.mark.parametrize(
    "source",
    [
        b"caf\xe9",
        b"# coding: nonsense\n",
        b"-" * 90_000 + b"1",
        b"a" + b".b" * 40_000,
        b"x = " + b"9" * 5000 + b"\n\xff",
        b'x = b"\xc2\xb0C"',
        b"def f():\n    await x",
        b"if x:\n\ty\n        z",
    ],
)
def test_sources_that_only_micropython_may_compile(source):
    assert content({"x/y.py": source}) == [("syntax-unsure", "x/y.py")]


def test_sources_that_make_the_compiler_warn_are_fine():
    assert content({"x/y.py": b"x = '\\d'\nassert (1, 2)\nx is 1\n"}) == []


def test_trusted_sources_are_not_compiled():
    assert content({"x/y.py": b"x = ("}, trusted={"x/y.py"}) == []


def test_sources_beyond_the_limits_are_not_compiled():
    big = b"# comment\n" * 420_000
    assert content({"x/y.py": big}) == [("source-large", "x/y.py")]
    assert content({"x/y.py": b"x = [" + b"1," * 50_001 + b"]\n"}) == [("source-large", "x/y.py")]
    assert content({"x/y.py": b"x = [" + b"1," * 49_000 + b"]\n"}) == []


def test_large_modules_of_data_are_compiled_and_compared():
    data = bytes(range(256)) * 600
    files = {"x/a.bin": data, "x/R.py": resource_module({"a.bin": data})}
    assert len(files["x/R.py"]) > 300_000
    assert content(files) == []
    assert content({**files, "x/a.bin": data[1:]}) == [("resources", "x/R.py")]


@pytest.mark.parametrize(
    ("files", "defect"),
    [
        ({"x/a": b"1", "x/b/c": b"2"}, None),
        ({}, None),
        ({"x/a": b"1"}, "'b/c', and no such file"),
        ({"x/a": b"1", "x/b/c": b"3"}, "differ in 'b/c'"),
        ({"x/a": b"1", "x/b/c": b"2", "x/d": b""}, "lacks the data file 'd'"),
        ({"x/a": b"1", "x/b/c": b"2", "x/py.typed": b"", "x/m.mpy": BYTECODE, "www/f": b""}, None),
    ],
)
def test_resources(files, defect):
    module = resource_module({"a": b"1", "b/c": b"2"})
    problems = [
        p for p in check_content({**CODE, **files, "x/R.py": module}) if p.code != "unneeded"
    ]
    assert codes(problems) == (["resources"] if defect else [])
    assert not defect or defect in problems[0].message


def test_a_module_that_is_merely_called_r_is_left_alone():
    assert content({"x/R.py": b"R = {'a': open('a').read()}\n", "x/a": b"1"}) == []


def test_no_module():
    assert codes(check_content({"PKG-INFO": b"", "x/data": b""})) == ["no-module"]
    assert codes(check_content({"PKG-INFO": b"", "setup.py": b""})) == ["no-module"]
    assert codes(check_content({"PKG-INFO": b"", "x.egg-info/requires.txt": b"y\n"})) == []
    assert codes(check_content({"x/a.mpy": BYTECODE})) == []


def test_the_filters_of_warnings_are_left_alone():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in check_content({"x.py": b"x = '\\d'\n", "y.py": b"x = ("}):
            warnings.warn("seen", stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["seen"]


def test_stubs_are_for_computers():
    (unneeded, problem) = check_content({"x/__init__.pyi": b""})
    assert (unneeded.code, problem.code) == ("unneeded", "no-module")
    assert problem.message.startswith("The archive has only stubs (.pyi), which type checkers")

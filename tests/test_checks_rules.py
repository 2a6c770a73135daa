"""The rules one by one, over files and names instead of whole archives."""

import pytest

from odd_archives import METADATA
from sdist_upip.check.content import check_content
from sdist_upip.check.dependencies import check_dependencies
from sdist_upip.check.names import check_clashes, check_fat, check_name
from sdist_upip.check.publishing import check_filename, check_metadata, check_root, read_metadata
from sdist_upip.check.tokens import exceeds_tokens
from sdist_upip.metadata.stock_upip import action_on
from sdist_upip.resources.module import resource_module

CODE = {"x/__init__.py": b"x = 1\n"}


def codes(problems):
    return [problem.code for problem in problems]


def content(files, **options):
    return [(p.code, p.path) for p in check_content({**CODE, **files}, **options)]


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("x/__init__.py", "install"),
        ("pyproject.toml", "install"),
        ("x/setup.py", "install"),
        ("x/PKG-INFO", "install"),
        ("setup.py", "skip"),
        ("setup.cfg", "skip"),
        ("setup.d/x.py", "skip"),
        ("README.md", "skip"),
        ("README", "skip"),
        ("READMEs/x.py", "skip"),
        ("PKG-INFO", "skip"),
        ("x.egg-info/SOURCES.txt", "skip"),
        ("x/y.egg-info.py", "skip"),
        ("x.egg-info/requires.txt", "dependencies"),
        ("README/requires.txt", "dependencies"),
        ("requires.txt", "install"),
        ("x/requires.txt", "install"),
    ],
)
def test_what_stock_upip_does(path, action):
    assert action_on(path) == action


UNNEEDED = (
    *("pyproject.toml", "MANIFEST.in", "MANIFEST", "tox.ini", "noxfile.py", "Makefile", "LICENSE"),
    *("LICENSE.txt", "licence", "COPYING", "NOTICE", "AUTHORS.rst", "CHANGELOG.md", "CHANGES"),
    *("requirements.txt", "requirements-dev.txt", ".gitignore", ".github/workflows/ci.yml"),
    *("sdist_upip.py", "package.json", "conftest.py", "index.rst", "uv.lock", "mypy.ini"),
    *("tests/test_x.py", "tests/__init__.py", "docs/index.html", "test/data.bin", "tools/make.sh"),
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


def test_a_package_named_src_is_no_src_layout():
    assert content({"src/__init__.py": b"", "src/x.py": b""}) == []


def test_a_src_layout_is_told_once():
    files = {"src/y/__init__.py": b"", "src/y/z.py": b"", "src/y.egg-info/SOURCES.txt": b""}
    assert content(files) == [("src-layout", "src/")]


@pytest.mark.parametrize(
    "path",
    ["setup.mpy", "setup.data/x.py", "README.py", "README/x.txt", "PKG-INFO.py", "x/a.egg-info.py"],
)
def test_members_that_upip_skips_although_they_are_needed(path):
    assert content({path: b""}) == [("not-installed", path)]


@pytest.mark.parametrize(
    "path", ["setup.py", "setup.cfg", "README", "README.rst", "PKG-INFO", "x.egg-info/licenses/L"]
)
def test_members_that_upip_skips_rightly(path):
    assert content({path: b"not python"}) == []


@pytest.mark.parametrize(
    "source",
    [
        b"x = (",
        b"x = 1\n\ty = 2\n",
        b"\0",
        b"caf\xe9",
        b"# coding: nonsense\n",
        b"(" * 5000,
        b"-" * 90_000 + b"1",
        b"a" + b".b" * 40_000,
        b"x = " + b"9" * 5000 + b"\n\xff",
        b"return 1",
        b"\\N{nope}",
        b"'\\N{nope}'",
        b"def f(:",
    ],
)
def test_sources_that_do_not_compile(source):
    assert content({"x/y.py": source}) == [("syntax", "x/y.py")]


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
    ("source", "many"),
    [
        (b"x = 1\n" * 33, False),
        (b"x = 1\n" * 34, True),
        (b"# " + b"1," * 500, False),
        (b"'" + b"1," * 500 + b"'", False),
        (b"'''" + b"1,\n" * 500 + b"'''", False),
        (b'b"' + b'\\x00\\"' * 500 + b'"', False),
        (b"f'" + b"{1}" * 50 + b"'", True),
        (b"Rf'#" + b"{1}" * 50 + b"'", True),
        (b"rb'#" + b"{1}" * 50 + b"'", False),
        (b"'\n" + b"1," * 500, False),
        (b"'''" + b"1," * 500, False),
        (b"'\\'" + b"1," * 500 + b"'\n", False),
        (b"# '''\n" + b"1," * 500 + b"# '''", True),
        (b"'' " + b"1," * 500, True),
    ],
)
def test_tokens_are_bounded_without_compiling(source, many):
    assert exceeds_tokens(source, 100) is many


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


@pytest.mark.parametrize(
    "line",
    ["y>=1", "y ==1", "y== 1", "y[dev]", "y; os_name=='x'", "[dev]", "", "y==1.*", " y", "y\r",
     "y @ https://example.org", "-r more.txt", "caf\u00e9"],
)  # fmt: skip
def test_lines_that_stock_upip_cannot_follow(line):
    files = {"x.egg-info/requires.txt": f"a\n{line}\nb==2\n".encode()}
    assert codes(check_dependencies(files, None)) == ["requires-line"]


@pytest.mark.parametrize("text", ["", "y", "y==1.0\nz_a.b-c\n\n", "y==1.0.post1+l\n", "y==1!2\n"])
def test_lines_that_it_follows(text):
    assert codes(check_dependencies({"x.egg-info/requires.txt": text.encode()}, None)) == []


def test_many_wrong_lines_are_told_in_few_problems():
    files = {"x.egg-info/requires.txt": b"y>1\n" * 10_000}
    problems = list(check_dependencies(files, None))
    assert len(problems) == 21
    assert "9980 more lines" in problems[-1].message


def test_a_list_beyond_the_limit_is_not_read():
    files = {"x.egg-info/requires.txt": b"y\n" * 32769}
    (problem,) = check_dependencies(files, ["y"])
    assert problem.code == "requires-line" and "was not read" in problem.message
    assert codes(check_dependencies({"x.egg-info/requires.txt": b"y\n" * 32768}, ["y"])) == []


@pytest.mark.parametrize(
    ("text", "requires_dist", "defect"),
    [
        ("y\n", ["y"], None),
        ("Y_z\n", ["y-Z>=2"], None),
        ("y==2.1\n", ["y~=2.0"], None),
        ("y==2.1a1\n", ["y>=2.0"], None),
        ("", [], None),
        ("", ["y; extra == 'dev'"], None),
        ("", ["y; implementation_name == 'cpython'"], None),
        ("y\n", ["y; implementation_name == 'micropython'"], None),
        ("y\n", ["y; sys_platform == 'esp32'"], None),
        ("", ["not a ! requirement"], None),
        ("y==1\n", ["y==1"], None),
        ("y\n", ["y; os_name ~= 'x'"], None),
        ("y==3\n", ["y~=2.0"], "pins y to 3, which PKG-INFO's y~=2.0 excludes"),
        ("y==x\n", ["y>1"], "pins y to x"),
        ("", ["y"], "lacks y"),
        ("y\n", [], "has y, which PKG-INFO does not require"),
        ("y\n", ["y; extra == 'dev'"], "has y"),
    ],
)
def test_requires_txt_and_pkg_info_agree(text, requires_dist, defect):
    files = {"x.egg-info/requires.txt": text.encode()} if text else {}
    problems = list(check_dependencies(files, requires_dist))
    assert codes(problems) == (["requires-disagree"] if defect else [])
    assert not defect or defect in problems[0].message


@pytest.mark.parametrize(
    "segment",
    ["a:b", "a*", "what?", 'a"b', "<a>", "a|b", "a.", "a ", "con", "AUX.py", "nul.tar.gz", "Com1"],
)
def test_names_that_fat_refuses(segment):
    assert codes(check_fat([f"x-1.0/{segment}/f.py"])) == ["name-fat"]


@pytest.mark.parametrize("segment", ["a.b", " a", "console.py", "com0", "com10", "aux2.py", "é+'~"])
def test_names_that_it_holds(segment):
    assert codes(check_fat([f"x-1.0/{segment}"])) == []


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["x/a", "x/b", "x/c/d"], []),
        (["x/a", "x/a"], ["tar-duplicate"]),
        (["x/a", "x/a", "x/a"], ["tar-duplicate", "tar-duplicate"]),
        (["x/a", "x/A"], ["name-case"]),
        (["x/a/b", "x/A/c"], ["name-case"]),
        (["x/a/b", "x/a!/b", "x/A/c"], ["name-case"]),
        (["x/caf\u00e9", "x/cafe\u0301"], ["name-case"]),
        (["x/stra\u00dfe", "x/STRASSE"], ["name-case"]),
        (["x/a", "x/a/b"], ["name-clash"]),
        (["x/a", "x/a!", "x/a/b/c"], ["name-clash"]),
        (["x/a", "x/A/b"], ["name-case"]),
    ],
)
def test_clashes(names, wanted):
    assert codes(check_clashes(names)) == wanted
    assert codes(check_clashes(names[::-1])) == wanted


@pytest.mark.parametrize("name", ["x-1.0/a", "x-1.0/a b/c.py", "./a", "x/...", "x/..a", "é/ü"])
def test_safe_names(name):
    assert codes(check_name(name)) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("/a", ["name-absolute"]),
        ("../a", ["name-parent"]),
        ("x/..", ["name-parent"]),
        ("x/./a", ["name-segment"]),
        ("x//a", ["name-segment"]),
        ("C:\\a", ["name-backslash"]),
        ("..\\a", ["name-backslash"]),
        ("x/a\x7f", ["name-control"]),
        ("x/\udcff", ["name-encoding"]),
        ("/../\x00", ["name-absolute", "name-parent", "name-control"]),
    ],
)
def test_unsafe_names(name, wanted):
    assert codes(check_name(name)) == wanted


@pytest.mark.parametrize(
    "filename", ["x-1.0.tar.gz", "my_app-1.0.post1.tar.gz", "x-1.0+a.1.tar.gz", "x-1!2.0.tar.gz"]
)
def test_file_names_of_pep_625(filename):
    identity, problems = check_filename(filename)
    assert problems == []
    assert filename.startswith(identity.name.replace("-", "_"))


@pytest.mark.parametrize(
    ("filename", "hint"),
    [
        ("My-App-1.0.tar.gz", "my_app-1.0.tar.gz"),
        ("my.app-1.0.tar.gz", "my_app-1.0.tar.gz"),
        ("x-1.0-1.tar.gz", "x_1_0-1.tar.gz"),
        ("x-1.0rc.tar.gz", "x-1.0rc0.tar.gz"),
        ("x-v1.tar.gz", "x-1.tar.gz"),
        ("x-1.0.tgz", "NAME-VERSION.tar.gz"),
        ("x-1.0.zip", "NAME-VERSION.tar.gz"),
        ("x-one.tar.gz", "NAME-VERSION.tar.gz"),
        ("-1.0.tar.gz", "NAME-VERSION.tar.gz"),
        ("x.tar.gz", "NAME-VERSION.tar.gz"),
        ("", "NAME-VERSION.tar.gz"),
    ],
)
def test_other_file_names(filename, hint):
    _, (problem,) = check_filename(filename)
    assert problem.code == "filename"
    assert f"name it {hint}" in problem.message


@pytest.mark.parametrize(
    ("roots", "wanted"),
    [({"x-1.0"}, 0), ({"x"}, 1), ({""}, 1), ({"x-1.0", "y"}, 1), ({"x-1.0", ""}, 1)],
)
def test_roots(roots, wanted):
    assert codes(check_root("x-1.0.tar.gz", roots)) == ["root"] * wanted


def pypi(text, paths=(), told=None):
    raw, problems = read_metadata(text.encode())
    return codes([*problems, *check_metadata(raw, told, paths)])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (METADATA, []),
        (METADATA.replace("2.4", "1.0"), []),
        (METADATA.replace("2.4", "2.6"), ["metadata-version"]),
        (METADATA.replace("2.4", "two"), ["metadata-version"]),
        (METADATA.replace("Metadata-Version: 2.4\n", ""), ["metadata-version"]),
        (METADATA.replace("Name: x\n", ""), ["metadata"]),
        (METADATA.replace("1.0", "one"), ["metadata"]),
        (METADATA + "Unknown-Field: x\n", ["metadata"]),
        (METADATA + "Requires-Dist: y >>1\n", ["metadata"]),
        (METADATA + "License-Expression: nonsense\n", ["metadata"]),
        (METADATA + "Description-Content-Type: text/word\n", ["metadata"]),
        (METADATA + f"Summary: {'s' * 512}\n", []),
        (METADATA + f"Summary: {'s' * 513}\n", ["metadata"]),
        (METADATA + f"Project-URL: {'l' * 33}, https://example.org\n", ["metadata"]),
        (METADATA + "Project-URL: label\n", ["metadata"]),
        (METADATA + "Project-URL: , https://example.org\n", ["metadata"]),
        (METADATA + "License-File: LICENSE\n", ["license-file"]),
        (METADATA + "License-File: here\n", []),
        (METADATA + "Provides-Dist: y @ https://example.org\n", ["url-requirement"]),
        (METADATA.replace("1.0", "1.0+l"), ["local-version"]),
        (METADATA + "\nA description with: colons\n", []),
    ],
)
def test_metadata(text, wanted):
    assert pypi(text, paths={"here"}) == wanted


def test_metadata_of_another_release():
    told, _ = check_filename("x-2.0.tar.gz")
    assert pypi(METADATA, told=told) == ["pkg-info-mismatch"]
    assert pypi(METADATA.replace("1.0", "2"), told=told) == []


def test_metadata_that_is_no_text_or_too_long():
    raw, problems = read_metadata(b"\xff\xfe\0")
    assert raw == {} and "metadata" in codes(problems)
    raw, problems = read_metadata(METADATA.encode() + b"\n" + b"d" * (1 << 20))
    assert raw is None and codes(problems) == ["metadata"]


def test_many_wrong_fields_are_told_in_few_problems():
    _, problems = read_metadata(b"".join(b"F%d: x\n" % i for i in range(900)))
    assert len(problems) == 21


def test_more_fields_than_anyone_needs_are_not_read():
    raw, problems = read_metadata(METADATA.encode() + b"Classifier: x\n" * 1000)
    assert raw is None and codes(problems) == ["metadata"]
    folded = METADATA.encode() + b"Summary: x\n" + b" more\n" * 2000 + b"\n" + b"text\n" * 2000
    assert read_metadata(folded)[0] is not None


@pytest.mark.parametrize(
    "field",
    [
        "Requires-Dist: y; " + "(" * 5000 + "os_name == 'x'" + ")" * 5000,
        "License-Expression: " + "(MIT OR " * 5000 + "MIT" + ")" * 5000,
    ],
    ids=["marker", "license"],
)
def test_fields_nested_without_end(field):
    raw, problems = read_metadata(f"{METADATA}{field}\n".encode())
    assert codes(problems) == ["metadata"]
    assert codes(check_metadata(raw, None, ())) == []
    assert codes(check_dependencies({}, raw.get("requires_dist", []))) == []


def test_lists_with_wrong_lines_are_not_compared():
    files = {"x.egg-info/requires.txt": b"y\n\n[docs]\nfuro\n"}
    assert codes(check_dependencies(files, ["y", "furo; extra == 'docs'"])) == ["requires-line"] * 2
    assert codes(check_dependencies({"x.egg-info/requires.txt": b"y>1\n"}, ["y>1"])) == [
        "requires-line"
    ]

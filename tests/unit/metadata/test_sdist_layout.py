"""What is installed of a source distribution, by the paths of its files and `top_level.txt`."""

import pytest

from sdist_upip.errors import ArchiveError, BuildNeededError, LimitError, NotForDevicesError
from sdist_upip.limits import TOP_LEVEL_LIMIT, TOP_LEVEL_NAME_LIMIT
from sdist_upip.metadata.sdist_layout import (
    find_layout,
    is_extension,
    is_sdist,
    is_top_level_list,
)


def lay_out(files, project="my-x"):
    """Return {path: install path} of what is installed; `files` are paths, or {path: text}."""
    pairs = [(path, b"") for path in files]
    if isinstance(files, dict):
        pairs = [(path, text.encode()) for path, text in files.items()]
    layout = find_layout(pairs, project)
    placed = {path: layout.place(path) for path, _ in pairs}
    return {path: place for path, place in placed.items() if place is not None}


OTHERS = (
    *("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"),
    *("PKG-INFO", "docs/conf.py", "tests/test_a.py", "tests/__init__.py", "examples/run.py"),
    *("conftest.py", "noxfile.py", "test_all.py", ".github/__init__.py", "tools/__init__.py"),
)
EGG = "my_x.egg-info/top_level.txt"

# fmt: off
LAYOUTS = {
    "top_level": ({EGG: "a\nb\n", "a/__init__.py": "", "a/c/d.html": "", "b.py": "", "c.py": ""},
                  {"a/__init__.py", "a/c/d.html", "b.py"}),
    "top_level at D": ({f"lib/{EGG}": "a\n", "lib/a.py": "", "a.py": "", "lib/b.py": ""},
                       {"lib/a.py": "a.py"}),
    "top_level in src": ({f"src/{EGG}": "a\n", "src/a/b.py": "", "src/b.py": ""},
                         {"src/a/b.py": "a/b.py"}),
    "top_level, then src": ({EGG: "a\nb", "src/a.py": "", "b.py": "", "src/b.py": ""},
                            {"src/a.py": "a.py", "b.py": "b.py"}),
    "top_level with tests": ({EGG: "a\ntests\n", "a.py": "", "tests/b.c": ""}, NotForDevicesError),
    "top_level names tests": ({EGG: "tests\r\n\n", "a.py": "", "tests/b.py": ""}, {"tests/b.py"}),
    "top_level, data only": ({EGG: "a", "a/b.html": ""}, {"a/b.html"}),
    "top_level of another": ({"y.egg-info/top_level.txt": "a", "a.py": "", "my_x.py": ""},
                             {"my_x.py"}),
    "top_level at D/E": ({f"lib/b/{EGG}": "a", "lib/b/a.py": "", "lib/b/b.py": "", "a.py": ""},
                         {"lib/b/a.py": "a.py"}),
    "top_level in src/E": ({f"src/b/{EGG}": "a", "src/b/a.py": "", "src/b/b.py": ""},
                           {"src/b/a.py": "a.py"}),
    "top_level of a test": ({f"tests/{EGG}": "a", "a.py": "", "my_x.py": ""}, {"my_x.py"}),
    "top_level twice": ({EGG: "a\nb", f"src/{EGG}": "a\n\nb\n", "a.py": "", "src/b.py": ""},
                        {"a.py": "a.py", "src/b.py": "b.py"}),
    "top_level, others": ({EGG: "a", "MY-X.egg-info/top_level.txt": "b", "a.py": "", "b.py": ""},
                          BuildNeededError),
    "top_level, dist": ({EGG: "a\ndist\ntests", "a.py": ""}, {"a.py"}),
    "top_level, dist alone": ({EGG: "dist", "my_x.py": ""}, NotForDevicesError),
    "top_level, data at the top": ({EGG: "a", "a/b.html": "", "src/a.py": ""},
                                   {"src/a.py": "a.py"}),
    "top_level empty": ({EGG: "\n", "my_x.py": ""}, NotForDevicesError),
    "top_level of nothing": ({EGG: "a\nb", "a.py": ""}, BuildNeededError),
    "top_level, both": ({EGG: "a", "a.py": "", "a/b.py": ""}, BuildNeededError),
    "top_level, module": ({EGG: "a", "a.py": "", "a/b.html": "", "a.mpy": ""}, {"a.py", "a.mpy"}),
    "top_level, parent": ({EGG: "..", "a.py": ""}, ArchiveError),
    "top_level, path": ({EGG: "a/b", "a/b.py": ""}, ArchiveError),
    "top_level, text": ({EGG: "a b", "a.py": ""}, ArchiveError),
    "top_level, 4 KiB": ({EGG: "a" + "\n" * (TOP_LEVEL_LIMIT - 1), "a.py": ""}, {"a.py"}),
    "top_level, long": ({EGG: "a" + "\n" * TOP_LEVEL_LIMIT, "a.py": ""}, LimitError),
    "64 names": ({EGG: "a\n" * TOP_LEVEL_NAME_LIMIT, "a.py": ""}, {"a.py"}),
    "65 names": ({EGG: "\n".join(f"a{n}" for n in range(TOP_LEVEL_NAME_LIMIT + 1))}, LimitError),
    "src": (["src/a/__init__.py", "src/a/b.txt", "src/c.mpy", "src/d/e.txt", "src/f.txt", "x.py",
             "src/tests/t.py"],
            {"src/a/__init__.py": "a/__init__.py", "src/a/b.txt": "a/b.txt", "src/c.mpy": "c.mpy"}),
    "tests alone in src": (["src/tests/t.py"], {"src/tests/t.py": "tests/t.py"}),
    "src and the name at the top": (["src/gen.py", "my_x/__init__.py"], BuildNeededError),
    "the name in src and at the top": (["src/my_x.py", "src/gen.py", "my_x/__init__.py"],
                                       {"src/my_x.py": "my_x.py", "src/gen.py": "gen.py"}),
    "src with __init__.py": (["src/__init__.py", "src/a.py"], BuildNeededError),
    "src with __init__.mpy": (["src/__init__.mpy", "src/a.py"], BuildNeededError),
    "src without Python": (["src/a.txt", "my_x.py"], {"my_x.py"}),
    "package by name": (["My.X/a.py", "My.X/b/c", "other/__init__.py"], {"My.X/a.py", "My.X/b/c"}),
    "module by name": (["my_x.py", "other.py"], {"my_x.py"}),
    "module, also compiled": (["my_x.py", "my_x.mpy"], {"my_x.py", "my_x.mpy"}),
    "with the prefix": (["micropython_my_x/a.py", "b.py"], {"micropython_my_x/a.py"}),
    "with a suffix": (["micropython_my_x.py", "my_x_micropython.py"], BuildNeededError),
    "suffix alone": (["my_x_micropython/a.py", "b.py"], {"my_x_micropython/a.py"}),
    "two by name": (["my_x.py", "my_x/a.py"], BuildNeededError),
    "two by name and prefix": (["my_x.py", "micropython-my-x.py"], BuildNeededError),
    "namespace": (["my/x/a.py", "my/x/b/c", "my/y/a.py", "z.py"], {"my/x/a.py", "my/x/b/c"}),
    "namespace module": (["my/x.py", "my/y.py"], {"my/x.py"}),
    "not a namespace": (["my/x/a.py", "my/__init__.py", "my/y.py"],
                        {"my/x/a.py", "my/__init__.py", "my/y.py"}),
    "namespace and name": (["my/x/a.py", "my_x.py"], BuildNeededError),
    "the only package": ([*OTHERS, "a/__init__.py", "a/b/c.bin"], {"a/__init__.py", "a/b/c.bin"}),
    "the only package, compiled": ([*OTHERS, "a/__init__.mpy"], {"a/__init__.mpy"}),
    "the only module": ([*OTHERS, "a.py", "b/c.txt"], {"a.py"}),
    "a module, and Python elsewhere": ([*OTHERS, "a.py", "b/c.py"], BuildNeededError),
    "a build script": ([*OTHERS, "build.py", "hatch_build.py", "lib/a/__init__.py"],
                       BuildNeededError),
    "65 in src": ([f"src/m{n}.py" for n in range(65)], BuildNeededError),
    "64 in src": ([f"src/m{n}.py" for n in range(64)],
                  {f"src/m{n}.py": f"m{n}.py" for n in range(64)}),
    "module beside Python": ([*OTHERS, "a.py", "a/c.py"], BuildNeededError),
    "module beside data": ([*OTHERS, "a.py", "a/c.html"], {"a.py"}),
    "a library for computers": (["my_x.py", "my_x/liba.so", "my_x/b.dll"], {"my_x.py"}),
    "libraries in a package": (["my_x/a.py", "my_x/liba.so", "my_x/b.dll", "my_x/lib"],
                               {"my_x/a.py", "my_x/lib"}),
    "a module in C": (["my_x/a.py", "my_x/a.so"], NotForDevicesError),
    "two modules": ([*OTHERS, "a.py", "b.py"], BuildNeededError),
    "module and package": ([*OTHERS, "a.py", "a/__init__.py"], BuildNeededError),
    "nothing": (OTHERS, BuildNeededError),
    "a directory without __init__": ([*OTHERS, "a/b.py"], BuildNeededError),
    "what is left out": (["my_x/a.pyi", "my_x/py.typed", "my_x/b/py.typed", "my_x/a.pyc",
                          "my_x/a.pyo", "my_x/__pycache__/a", "my_x/y.egg-info/a",
                          "my_x/y.dist-info/a", "my_x/py.typed.txt", "my_x/pycache/a", "my_x/a.py",
                          "my_x/a.pyx.txt", "my_x/egg-info"],
                         {"my_x/py.typed.txt", "my_x/pycache/a", "my_x/a.py", "my_x/a.pyx.txt",
                          "my_x/egg-info"}),
    "C apart": (["my_x.py", "examples/a.c", "tests/b.so", ".ci/d.pyx"], {"my_x.py"}),
    "C at the top": (["my_x.py", "a.c"], NotForDevicesError),
    "C beside the package": (["my_x.py", "csrc/a.f90"], NotForDevicesError),
    "C in tests of src": (["src/tests/a.c", "src/my_x.py"], NotForDevicesError),
    "C in what is installed": (["tests/a.c", f"{EGG}"], NotForDevicesError),
}
# fmt: on


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name):
    files, expected = LAYOUTS[name]
    if isinstance(expected, set):
        expected = {path: path for path in expected}
    if isinstance(expected, dict):
        assert lay_out(files) == expected
    else:
        with pytest.raises(expected) as caught:
            lay_out(files)
        assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["a.py", "b/__init__.py"], r"What to install is not clear: the archive has a\.py, b/\.$"),
        ([f"m{n}.py" for n in range(9)], r"has m0\.py, m1\.py, m2\.py, m3\.py, m4\.py, …\.$"),
        ({EGG: "a", "a.py": "", "a/b.py": ""}, r"^a\.py and a/ are both a\.$"),
        ({EGG: "b"}, r"^top_level\.txt names b, which the archive does not have\.$"),
        ({EGG: ""}, r"^top_level\.txt names nothing that the archive has\. Look"),
        ({EGG: "a", f"src/{EGG}": "b"}, r"^src/my_x.* differs from another one, so what to"),
        (["README"], r"has no module and no package at its top, or in src\."),
        (
            ["my_x.py", "my_x/fast.pyx"],
            r"^The package has C extensions \(my_x/fast\.pyx\), which.*y",
        ),
        (["src/__init__.py"], r"^src/__init__ makes a package of src/, which holds"),
    ],
)
def test_messages_name_what_was_found(files, message):
    with pytest.raises(NotForDevicesError, match=message):
        lay_out(files)


def test_other_packages_are_named():
    paths = ["my_x.py", "b/__init__.py", "a/__init__.mpy", "c/d.py", "tests/__init__.py", "e.py"]
    assert find_layout([(path, b"") for path in paths], "my-x").others == ("a/", "b/", "e.py")
    paths = ["my/x.py", "b/__init__.py"]
    assert find_layout([(path, b"") for path in paths], "my-x").others == ("b/",)


def test_top_level_txt_that_is_not_text():
    with pytest.raises(ArchiveError, match=r"top_level\.txt is not UTF-8\. Ask"):
        find_layout([(EGG, b"\xff"), ("a.py", b"")], "my-x")


def test_the_project_may_have_the_prefix():
    assert lay_out(["x.py", "y.py"], "micropython-x") == {"x.py": "x.py"}
    assert lay_out(["micropython_x.py", "y.py"], "micropython-x") == {
        "micropython_x.py": "micropython_x.py"
    }


SDIST, DEVICE = True, False


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": ""}, DEVICE),
        ({"setup.py": "import setuptools"}, SDIST),
        ({"setup.py": "# sdist-upip"}, DEVICE),
        ({"setup.py": " " * 87 + "sdist-upip"}, DEVICE),
        ({"setup.py": " " * 90 + "sdist-upip"}, SDIST),
        ({"setup.py": ""}, DEVICE),
        ({"a/setup.py": "x"}, DEVICE),
        ({"pyproject.toml": ""}, SDIST),
        ({"PyProject.toml": "", "a/pyproject.toml": ""}, DEVICE),
        ({"src/a/b.py": ""}, SDIST),
        ({"src/b.mpy": ""}, SDIST),
        ({"src/a.txt": "", "SRC/b.py": "", "a/src/c.py": ""}, DEVICE),
        ({"pyproject.toml": "", "x.egg-info/PKG-INFO": ""}, DEVICE),
        ({"pyproject.toml": "", "x.egg-info/SOURCES.txt": ""}, SDIST),
        ({"pyproject.toml": "", "a/x.egg-info/PKG-INFO": ""}, DEVICE),
        ({"x.egg-info/SOURCES.txt": ""}, SDIST),
        ({"lib/x.egg-info/SOURCES.txt": ""}, SDIST),
        ({"a/b/x.egg-info/SOURCES.txt": ""}, SDIST),
        ({"tests/x.egg-info/SOURCES.txt": "", "SOURCES.txt": ""}, DEVICE),
        ({"pyproject.toml": "", "x.egg-info/PKG-INFO": "", "src/a.py": ""}, SDIST),
        ({"pyproject.toml": "", "x.egg-info/PKG-INFO": "", "setup.py": "x"}, SDIST),
    ],
)
def test_kind(files, expected):
    assert is_sdist((path, text.encode()) for path, text in files.items()) is expected


def test_extensions():
    for path in ("a.c", "x/a.so", "x/a.cpython-311-x86_64-linux-gnu.so", "a.pyd", "x/lib.so"):
        assert is_extension(path) is (path != "x/lib.so")
    assert not any(map(is_extension, ("x/liba.so", "a.dll", "a.py", "a.ccc", "c", ".c")))


def test_lists_of_top_levels():
    assert is_top_level_list("x.egg-info/top_level.txt")
    assert is_top_level_list("a/x.egg-info/top_level.txt")
    assert is_top_level_list("a/b/x.egg-info/top_level.txt")
    for path in ("top_level.txt", "tests/x.egg-info/top_level.txt", ".egg-info/top_level.txt"):
        assert not is_top_level_list(path)

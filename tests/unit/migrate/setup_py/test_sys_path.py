"""Changes of sys.path stay unless only the copy needed them."""

import pytest

from sdist_upip.migrate.setup_py.python_source import parse_source
from sdist_upip.migrate.setup_py.sys_path import plan_sys_path
from support.trees import write_tree

SHADOW = {"logging.py": "def info(text): print(text)\n"}
DROPS = [
    "sys.path.pop(0)",
    "del sys.path[0]",
    "del sys.path[:1]",
    "sys.path = sys.path[1:]",
    "sys.path[:] = sys.path[1:]",
    "sys.path[0:1] = []",
    "_ = sys.path.pop(0)",
    'sys.path.remove(".")',
    'sys.path.remove("")',
    "sys.path.remove(os.getcwd())",
    "sys.path.remove(os.path.dirname(os.path.abspath(__file__)))",
    "sys.path.remove(str(Path(__file__).resolve().parent))",
    'if "." in sys.path:\n    sys.path.remove(".")',
    'try:\n    sys.path.remove("")\nexcept ValueError:\n    pass',
    'with suppress(ValueError):\n    sys.path.remove("")',
    'for place in ("", os.getcwd()):\n    if place in sys.path:\n        sys.path.remove(place)',
    'sys.path = [x for x in sys.path if x not in ("", os.getcwd())]',
    'sys.path = list(filter(lambda x: x != "", sys.path))',
]
ADDITIONS = [
    'sys.path.append("tools")',
    'sys.path.append("./tools/")',
    'sys.path.insert(0, "tools")',
    'sys.path.insert(len(sys.path), "tools")',
    'sys.path.extend(["tools"])',
    'sys.path += ["tools"]',
    'sys.path = ["tools"] + sys.path',
    'sys.path = [*sys.path, "tools"]',
    'sys.path[0:0] = ["tools"]',
    'site.addsitedir("tools")',
    'sys.path.append(os.path.join(os.path.dirname(__file__), "tools"))',
    'sys.path.append(os.path.join(os.getcwd(), os.pardir, "project", "tools"))',
    'sys.path.append(os.path.dirname(os.path.realpath(__file__)) + "/tools")',
    'sys.path.insert(0, str(Path(__file__).parent / "tools"))',
    'sys.path.insert(0, f"{Path(__file__).resolve().parent}/tools")',
    'sys.path.insert(0, str(Path.cwd().joinpath("tools")))',
    'sys.path.insert(0, os.fspath(Path(sys.argv[0]).absolute().parents[0] / "tools"))',
    'HERE = os.path.dirname(os.path.abspath(__file__))\nsys.path.insert(1, HERE + "/tools")',
    'if not "tools" in sys.path:\n    sys.path.append("tools")',
    'for place in ("tools", "tools/.."):\n    sys.path.append(place)',
    'if os.path.isdir("tools"):\n    sys.path.append("tools")',
]


def plan(directory, source, files, ignored=("sdist_upip",), settings=""):
    """Return how many statements of `source` go, and the reasons of those that stay unsurely."""
    directory = write_tree(directory / "project", {"setup.py": source, **files}).resolve()
    result = plan_sys_path(parse_source(source), directory, ignored, settings)
    return len(result.served), list(result.uncertain.values())


def setup(statement, before="", after="import sdist_upip\n"):
    head = "import os, site, sys\nfrom contextlib import suppress\nfrom pathlib import Path\n"
    return f"{head}{before}{statement}\nfrom setuptools import setup\n{after}"


@pytest.mark.parametrize("statement", DROPS)
def test_the_directory_leaves_the_path_for_a_module_that_hides_one_of_python(tmp_path, statement):
    assert plan(tmp_path / "a", setup(statement), SHADOW) == (0, [])
    assert plan(tmp_path / "b", setup(statement), {"blinker.py": ""}) == (1, [])


@pytest.mark.parametrize(
    ("files", "stays"),
    [
        ({"queue/__init__.py": ""}, True),
        ({"packaging.py": ""}, True),
        ({"setuptools/__init__.py": ""}, True),
        ({"distutils.py": ""}, True),
        ({"queue/queue.py": ""}, False),  # no package: Python's own module comes first
        ({"src/logging.py": ""}, False),
        ({"logging.txt": ""}, False),
        ({"sdist_upip.py": ""}, False),
    ],
)
def test_what_hides_a_module_of_python_or_setuptools(tmp_path, files, stays):
    assert plan(tmp_path, setup("sys.path.pop(0)"), files) == (0 if stays else 1, [])


@pytest.mark.parametrize("statement", ADDITIONS)
def test_a_directory_joins_the_path_for_what_setup_imports_from_there(tmp_path, statement):
    other = {"tools/release.py": "VERSION = 1\n", "tools/sdist_upip.py": ""}
    used = setup(statement, after="import sdist_upip\nfrom release import VERSION\n")
    assert plan(tmp_path / "a", used, other) == (0, [])
    assert plan(tmp_path / "b", setup(statement), other)[0] >= 1
    assert plan(tmp_path / "c", setup(statement), {})[0] >= 1


@pytest.mark.parametrize(
    ("after", "files", "expected"),
    [
        # through a module of the project
        ("import helper\n", {"helper.py": "import release\n", "tools/release.py": ""}, (0, [])),
        ("import tools.a\n", {"tools/a.py": "import b\n", "tools/b.py": ""}, (0, [])),
        # through a file that setup.py executes
        ("exec(open('v.py').read())\n", {"v.py": "import r\n", "tools/r.py": ""}, (0, [])),
        ("exec(open('v.py').read())\n", {"v.py": "x = 1\n", "tools/r.py": ""}, (1, [])),
        ("exec(Path('v.py').read_text())\n", {"v.py": "x = 1\n"}, (1, [])),
        # by name
        ("__import__('r')\n", {"tools/r.py": ""}, (0, [])),
        ("importlib.import_module('r')\n", {"tools/r.py": ""}, (0, [])),
        # build modules that are vendored
        ("", {"tools/setuptools/__init__.py": ""}, (0, [])),
        # uncertain
        (
            "exec(open(sys.argv[-1]).read())\n",
            {"tools/r.py": ""},
            (0, ["setup.py runs code that may import from there"]),
        ),
        ("exec(open(sys.argv[-1]).read())\n", {}, (1, [])),
        ("import numpy\n", {}, (0, ["numpy may come from there"])),
        ("import numpy\n", {"tools/r.py": ""}, (1, [])),
        ("import wheel, os.path, tomli\n", {}, (1, [])),
    ],
)
def test_what_setup_imports_is_followed(tmp_path, after, files, expected):
    source = setup('sys.path.append("tools")', after=after)
    assert plan(tmp_path, source, files) == expected


def test_a_module_of_attr_counts(tmp_path):
    source = setup('sys.path.append("tools")')
    files = {"tools/r.py": ""}
    settings = "[metadata]\nversion = attr: r.VERSION\n"
    assert plan(tmp_path, source, files, settings=settings) == (0, [])


@pytest.mark.parametrize(
    ("source", "files", "expected"),
    [
        # an entry that comes and goes
        ('sys.path.insert(0, "t")\nimport sdist_upip\nsys.path.pop(0)\n', {}, (2, [])),
        ('sys.path.insert(0, "t")\nimport sdist_upip\ndel sys.path[0]\n', SHADOW, (2, [])),
        ('sys.path.insert(0, "t")\nimport r\nsys.path.pop(0)\n', {"t/r.py": ""}, (0, [])),
        ('sys.path.append("t")\nimport sdist_upip\nsys.path.pop()\n', {}, (2, [])),
        ('sys.path.append("t")\nimport sdist_upip\nsys.path.remove("t")\n', {}, (2, [])),
        ('sys.path.append("t")\nimport r\nsys.path.remove("t")\n', {"t/r.py": ""}, (0, [])),
        # the directory leaves and returns
        ("here = sys.path.pop(0)\nsys.path.insert(0, here)\nimport sdist_upip\n", {}, (2, [])),
        ("here = sys.path.pop(0)\nsys.path.insert(0, here)\nimport sdist_upip\n", SHADOW, (1, [])),
        ("here = sys.path.pop(0)\nsys.path.append(here)\nimport b\n", {"b.py": ""}, (0, [])),
        ("here = sys.path.pop(0)\nprint(here)\n", {}, (0, [])),
        # the whole path is kept and set again
        ("old = sys.path[:]\nsys.path.append('t')\nsys.path = old\n", {}, (3, [])),
        ("old = list(sys.path)\nsys.path.append('t')\nsys.path[:] = old\n", {}, (3, [])),
        (
            "old = sys.path.copy()\nsys.path.insert(0, 't')\nimport r\nsys.path = old\n",
            {"t/r.py": ""},
            (0, []),
        ),
        # sys by another name
        ("import sys as system\nsystem.path.append('t')\n", {}, (1, [])),
        ("from sys import path\npath.append('t')\npath.pop(0)\n", {}, (2, [])),
        # two at once
        ("sys.path[0] = 't'\n", {}, (1, [])),
        ("sys.path[0] = 't'\n", SHADOW, (0, [])),
        # not understood
        ("sys.path.sort()\n", {}, (0, ["the change is not understood"])),
        ("sys.path = make(1)\n", {}, (0, ["the change is not understood"])),
        ("sys.path.pop(3)\n", {}, (0, ["the change is not understood"])),
        ("sys.path.pop(0)\nsys.path.pop(0)\n", {}, (1, ["the entry that it removes is not known"])),
        ("sys.path.append(f())\nimport z\n", {}, (0, ["its directory is not known"])),
        ("sys.path.append(f())\n", {}, (1, [])),
        ("sys.path.append('t'); x = 1\n", {}, (1, [])),
        # no change at all
        ("print(sys.path)\n", {}, (0, [])),
        ("if 'x' in sys.path:\n    print(1)\n", {}, (0, [])),
        ("path.append('t')\n", {}, (0, [])),
    ],
)
def test_statements_that_belong_together(tmp_path, source, files, expected):
    assert plan(tmp_path, f"import sys\n{source}", files) == expected

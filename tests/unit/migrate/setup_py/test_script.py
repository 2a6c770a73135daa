"""A setup.py imports the distribution, and loses what only the copy needed."""

import pytest

import sdist_upip
from sdist_upip.migrate.setup_py.python_source import parse_source
from sdist_upip.migrate.setup_py.script import (
    PUBLIC_NAMES,
    change_setup,
    find_missing_names,
    uses_modules,
)


def change(tmp_path, text, modules=("sdist_upip",)):
    return change_setup(text, tmp_path, modules, "")


def test_the_names_are_those_of_the_distribution():
    assert frozenset(sdist_upip.__all__) == PUBLIC_NAMES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "import sys\n# sys.path for upip\nsys.path.append('..')\nimport sdist_upip\n",
            "import sdist_upip\n",
        ),
        (
            "\ufeffimport sys\r\nsys.path.pop(0)\r\nimport sdist_upip\r\n",
            "\ufeffimport sdist_upip\r\n",
        ),
        (
            "import os, sys\nsys.path.append('..')\nimport sdist_upip\nprint(os.name)\n",
            "import os\nimport sdist_upip\nprint(os.name)\n",
        ),
        (
            "import os\nimport sys\nHERE = os.path.dirname(__file__)\n"
            "sys.path.append(os.path.join(HERE, 'x'))\nimport sdist_upip\n",
            "import sdist_upip\n",
        ),
        ("import sys; sys.path.pop(0); import sdist_upip\n", "import sdist_upip\n"),
        (
            "import sys\nsys.path.pop(0)\nimport sdist_upip\nsys.exit(0)\n",
            "import sys\nimport sdist_upip\nsys.exit(0)\n",
        ),
        (
            "import sdist_upip\nsetup(py_modules=['a', 'sdist_upip'], scripts=['sdist_upip.py'])\n",
            "import sdist_upip\nsetup(py_modules=['a'], scripts=[])\n",
        ),
        (
            "import sdist_upip\npy_modules = ['sdist_upip', 'a']\nx = ['sdist_upip']\n",
            "import sdist_upip\npy_modules = ['a']\nx = ['sdist_upip']\n",
        ),
    ],
)
def test_what_only_the_copy_needed_goes(tmp_path, text, expected):
    result = change(tmp_path, text)
    assert result.text == expected
    assert result.notes == []


@pytest.mark.parametrize(
    "text",
    [
        "import sys, unused\nimport sdist_upip\n",
        "import sdist_upip\nprint(__file__)\n",
        "import sdist_upip\nsetup(packages=['a'], py_modules=names)\n",
    ],
)
def test_a_setup_without_traces_of_the_copy_is_unchanged(tmp_path, text):
    assert change(tmp_path, text).text == text


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("'optimize_upip': optimize_upip.OptimizeUpip", '"sdist": optimize_upip.sdist'),
        (
            "'sdist': sdist_upip.sdist, 'optimize_upip': optimize_upip.OptimizeUpip",
            "'sdist': sdist_upip.sdist",
        ),
        (
            "'optimize_upip': optimize_upip.OptimizeUpip, 'sdist': sdist_upip.sdist, 'x': y",
            "'sdist': sdist_upip.sdist, 'x': y",
        ),
    ],
)
def test_the_oldest_command_is_replaced(tmp_path, entries, expected):
    head = "import sdist_upip\nimport optimize_upip\n"
    text = f"{head}setup(cmdclass={{{entries}}})\n"
    result = change(tmp_path, text, ("sdist_upip", "optimize_upip"))
    assert result.text.endswith(f"\nsetup(cmdclass={{{expected}}})\n")
    assert ("optimize_upip" in result.text) is ("optimize_upip" in expected)
    assert result.notes[0][1].startswith("uses optimize_upip, which is not a command any longer.")


def test_an_overridden_method_is_noted(tmp_path):
    text = (
        "import sdist_upip\nclass Sdist(sdist_upip.sdist):\n    def make_release_tree(self): pass\n"
    )
    ((line, note),) = change(tmp_path, text).notes
    assert line == 2
    assert "overrides make_release_tree" in note
    assert change(tmp_path, text.replace("make_release_tree", "run")).notes == []


def test_an_uncertain_change_of_the_path_is_kept_and_noted(tmp_path):
    text = "import sys\nimport sdist_upip\nsys.path.append(f())\nimport numpy\n"
    result = change(tmp_path, text)
    assert result.text == text
    assert result.notes == [
        (
            3,
            "keeps 'sys.path.append(f())', because its directory is not known. Remove the "
            "statement if only the copy needed it.",
        )
    ]


def test_names_that_the_distribution_lacks():
    tree = parse_source(
        "import sdist_upip\nimport my_sdist as m\nfrom sdist_upip import sdist, FILTERS\n"
        "sdist_upip.gzip_4k(a)\nm.filter_tar(b)\nsdist_upip.sdist\nother.x\n"
    )
    names = find_missing_names(tree, {"sdist_upip", "my_sdist"})
    assert names == {"FILTERS", "gzip_4k", "filter_tar"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import sys, sdist_upip\n", True),
        ("from sdist_upip import sdist\n", True),
        ("__import__('sdist_upip')\n", True),
        ("from tools import sdist_upip\n", False),
        ("# import sdist_upip\n", False),
    ],
)
def test_use(text, expected):
    assert uses_modules(parse_source(text), {"sdist_upip"}) is expected

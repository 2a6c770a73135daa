"""The spellings of packages that setuptools takes, and which names a project spells out."""

import pytest

from sdist_upip.errors import ProjectError
from sdist_upip.project.package_names import (
    find_spelled_names,
    find_spelled_packages,
    find_stub_project,
    is_stub_package,
    normalize_package,
    refuse_package_names,
)
from support.trees import write_tree


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("", ""), (".", ""), ("..", ""), ("/", "")),
        *(("a", "a"), ("a/", "a"), ("a//", "a"), (".a", "a"), ("a.", "a")),
        *(("a/b", "a.b"), ("a.b", "a.b"), ("a/b/", "a.b"), ("a.b/c", "a.b.c"), ("./a", "a")),
    ],
)
def test_normal_names(name, expected):
    assert normalize_package(name) == expected


@pytest.mark.parametrize("name", ["./a", "a/./", "a/.", "../a", "/a", "a/../b", "/"])
def test_names_that_lead_out_of_the_project(name):
    with pytest.raises(ProjectError) as caught:
        refuse_package_names(["a", name])
    normal = normalize_package(name)
    assert (
        str(caught.value) == f"packages: {name!r} is not the name of a package. Write {normal!r}."
    )


def test_packages_of_stubs():
    assert [
        name
        for name in ("a", "a-stubs", "a-stubs.b", "stubs", "a.b-stubs")
        if is_stub_package(name)
    ] == ["a-stubs", "a-stubs.b"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[project]\nname = 's'\n[tool.setuptools]\npackages = ['a-stubs', 'a-stubs.b']", "s"),
        ("[tool.setuptools]\npackages = ['a-stubs']", "The project"),
        ("[tool.setuptools]\npackages = ['a-stubs', 'a']", None),
        ("[tool.setuptools]\npackages = ['a-stubs']\npy-modules = ['m']", None),
        ("[tool.setuptools]\npackages = []", None),
        ("[tool.setuptools.packages.find]", None),
        ("tool = 1", None),
        ("tool = [", None),
        ("", None),
    ],
)
def test_a_project_of_stubs(text, name, tmp_path):
    assert find_stub_project(write_tree(tmp_path, {"pyproject.toml": text})) == name


def test_names_that_setuptools_takes():
    refuse_package_names(["", ".", "a", "a/", "a/b", "a.b", ".a"])


@pytest.mark.parametrize(
    ("files", "spelled"),
    [
        ({}, set()),
        ({"setup.py": "setup(packages=['test', 'a/b'])"}, {"test", "a.b"}),
        ({"setup.py": b"\xef\xbb\xbfP = ('test',)\r\n"}, {"test"}),
        ({"setup.py": "# coding: latin-1\nP = ['test', '\xe9']\n".encode("latin-1")},
         {"test", "\xe9"}),
        ({"setup.py": "find_packages(exclude=['test'])"}, set()),
        ({"setup.py": "setup(test_suite='test', tests_require=['test'])"}, set()),
        ({"setup.py": "open('docs').read(); os.path.join('docs', 'x')"}, set()),
        ({"setup.py": "setup(extras_require={'test': ['docs']}, cmdclass={'doc': D})"}, set()),
        ({"setup.py": "E = {'test': ['pytest']}; 'docs' in sys.argv; a == 'doc'"}, {"pytest"}),
        ({"setup.py": "find_packages('tools', ['test'], ['docs'])"}, {"docs"}),
        ({"setup.py": "setup(package_dir={'test': 'x'}, **{'packages': ['docs']})"},
         {"test", "x", "docs"}),
        ({"setup.py": "print 'test'"}, set()),
        ({"setup.cfg": "[options]\npackages =\n    test\n    a\n"}, {"test", "a", ""}),
        ({"setup.cfg": "[options]\npackages = test, a"}, {"test", "a"}),
        ({"setup.cfg": "[options]\npackages = find:\n[options.packages.find]\ninclude = test\n"},
         {"find:", "test"}),
        ({"setup.cfg": "nothing"}, set()),
        ({"pyproject.toml": "[tool.setuptools]\npackages = ['test']"}, {"test"}),
        ({"pyproject.toml": "[tool.setuptools.packages.find]\ninclude = ['test']"}, {"test"}),
        ({"pyproject.toml": "[tool.setuptools.packages.find]\nexclude = ['test']"}, set()),
        ({"pyproject.toml": "[tool"}, set()),
    ],
)  # fmt: skip
def test_names_that_are_spelled_out(files, spelled, tmp_path):
    assert find_spelled_packages(write_tree(tmp_path, files)) - {""} == spelled - {""}


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"setup.py": "setup(package_data={'a': ['dist/x.js']})"}, {"dist", "x.js"}),
        ({"setup.py": "setup(package_data={'a': list(os.walk('a'))})"}, {"a"}),
        ({"setup.cfg": "[options.package_data]\na = dist/x.js, y\n"}, {"dist", "x.js", "y"}),
        ({"setup.cfg": "[options]\npy_modules = conftest\n"}, {"conftest.py"}),
        ({"setup.cfg": "[options.data_files]\nd =\n    dist/z\n"}, {"dist", "z"}),
        ({"pyproject.toml": "[tool.setuptools]\npy-modules = ['conftest']"}, {"conftest.py"}),
        ({"pyproject.toml": "[tool.setuptools.package-data]\na = ['dist/*']"}, {"dist", "*"}),
        ({"pyproject.toml": "tool = 1"}, set()),
    ],
)
def test_names_in_declarations(files, names, tmp_path):
    assert find_spelled_names(write_tree(tmp_path, files)) >= names
    assert ".DS_Store" not in find_spelled_names(tmp_path)

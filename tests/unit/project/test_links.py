"""Links to directories are followed in the order of names, and never back."""

import distutils.filelist
from pathlib import Path

import pytest

from sdist_upip.project.links import complete_listing, repeats, walk_directories
from support.trees import write_tree

LINKS = {
    "a/sibling": "b",
    "a/self": ".",
    "a/up": "..",
    "a/chain": "sibling",
    "a/gone": "nowhere",
    "a/b/back": "../c",
    "a/c/back": "../b",
}


@pytest.fixture
def tree(tmp_path):
    """A package with links of every kind to directories."""
    write_tree(tmp_path, {"a/m.py": "", "a/b/x.txt": "", "a/c/y.txt": "", "z.txt": ""})
    for name, target in LINKS.items():
        (tmp_path / name).symlink_to(target)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", False),
        ("a/b", False),
        ("a/sibling", False),
        ("a/chain", False),
        ("a/self", True),
        ("a/up", True),
        ("a/up/a", True),
        ("a/b/back", False),
        ("a/b/back/back", True),
        ("a/chain/back/back/back", True),
    ],
)
def test_a_path_that_leads_back(path, expected, tree):
    assert repeats(tree / path, tree / "a") is expected


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_is_that_of_names(reverse, tree, scan_in_order):
    scan_in_order(reverse)
    found = [
        (here / name).relative_to(tree / "a").as_posix()
        for here, _, names in walk_directories(tree / "a")
        for name in names
    ]
    assert found == [
        *("gone", "m.py", "b/x.txt", "b/back/y.txt", "c/y.txt", "c/back/x.txt", "chain/x.txt"),
        *("chain/back/y.txt", "sibling/x.txt", "sibling/back/y.txt"),
    ]


def test_setuptools_lists_each_link(tree, monkeypatch):
    monkeypatch.chdir(tree / "a")
    before = distutils.filelist.findall
    with complete_listing():
        listed = distutils.filelist.findall()
        below = distutils.filelist.findall("b")
    assert distutils.filelist.findall is before
    assert {"m.py", str(Path("b/x.txt")), str(Path("sibling/x.txt"))} <= {*listed}
    assert below == [str(Path("b/x.txt")), str(Path("b/back/y.txt"))]
    assert "gone" not in listed


PACKAGES = '[tool.setuptools]\npackages = ["a", "a.b", "a.link", "a.Link2"]\n'


def test_the_same_archive_whatever_the_file_system_lists(make_project, build, scan_in_order):
    files = {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/x.css": "x"}
    project = make_project({**files, "MANIFEST.in": "graft a\n"}, PACKAGES)
    for name, target in {"link": "b", "Link2": "link", "b/up": ".."}.items():
        (project / "a" / name).symlink_to(target)
    built = []
    for reverse in (False, True):
        scan_in_order(reverse)
        built.append(build(project))
    assert built[0] == built[1]
    assert sorted(built[0]) == [
        *("PKG-INFO", "a/Link2/__init__.py", "a/Link2/x.css", "a/R.py", "a/__init__.py"),
        *("a/b/__init__.py", "a/b/x.css", "a/link/__init__.py", "a/link/x.css"),
    ]


def test_a_package_that_is_found_in_itself(make_project, build, capsys):
    settings = "[tool.setuptools.packages.find]\n[tool.setuptools.package-data]\na = ['**/*.css']\n"
    project = make_project({"a/__init__.py": "", "a/b/x.css": ""}, settings)
    (project / "a/b/up").symlink_to("..")
    assert sorted(build(project)) == ["PKG-INFO", "a/R.py", "a/__init__.py", "a/b/x.css"]
    assert "behind a symlink that leads back to a directory above it" in capsys.readouterr().out


def test_a_package_that_is_a_link_to_the_project(make_project, build):
    """A project whose modules are at its root makes itself a package of it."""
    project = make_project({"__init__.py": "", "m.py": ""}, "[tool.setuptools.packages.find]\n")
    (project / "a").symlink_to(".")
    assert sorted(build(project)) == ["PKG-INFO", "a/__init__.py", "a/m.py"]

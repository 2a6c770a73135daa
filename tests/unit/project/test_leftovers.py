"""What patterns sweep in, and what is wanted."""

import pytest

from sdist_upip.project.leftovers import find_leftover, find_project_file


@pytest.mark.parametrize(
    ("path", "spelled", "reason"),
    [
        ("a/.git/config", (), "file of version control"),
        ("a/.GITIGNORE", (), "file of version control"),
        ("a/.gitignore", (".gitignore",), None),
        ("x.egg-info/PKG-INFO", ("x.egg-info",), "metadata of setuptools"),
        ("a/._page.html", (), "file of an operating system"),
        ("Icon\r", (), "file of an operating system"),
        ("a/.#m.py", (), "file of an editor"),
        ("a/m.py.swp", (), "file of an editor"),
        ("a/x~/m.py", (), "file of an editor"),
        ("a/.mypy_cache/x", (), "file of a tool"),
        ("a/original.txt", (), None),
        ("a/.well-known/x", (), None),
        ("a/git/x", (), None),
        ("a/~x", (), None),
    ],
)
def test_leftovers(path, spelled, reason):
    assert find_leftover(path, spelled) == reason


@pytest.mark.parametrize(
    ("source", "directory", "spelled", "found"),
    [
        ("setup.py", ".", ("setup.py",), True),
        ("setup.py", "", (), True),
        ("a/setup.py", "a", (), False),
        ("a/setup.py", ".", (), False),
        ("conftest.py", ".", (), True),
        ("conftest.py", "", (), False),
        ("conftest.py", ".", ("conftest.py",), False),
        ("a/conftest.py", "a", (), False),
        ("readme.py", ".", (), False),
        ("License", ".", (), True),
        ("history.mpy", ".", (), False),
        ("notes.md", ".", (), True),
        ("dist/x.tar.gz", ".", (), True),
        ("dist/x.js", ".", ("dist",), False),
        ("build/m.py", "build", (), False),
    ],
)
def test_files_at_the_root_of_a_project(source, directory, spelled, found):
    assert bool(find_project_file(source, directory, spelled)) is found

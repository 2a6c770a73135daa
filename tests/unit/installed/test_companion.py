"""pkg_resources as a package of its own: who imports it, and who has it."""

import pytest

from sdist_upip.board.pkg_resources import PACKAGE
from sdist_upip.installed.companion import (
    find_importers,
    find_provider,
    has_unrecorded,
    make_companion,
)
from sdist_upip.installed.package import InstalledPackage
from support.trees import write_tree


def installed(name, *paths):
    return InstalledPackage(name, "1", tuple((path, "0" * 64) for path in paths), ())


def test_the_package_has_the_module_alone():
    package, archive = make_companion()
    assert package.name == PACKAGE
    assert package.paths == ("pkg_resources.py",)
    assert archive.requires == package.requires == ()


def test_the_provider_is_another_package():
    ours = installed(PACKAGE, "pkg_resources.py")
    other = installed("b", "b.py", "pkg_resources/__init__.py")
    assert find_provider([ours, installed("a", "a.py"), other]) == other
    assert find_provider([ours]) is None


def test_importers_are_read_from_their_files(tmp_path):
    write_tree(tmp_path, {"a.py": "import pkg_resources", "b.py": "", "x/c.txt": "1"})
    packages = [installed(name, f"{name}.py") for name in "abm"] + [installed("x", "x/c.txt")]
    assert find_importers(packages, tmp_path) == packages[:1]


@pytest.mark.parametrize(
    ("path", "recorded", "expected"),
    [
        ("pkg_resources.py", [], True),
        ("pkg_resources.mpy", [], True),
        ("pkg_resources.mpy", ["pkg_resources.py"], True),
        ("pkg_resources/__init__.py", [], True),
        ("pkg_resources.py", ["pkg_resources.py"], False),
        ("pkg_resources/__init__.py", ["pkg_resources/__init__.py"], False),
        ("other.py", [], False),
        ("a/pkg_resources.py", [], False),
    ],
)
def test_a_module_that_no_package_brought(tmp_path, path, recorded, expected):
    write_tree(tmp_path, {path: "1"})
    assert has_unrecorded([installed("a", *recorded)], tmp_path) is expected

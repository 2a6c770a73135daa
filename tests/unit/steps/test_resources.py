"""The step resources."""

import pytest

from sdist_upip import Member, ProjectError, Release
from sdist_upip.resources.module import read_resource_module
from sdist_upip.steps.resources import resources_step
from support.releases import PKG_INFO, paths, release


def test_resources_both():
    after = resources_step({})(release("a/__init__.py", "a/b.txt", "a/c/d.txt"))
    assert paths(after) == ["a/R.py", "a/__init__.py", "a/b.txt", "a/c/d.txt"]
    assert read_resource_module(after.get("a/R.py").data) == {
        "b.txt": b"a/b.txt",
        "c/d.txt": b"a/c/d.txt",
    }


def test_resources_module():
    after = resources_step({"mode": "module"})(release("a/__init__.py", "a/b.txt", "root.txt"))
    assert paths(after) == ["a/R.py", "a/__init__.py", "root.txt"]


def test_resources_files_drops_a_generated_module():
    generated = Member("a/R.py", b"R = {'b.txt': b'old'}\n")
    before = release("a/__init__.py", "a/b.txt")
    before = before.with_members((*before, generated))
    assert paths(resources_step({"mode": "files"})(before)) == ["a/__init__.py", "a/b.txt"]


def test_a_stale_generated_module_is_replaced():
    stale = Member("a/R.py", b"R = {\n'b.txt': b'old',\n}\n")
    members = (PKG_INFO, stale, Member("a/__init__.py", b""), Member("a/b.txt", b"new"))
    after = resources_step({})(Release("x", "1", members))
    assert read_resource_module(after.get("a/R.py").data) == {"b.txt": b"new"}


@pytest.mark.parametrize("path", ["a/R.py", "a/sub/R.py"])
@pytest.mark.parametrize("mode", ["both", "module", "files"])
def test_a_resource_module_with_data_of_its_own_is_not_lost(path, mode):
    """As mpy_bin2res makes them, with no data file in the project."""
    own = Member(path, b"R = {'font.bin': b'font'}\n")
    init = Member("a/__init__.py", b"from .R import R\n")
    data = Member("a/b.txt", b"new")
    for members in ((PKG_INFO, own, init), (PKG_INFO, own, init, data)):
        with pytest.raises(ProjectError, match=rf"'{path}' contains 'font.bin', which is not a"):
            resources_step({"mode": mode})(Release("x", "1", members))


@pytest.mark.parametrize("mode", ["both", "module", "files"])
def test_a_module_of_ones_own_in_the_place_of_resources(mode):
    own = Member("a/R.py", b"R = 8.314\n")
    with pytest.raises(ProjectError, match="is a module of the project"):
        resources_step({"mode": mode})(Release("x", "1", (PKG_INFO, own)))


def test_a_module_named_r_beside_the_packages_is_not_a_resource_module():
    own = Member("R.py", b"R = 8.314\n")
    assert resources_step({})(Release("x", "1", (PKG_INFO, own))).get("R.py") == own

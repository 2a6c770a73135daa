"""Modules that are frozen: of one release or several, in any form."""

import pytest

from sdist_upip.errors import ProjectError
from sdist_upip.freeze.modules import freeze_releases
from sdist_upip.release import Member
from sdist_upip.resources.module import resource_module
from support.deployments import application, make_release
from support.paths import ROOT

PKG_RESOURCES = (ROOT / "src/sdist_upip/device/pkg_resources.py").read_bytes()


def test_metadata_and_files_for_pip_are_left_out():
    files = {
        "setup.py": b"1",
        "README.md": b"",
        "my_app.egg-info/requires.txt": b"",
        "my_app/__init__.py": b"",
    }
    assert sorted(freeze_releases([make_release(files)], b"").modules) == ["my_app/__init__.py"]


@pytest.mark.parametrize("mode", ["both", "module", "files"])
def test_every_form_of_archive_freezes_alike(mode):
    from sdist_upip.steps.resources import resources_step

    release = resources_step({"mode": mode})(make_release(application()))
    modules = freeze_releases([release], PKG_RESOURCES).modules
    assert modules == freeze_releases([make_release(application())], PKG_RESOURCES).modules


def test_one_project_twice():
    releases = make_release({"a.py": b""}), make_release({"b.py": b""}, version="1.1")
    with pytest.raises(
        ProjectError, match=r"my_app-1\.0 and my_app-1\.1 are releases of one project"
    ):
        freeze_releases(releases, b"")


@pytest.mark.parametrize("path", ["a.py", "a/x.bin", "top.txt"])
def test_releases_that_differ_about_a_file(path):
    files = [{"a/__init__.py": b"", path: data} for data in (b"1", b"2", b"1")]
    one, other, same = (make_release(*item) for item in zip(files, "xyz", strict=True))
    assert freeze_releases([one, same], b"").modules
    with pytest.raises(ProjectError, match=r"x-1\.0 and y-1\.0 differ in .* Remove one of them"):
        freeze_releases([one, other], b"")


def test_resource_module_that_differs_from_its_file():
    release = make_release({"a/__init__.py": b"", "a/b": b"1"})
    changed = Member("a/R.py", resource_module({"b": b"2"}))
    release = release.with_members([*(m for m in release if m.path != "a/R.py"), changed])
    with pytest.raises(ProjectError, match=r"x?my_app-1\.0 and my_app-1\.0 differ in 'a/R\.py b'"):
        freeze_releases([release], b"")


def test_module_where_resources_go():
    module, data = make_release({"R.py": b"print(1)"}, "x"), make_release({"data": b""}, "y")
    with pytest.raises(ProjectError, match=r"'R\.py' of x-1\.0 is a module, but resources need"):
        freeze_releases([module, data], b"")


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        (b"import pkg_resources", True),
        (b"import os, pkg_resources as p", True),
        (b"def f():\n from pkg_resources import resource_stream", True),
        (b"__import__('pkg_resources')", True),
        (b"import pkg_resources\n1 +", True),
        (b"from . import pkg_resources", False),
        (b"import pkg_resources_too\n'pkg_resources'", False),
        (b"# import pkg_resources", False),
        (b"1 +", False),
    ],
)
def test_pkg_resources_joins_when_it_is_imported(source, uses):
    frozen = freeze_releases([make_release({"a.py": source})], PKG_RESOURCES)
    assert ("pkg_resources.py" in frozen.modules) == bool(frozen.users) == uses


@pytest.mark.parametrize("path", ["pkg_resources.py", "pkg_resources/__init__.py"])
def test_pkg_resources_of_a_release_stays(path):
    files = {"a.py": b"import pkg_resources", path: b"theirs"}
    assert freeze_releases([make_release(files)], PKG_RESOURCES).modules == files

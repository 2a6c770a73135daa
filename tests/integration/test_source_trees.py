"""Source trees among the roots of an install are built; the other roots stay."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sdist_upip.errors import ProjectError
from sdist_upip.index.link import Link
from sdist_upip.requirements.source_trees import build_source_trees
from support.paths import ROOT
from support.trees import read_tree, write_tree

PROJECT = ROOT / "examples" / "my_app"


def test_a_project_becomes_a_link_to_its_archive(tmp_path, caplog):
    caplog.set_level("INFO")
    before = read_tree(PROJECT)
    named, link = Requirement("logging>=1"), Link("a-1.tar.gz", "a-1.tar.gz")
    first, built, last = build_source_trees([named, PROJECT, link], tmp_path)
    assert (first, last) == (named, link)
    assert (built.filename, built.source_tree) == ("my_app-1.0.tar.gz", PROJECT)
    assert built.path.is_relative_to(tmp_path)
    assert built.path.read_bytes()[:2] == b"\x1f\x8b"
    assert (str(built), built.project) == (str(PROJECT), "my-app")
    assert (built.hashes, built.comes_from) == ({}, "")
    assert "my_app-1.0.tar.gz" in caplog.text
    assert read_tree(PROJECT) == before


def test_each_build_has_a_directory_of_its_own(tmp_path):
    one, other = build_source_trees([PROJECT, PROJECT], tmp_path)
    assert one.filename == other.filename
    assert one.path.parent != other.path.parent


def test_a_project_that_cannot_be_built(tmp_path):
    project = write_tree(tmp_path / "project", {"setup.py": "raise SystemExit('no')\n"})
    with pytest.raises(ProjectError, match="project cannot be built: "):
        build_source_trees([project], tmp_path)


@pytest.mark.parametrize("module", ["sdist_upip.py", "pkgutil.py"])
def test_modules_of_the_current_directory_do_not_take_part(tmp_path, monkeypatch, module):
    files = {**read_tree(PROJECT), module: "raise SystemExit(0)\n"}
    project = write_tree(tmp_path / "project", files)
    monkeypatch.chdir(project)
    (built,) = build_source_trees([Path()], tmp_path)
    assert built.filename == "my_app-1.0.tar.gz"

"""Source trees among the roots of an install are built; the other roots stay."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sdist_upip.builders.project_archive import build_project, read_reason
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
    assert (str(built), built.projects) == (str(PROJECT), ["my-app"])
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


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"setup.py": "raise SystemExit('no')\n"}, "no"),
        ({"pyproject.toml": "[tool.sdist-upip]\nwindow = 513\n"}, "bytes, got 513"),
        ({"pyproject.toml": "]"}, "is not valid TOML"),
    ],
)
def test_the_error_of_the_process_is_the_reason(files, reason, tmp_path):
    project = write_tree(tmp_path / "project", files)
    (tmp_path / "out").mkdir()
    with pytest.raises(ProjectError) as caught:
        build_project(project, tmp_path / "out")
    message = str(caught.value)
    assert message.startswith(f"{project} cannot be built: ")
    assert reason in message
    assert "error: " not in message
    assert read_tree(tmp_path / "out") == {}


def test_output_in_another_encoding_is_no_failure_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    script = "raise SystemExit('error: caf\u00e9 is closed')\n"
    project = write_tree(tmp_path / "project", {"setup.py": script})
    with pytest.raises(ProjectError, match="caf\ufffd is closed"):
        build_project(project, tmp_path)


def test_the_output_of_the_process_is_returned(tmp_path):
    archive, output = build_project(PROJECT, tmp_path)
    assert archive == tmp_path / "my_app-1.0.tar.gz"
    assert read_tree(tmp_path) == {"my_app-1.0.tar.gz": archive.read_bytes()}
    assert str(archive) in output
    assert "contents" in output


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ("warning: a\nerror: b: error: c. Fix it.\n", "b: error: c. Fix it."),
        ("error: a:\n    b\n    error: c\n", "a: b error: c"),
        ("Traceback\nKeyError: 'x'\n", "KeyError: 'x'"),
        ("", "no reason given"),
    ],
)
def test_the_reason_is_the_message_of_the_process(errors, reason):
    assert read_reason(errors) == reason

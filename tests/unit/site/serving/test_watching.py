"""Which changes of files are noticed."""

import os

import pytest

from sdist_upip.site.serving.watching import read_state
from support.trees import write_tree


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path / "project", {"pyproject.toml": "1", "src/a/b.py": "2"})


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "src/a/b.py").write_text("other"),
        lambda root: (root / "src/a/c.py").write_text(""),
        lambda root: (root / "src/a/b.py").unlink(),
        lambda root: (root / "src/a/b.py").rename(root / "src/a/d.py"),
        lambda root: os.utime(root / "pyproject.toml", (1, 1)),
        lambda root: (root / "MANIFEST.in").write_text(""),
        lambda root: write_tree(root, {"src/a/dist/x.py": "", "src/a/build/x.py": ""}),
    ],
)
def test_changes(project, change):
    before = read_state([project])
    assert read_state([project]) == before
    change(project)
    assert read_state([project]) != before


def test_what_no_project_is_built_from(project):
    before = read_state([project])
    names = ("__pycache__", ".git", ".venv", "build", "dist", "x.egg-info", "venv", "node_modules")
    write_tree(
        project, {f"{name}/x": "" for name in (*names, "src/a/__pycache__", "src/y.egg-info")}
    )
    assert read_state([project]) == before


def test_files_and_what_is_not_there(tmp_path):
    archive = tmp_path / "dist/a.tar.gz"
    assert read_state([archive, tmp_path / "nothing"]) == {}
    write_tree(tmp_path, {"dist/a.tar.gz": "1"})
    state = read_state([archive])
    assert list(state) == [str(archive)]
    archive.write_text("2")
    os.utime(archive, (5, 5))
    assert read_state([archive]) != state


def test_links_and_what_cannot_be_read(project):
    (project / "loop").symlink_to(".")
    (project / "broken").symlink_to("nothing")
    (project / "closed").mkdir(mode=0)
    state = read_state([project])
    assert {os.path.relpath(path, project) for path in state} == {
        "pyproject.toml",
        "src/a/b.py",
        "loop",
    }

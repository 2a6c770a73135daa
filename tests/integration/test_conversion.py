"""What is made for computers becomes a device archive, if it is pure Python."""

from __future__ import annotations

import tarfile

import pytest

from sdist_upip.builders.convert import convert_for_install
from sdist_upip.errors import ArchiveError, NotForDevicesError, ProjectError
from support.backends import BACKENDS, FILES
from support.paths import ROOT
from support.processes import run_python
from support.trees import read_members, write_tree
from support.warm_python import run_warm


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A function from "wheel" or "sdist" to what flit builds of a project."""
    project = write_tree(tmp_path_factory.mktemp("flit"), {**FILES, **BACKENDS["flit"]})
    result = run_warm("-m", "build", "--no-isolation", cwd=project)
    assert result.returncode == 0, result
    patterns = {"wheel": "*.whl", "sdist": "*.tar.gz"}
    return lambda kind: next((project / "dist").glob(patterns[kind]))


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_wheel_and_an_ordinary_sdist_are_converted(kind, made, tmp_path):
    source = made(kind)
    before = source.read_bytes()
    archive = convert_for_install(source, tmp_path / "new", isolated=False)
    assert archive == tmp_path / "new/blinker_app-1.2.0.tar.gz"
    assert source.read_bytes() == before
    members = read_members(archive)
    assert members["blinker/__init__.py"] == FILES["src/blinker/__init__.py"].encode()
    assert b"Requires-Dist: micropython-logging==0.3" in members["PKG-INFO"]
    assert not members.keys() & {"pyproject.toml", "setup.py"}
    again = convert_for_install(source, tmp_path / "again", isolated=False)
    assert again.read_bytes() == archive.read_bytes()


def test_a_damaged_archive_is_not_an_archive_for_computers(tmp_path, made):
    for source in (made("wheel"), made("sdist")):
        path = tmp_path / source.name
        path.write_bytes(source.read_bytes()[:-40])
        with pytest.raises(ArchiveError) as caught:
            convert_for_install(path, tmp_path / "out")
        assert not isinstance(caught.value, NotForDevicesError)


def test_an_sdist_that_does_not_build(tmp_path, made):
    project = {
        "pyproject.toml": '[build-system]\nrequires = ["flit_core"]\n'
        'build-backend = "flit_core.buildapi"\n[project]\nname = "x"\n'
    }
    root = write_tree(tmp_path / "x-1", project)
    with tarfile.open(tmp_path / "x-1.tar.gz", "w:gz") as tar:
        tar.add(root, "x-1")
    with pytest.raises(ProjectError, match="Fix the project until python -m build --wheel"):
        convert_for_install(tmp_path / "x-1.tar.gz", tmp_path / "out", isolated=False)


def test_the_missing_extra_is_named(tmp_path, made):
    script = (
        "import sys; sys.modules['build'] = None\n"
        "from pathlib import Path\nfrom sdist_upip.builders.convert import convert_for_install\n"
        "convert_for_install(Path(sys.argv[1]), Path('out'))"
    )
    result = run_python("-c", script, made("sdist"), cwd=tmp_path, PYTHONPATH=str(ROOT / "src"))
    assert "pip install 'sdist-upip[build]'" in result.stderr

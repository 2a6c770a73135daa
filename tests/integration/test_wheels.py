"""An example becomes the same archive from its sources and from its wheel."""

import os
import shutil

import pytest
from filelock import FileLock

from sdist_upip.builders.from_wheel import build_from_wheel
from sdist_upip.config import read_config
from support.backends import EXAMPLES
from support.paths import ROOT
from support.trees import read_members
from support.warm_python import run_warm

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools", "ignore::Warning:distutils")


@pytest.fixture
def build_wheel(tmp_path_factory):
    """A function that builds an example with setuptools, once for all test workers."""
    base = tmp_path_factory.getbasetemp()
    wheels = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "wheels"

    def build(project):
        outdir = wheels / project.name
        with FileLock(f"{wheels}.lock"):
            if not outdir.exists():
                words = ("--no-isolation", "--skip-dependency-check", "-o", outdir)
                result = run_warm("-m", "build", "--wheel", *words, cwd=project)
                assert result.returncode == 0, result
        (wheel,) = outdir.glob("*.whl")
        return wheel

    return build


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("setting", ["", "--license-files=keep"])
def test_an_example_and_its_wheel_have_the_same_members(
    name, setting, build, build_wheel, tmp_path
):
    project = shutil.copytree(ROOT / "examples" / name, tmp_path / name)
    expected = build(project, *filter(None, [setting]))
    wheel = build_wheel(project)
    config = read_config(project, {"license-files": "keep"} if setting else {})
    made = build_from_wheel(wheel, tmp_path / "again", config, project)
    assert read_members(made.archive.path) == expected

"""An example becomes the same archive from its sources and from its wheel."""

import shutil
from pathlib import Path

import pytest

from sdist_upip.builders.from_wheel import build_from_wheel
from sdist_upip.config import read_config
from support.backends import EXAMPLES
from support.paths import ROOT
from support.processes import run_python
from support.trees import read_members

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools", "ignore::Warning:distutils")


def build_wheel_with_setuptools(project, outdir):
    result = run_python(
        *("-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check", "-o", outdir),
        cwd=project,
    )
    assert result.returncode == 0, result
    (wheel,) = Path(outdir).glob("*.whl")
    return wheel


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("setting", ["", "--license-files=keep"])
def test_an_example_and_its_wheel_have_the_same_members(name, setting, build, tmp_path):
    project = shutil.copytree(ROOT / "examples" / name, tmp_path / name)
    expected = build(project, *filter(None, [setting]))
    wheel = build_wheel_with_setuptools(project, tmp_path / "wheels")
    config = read_config(project, {"license-files": "keep"} if setting else {})
    made = build_from_wheel(wheel, tmp_path / "again", config, project)
    assert read_members(made.archive.path) == expected

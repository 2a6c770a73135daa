"""examples/tox_job, run by tox for real: packaging job, wheel, and pip-compatible sdist."""

import os
import shutil
import sys

import pytest

from support.paths import ROOT
from support.processes import run, run_python

pytestmark = pytest.mark.network


@pytest.fixture(scope="session")
def distribution(tmp_path_factory):
    """A directory with the wheel of this checkout, for tools that install build requirements."""
    directory = tmp_path_factory.mktemp("distribution")
    source = directory / "source"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    result = run_python(
        "-m", "pip", "wheel", "-q", "--no-deps", "-w", directory, source, cwd=directory
    )
    assert result.returncode == 0, result
    shutil.rmtree(source)
    return directory


def test_tox_packs_checks_and_tests_the_example(distribution, tmp_path):
    project = shutil.copytree(ROOT / "examples/tox_job", tmp_path / "tox_job")
    links = f"{distribution} {os.environ.get('PIP_FIND_LINKS', '')}"
    result = run(
        *(sys.executable, "-m", "tox", "run", "--colored", "no"),
        cwd=project,
        PIP_FIND_LINKS=links,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    output = result.stdout + result.stderr
    for name in ("package", "wheel", "sdist"):
        assert f"  {name}: OK" in output
    assert "PASSED" in output
    assert output.count("Ran 3 tests") == 2
    assert output.count("'micropython-time; implementation_name == \"micropython\"'") == 2
    assert "Successfully installed micropython-time" not in output

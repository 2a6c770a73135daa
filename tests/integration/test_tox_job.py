"""examples/tox_job, run by tox for real: packaging job, wheel, sdist for pip, MicroPython."""

import os
import shutil
import sys

import pytest

from support.paths import ROOT
from support.processes import run

pytestmark = pytest.mark.network


def test_tox_packs_checks_and_tests_the_example(distribution, tmp_path):
    project = shutil.copytree(ROOT / "examples/tox_job", tmp_path / "tox_job")
    links = f"{distribution} {os.environ.get('PIP_FIND_LINKS', '')}"
    tox = (sys.executable, "-m", "tox", "run", "--colored", "no")
    result = run(*tox, cwd=project, PIP_FIND_LINKS=links)
    assert result.returncode == 0, result.stdout + result.stderr
    output = result.stdout + result.stderr
    for name in ("package", "wheel", "sdist", "micropython"):
        assert f"  {name}: OK" in output
    assert "PASSED" in output
    assert output.count("Ran 3 tests") == 2
    assert output.count("Ran 2 tests") == 1
    assert "test_patterns_are_read (Patterns) ... ok" in output
    assert output.count("'micropython-time; implementation_name == \"micropython\"'") == 2
    assert "Successfully installed micropython-time" not in output

    # In the environment that is there already: a test fails, and the environment with it.
    player = project / "src/signals/player.py"
    player.write_text(player.read_text().replace("1 - position % 2", "1"))
    result = run(*tox, "-e", "micropython", cwd=project, PIP_FIND_LINKS=links)
    assert result.returncode != 0
    assert "  micropython: FAIL" in result.stdout + result.stderr
    assert "FAILED (failures=1, errors=0)" in result.stdout

"""Sources that CPython refuses: mpy-cross decides, and every front end agrees."""

import pytest

from sdist_upip.cli.main import main
from sdist_upip.mpy.syntax import find_defect
from support.projects import BACKEND
from support.sources import ACCEPTED, REFUSED
from support.trees import read_members, read_tree, write_tree
from support.warm_python import run_warm


@pytest.mark.parametrize("source", [*ACCEPTED[:2], ACCEPTED[-1], *REFUSED[:4], REFUSED[-1]])
def test_mpy_cross_decides(source):
    defect = find_defect(source, "x.py")
    assert defect is None if source in ACCEPTED else defect.is_certain


ONLY_MICROPYTHON = 'unit = b"°C"  # °\n\n\ndef label():\n    await x\n'
PROJECT = '[project]\nname = "x"\nversion = "1.0"\n'
STEPS = '[tool.sdist-upip]\nsteps = ["resources", "metadata", "strip-comments", "minify"]\n'
PACKAGE = '[tool.setuptools]\npackages = ["x"]\n'
SETUP = (
    "from setuptools import setup\nimport sdist_upip\n\n"
    'setup(cmdclass={"sdist": sdist_upip.sdist})\n'
)
OTHER = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
BUILD = ("-m", "build", "--sdist", "--no-isolation", "-o", "out")
OURS = ("-m", "sdist_upip", "build", "-o", "out")
FRONT_ENDS = {
    "build, cmdclass": (BUILD, {"pyproject.toml": PROJECT + PACKAGE + STEPS, "setup.py": SETUP}),
    "build, backend": (BUILD, {"pyproject.toml": BACKEND + PROJECT + PACKAGE + STEPS}),
    "sdist-upip": (OURS, {"pyproject.toml": PROJECT + PACKAGE + STEPS}),
    "sdist-upip, hatchling": (OURS, {"pyproject.toml": OTHER + PROJECT + STEPS}),
}


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_front_ends(name, tmp_path):
    command, files = FRONT_ENDS[name]
    files = {**files, "x/__init__.py": "", "x/label.py": ONLY_MICROPYTHON}
    result = run_warm(*command, cwd=write_tree(tmp_path / "good", files))
    assert result.returncode == 0, result.stderr
    members = read_members(tmp_path / "good/out/x-1.0.tar.gz")
    assert members["x/label.py"].decode() == ONLY_MICROPYTHON
    broken = write_tree(tmp_path / "bad", {**files, "x/old.py": ONLY_MICROPYTHON + 'print "x"\n'})
    result = run_warm(*command, cwd=broken)
    assert result.returncode != 0
    assert "syntax: x-1.0/x/old.py: The source does not compile (Missing paren" in result.stderr
    assert not [path for path in read_tree(broken) if path.endswith(".tar.gz")]


@pytest.mark.parametrize("code", ['unit = b"°C"\n', "if x:\n\ty = 1\n        z = 2\n"])
def test_without_mpy_cross_the_build_and_the_check_warn(
    code, make_project, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr("sdist_upip.mpy.refusals.find_program", lambda: None)
    project = make_project({"x/__init__.py": "", "x/label.py": code}, PACKAGE)
    assert main(["build", str(project), "-o", str(tmp_path / "out")]) == 0
    assert "syntax-unsure: x-1.0/x/label.py: CPython does not compile" in caplog.text
    archive = str(tmp_path / "out/x-1.0.tar.gz")
    assert main(["check", archive]) == 0
    assert main(["check", "--strict", archive]) == 1
    assert main(["check", "--strict", "--ignore", "syntax-unsure", archive]) == 0

"""What PyPI refuses stops a build, in every front end, and never an installation."""

import pytest

from sdist_upip.cli.main import main
from support.odd_archives import CLEAN, archive
from support.trees import read_members, write_tree
from support.warm_python import run_warm
from support.wheels import make_wheel

SETUP = """\
from setuptools import setup
import sdist_upip

setup(name="x", version="1.0", py_modules=["x"], cmdclass={"sdist": sdist_upip.sdist}, %s)
"""
OTHER = (
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    '[project]\nname = "x"\nversion = "1.0"\n%s[tool.hatch.build.targets.wheel]\n'
    'only-include = ["x.py"]\n'
)
BUILD = ("-m", "build", "--sdist", "--no-isolation", "-o", "out")
OURS = ("-m", "sdist_upip", "build", "-o", "out")
FRONT_ENDS = {
    "setup.py": (
        ("setup.py", "sdist", "-d", "out"),
        {"setup.py": SETUP % 'author_email="unknown", url="x.org", classifiers=["No :: Such"]'},
        ("Correct author_email in setup.py", "Correct url in setup.py", "does not exist"),
    ),
    "build": (
        BUILD,
        {"setup.py": SETUP % 'project_urls={"Home": "x.org"}, maintainer_email="a@b"'},
        ("Correct project_urls in setup.py", "Correct maintainer_email in setup.py"),
    ),
    "sdist-upip, hatchling": (
        OURS,
        {"pyproject.toml": OTHER % 'authors = [{email = "a@b"}]\nurls = {a = "x.org"}\n'},
        ("or the email of authors in pyproject.toml", "or [project.urls] in pyproject.toml"),
    ),
}


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_front_ends(name, tmp_path):
    command, files, advice = FRONT_ENDS[name]
    result = run_warm(*command, cwd=write_tree(tmp_path, {"x.py": "", **files}))
    assert result.returncode != 0
    for text in ("PyPI refuses the upload.", *advice):
        assert text in result.stderr
    assert not list(tmp_path.glob("out/*.gz"))


def test_a_private_project_builds(tmp_path):
    text = SETUP % 'classifiers=["Private :: Do Not Upload"], author_email="unknown"'
    project = write_tree(tmp_path, {"x.py": "", "setup.py": text})
    result = run_warm(*OURS, cwd=project)
    assert result.returncode == 0, result.stderr
    assert main(["check", "--strict", str(tmp_path / "out/x-1.0.tar.gz")]) == 0


OLD = (
    "Name: x\nVersion: 1.0\nSummary: Beeps\n"
    "Author-email: unknown\nHome-page: x.org\nLicense: UNKNOWN\n"
)


@pytest.mark.parametrize("version", ["2.0", "1.0", "1.1", "1.2", "2.9", "odd", ""])
def test_wheels_with_odd_metadata(version, tmp_path, caplog):
    head = f"Metadata-Version: {version}\n" if version else ""
    info = "x-1.0.dist-info"
    metadata = f"{head}{OLD}Classifier: No :: Such\n\nUNKNOWN\n"
    files = {
        "x.py": "",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: bdist_wheel (0.30.0)\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    wheel = str(make_wheel(tmp_path, files))
    assert main(["install", "--no-index", "--convert", "--path", f"{tmp_path}/lib", wheel]) == 0
    assert caplog.messages == []
    assert main(["repack", wheel]) == 0
    assert any("Author-Email 'unknown' is not" in message for message in caplog.messages)
    made = tmp_path / "x-1.0.tar.gz"
    assert main(["check", "--strict", str(made)]) == 0
    text = read_members(made)["PKG-INFO"].decode()
    assert text == "Metadata-Version: 2.1\nName: x\nVersion: 1.0\nSummary: Beeps\n"


@pytest.mark.parametrize("command", ["repack", "install", "freeze"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_old_source_distributions(command, version, tmp_path):
    path = tmp_path / "x-1.0.tar.gz"
    setup = "from setuptools import setup\nsetup(name='x', version='1.0', py_modules=['x'],"
    files = {
        "PKG-INFO": f"Metadata-Version: {version}\n{OLD}",
        "setup.py": f"{setup} author_email='unknown')\n",
        "x.py": "",
    }
    path.write_bytes(archive(files))
    options = {
        "repack": ["-o", f"{tmp_path}/out/", "--no-isolation"],
        "install": ["--no-index", "--path", f"{tmp_path}/out"],
        "freeze": ["--path", f"{tmp_path}/out"],
    }
    assert main([command, *options[command], str(path)]) == 0
    if command == "repack":
        assert main(["check", "--strict", f"{tmp_path}/out/x-1.0.tar.gz"]) == 0


def test_a_legacy_archive(tmp_path):
    path = tmp_path / "x-1.0.tar.gz"
    path.write_bytes(archive({**CLEAN, "PKG-INFO": f"Metadata-Version: 2.0\n{OLD}"}))
    assert main(["repack", "--complete", str(path)]) == 0
    assert main(["check", "--strict", str(path)]) == 0

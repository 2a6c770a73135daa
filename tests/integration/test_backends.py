"""A project of any build backend becomes the archive that setuptools and our command make."""

import pytest

from sdist_upip.builders.from_wheel import build_from_sdist
from sdist_upip.builders.source_distribution import is_source_distribution
from support.backends import BACKENDS, FILES, OTHER_BACKENDS
from support.processes import run_python
from support.trees import read_members, read_tree, write_tree
from support.warm_python import run_warm

BUILD = ("-m", "sdist_upip", "build")


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The members that our command makes of the same project."""
    return build("setuptools pyproject", tmp_path_factory.mktemp("reference"))


def build(name, directory, *arguments):
    project = write_tree(directory / "project", {**FILES, **BACKENDS[name]})
    before = read_tree(project)
    result = run_warm(*BUILD, project, "-o", directory / "out", *arguments, cwd=directory)
    assert result.returncode == 0, result
    assert read_tree(project) == before
    assert "src/blinker/py.typed: " in result.stdout
    (archive,) = (directory / "out").iterdir()
    assert archive.name == "blinker_app-1.2.0.tar.gz"
    return read_members(archive)


def facts(pkg_info):
    """Return the fields that every backend writes alike, and the description."""
    head, _, description = pkg_info.decode().partition("\n\n")
    names = ("Name", "Version", "Summary", "Requires-Python", "Requires-Dist", "Provides-Extra")
    lines = {line for line in head.splitlines() if line.partition(":")[0] in names}
    return lines, description.strip()


@pytest.mark.parametrize("name", OTHER_BACKENDS)
def test_every_backend_gives_the_members_of_our_command(name, reference, tmp_path):
    members = build(name, tmp_path, "--no-isolation")
    assert facts(members.pop("PKG-INFO")) == facts(reference["PKG-INFO"])
    assert members == {path: data for path, data in reference.items() if path != "PKG-INFO"}
    assert len(members) == 5


@pytest.mark.network
def test_the_build_is_isolated_by_default(reference, tmp_path):
    members = build("flit", tmp_path)
    assert facts(members["PKG-INFO"]) == facts(reference["PKG-INFO"])


@pytest.mark.parametrize("name", ["flit", "pdm"])
def test_a_source_distribution_becomes_a_device_archive(name, reference, tmp_path):
    project = write_tree(tmp_path / "project", {**FILES, **BACKENDS[name]})
    result = run_warm(
        *("-m", "build", "--sdist", "--no-isolation", "-o", tmp_path / "sdist"), cwd=project
    )
    assert result.returncode == 0, result
    (sdist,) = (tmp_path / "sdist").iterdir()
    assert is_source_distribution(sdist)
    made = build_from_sdist(sdist, tmp_path / "out", {}, isolated=False)
    members = read_members(made.archive.path)
    assert facts(members["PKG-INFO"]) == facts(reference["PKG-INFO"])
    assert members.keys() == reference.keys()
    assert not is_source_distribution(made.archive.path)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (
            ('"blinker"', '"nowhere"'),
            (),
            "No file/folder found for module nowhere. Fix the project",
        ),
        (("flit_core.buildapi", "flit_core.nothing"), (), "'flit_core.nothing' is not available"),
        (
            ("flit_core>=3.12", "flit_core>=99"),
            (),
            "the build requires flit_core>=99, which is not installed",
        ),
        (
            ("", ""),
            ("-C", "windoww=512"),
            "Unknown config setting 'windoww'. Did you mean 'window'?",
        ),
        (("", ""), ("--window", "513"), "or 32768 bytes, got 513"),
    ],
)
def test_a_build_that_fails_says_why(change, arguments, message, fail, tmp_path):
    files = {**FILES, **BACKENDS["flit"]}
    files["pyproject.toml"] = (
        files["pyproject.toml"].replace(*change) if change[0] else (files["pyproject.toml"])
    )
    project = write_tree(tmp_path / "project", files)
    assert message in fail(project, "--no-isolation", *arguments)


def test_without_the_library_build_the_remedy_is_named(tmp_path):
    project = write_tree(tmp_path / "project", {**FILES, **BACKENDS["flit"]})
    script = (
        "import sys; sys.modules['build'] = None; from sdist_upip.cli.main import main; "
        f"sys.exit(main(['build', {str(project)!r}]))"
    )
    result = run_python("-c", script, cwd=tmp_path)
    assert result.returncode == 1
    assert "pip install 'sdist-upip[build]'" in result.stderr


def test_other_settings_and_the_output_reach_the_backend_and_people(tmp_path):
    backend = (
        "from flit_core.buildapi import *\nfrom flit_core import buildapi\n\n"
        "def build_wheel(directory, config_settings=None, metadata_directory=None):\n"
        "    print('backend was given', config_settings, '\\x1b[31m\\u202e')\n"
        "    return buildapi.build_wheel(directory, config_settings)\n"
    )
    pyproject = BACKENDS["flit"]["pyproject.toml"].replace(
        '"flit_core.buildapi"', '"mine"\nbackend-path = ["."]'
    )
    project = write_tree(
        tmp_path / "project", {**FILES, "pyproject.toml": pyproject, "mine.py": backend}
    )
    result = run_warm(
        *(*BUILD, project, "--no-isolation", "-v", "-C--flag=1", "-C", "resources=files"),
        cwd=tmp_path,
    )
    assert result.returncode == 0, result
    assert "backend was given {'--flag': '1'} \\x1b[31m\\u202e\n" in result.stderr
    assert "backend was given" not in result.stdout
    assert "blinker/R.py" not in result.stdout

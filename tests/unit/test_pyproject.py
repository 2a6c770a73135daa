"""The build system of pyproject.toml."""

from sdist_upip.pyproject import LEGACY_BACKEND, find_missing, read_build_system
from support.trees import write_tree


def test_the_build_system_and_its_defaults(tmp_path):
    assert read_build_system(tmp_path).backend == LEGACY_BACKEND
    write_tree(tmp_path, {"pyproject.toml": '[build-system]\nrequires = ["x>=1"]\n'})
    system = read_build_system(tmp_path)
    assert (system.requires, system.backend) == (("x>=1",), LEGACY_BACKEND)


def test_requirements_that_are_missing():
    met = ["setuptools", "packaging>=24", "no-such-one; python_version < '3'"]
    assert find_missing(met) == []
    assert find_missing(["packaging>=1000", "no-such-one"]) == ["packaging>=1000", "no-such-one"]

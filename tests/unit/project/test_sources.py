"""Which files of a project patterns can name."""

from sdist_upip.project.sources import walk_sources
from support.trees import write_tree

FILES = {"pk/__init__.py": "", "pk/page.html": "<p>", "pk/x.pyc": b"\0", "pk/y.pyo": b"\0"}


def test_bytecode_of_cpython_is_passed_over(tmp_path):
    write_tree(tmp_path, FILES)
    assert list(walk_sources(tmp_path)) == ["pk/__init__.py", "pk/page.html"]


def test_a_pattern_over_a_package_with_bytecode_can_be_built(make_project, build):
    settings = '[tool.setuptools]\npackages = ["pk"]\n[tool.sdist-upip]\ninclude = ["pk/**"]\n'
    members = build(make_project(FILES, settings))
    assert sorted(members) == ["PKG-INFO", "pk/R.py", "pk/__init__.py", "pk/page.html"]

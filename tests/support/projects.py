"""Texts of projects."""

BACKEND = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "sdist_upip.build_meta"\n'

MANIFEST_SETUP = """\
from setuptools import setup
import sdist_upip

setup(
    name="x",
    version="1.0",
    packages=["a", "a.b"],
    package_dir={"": "src"},
    package_data={"a": ["*.html"]},
    cmdclass={"sdist": sdist_upip.sdist},
)
"""
MANIFEST_FILES = {
    "setup.py": MANIFEST_SETUP,
    "src/a/__init__.py": "",
    "src/a/page.html": "page",
    "src/a/b/__init__.py": "",
}
"""A project with resources in one of its packages."""

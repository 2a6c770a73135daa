"""Lists of files and modules lose the copy, and nothing else."""

import pytest

from sdist_upip.migrate.manifests import (
    without_ignored,
    without_modules,
    without_names,
    without_py_modules,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("include sdist_upip.py\n", ""),
        ("include ./sdist_upip.py README.md\r\n", "include README.md\r\n"),
        ("exclude sdist_upip.py\n", ""),
        ("global-exclude sdist_upip.py *.pyc\n", "global-exclude *.pyc\n"),
        ("graft up\nprune up/\nrecursive-include up *\ngraft upper\n", "graft upper\n"),
        ("include a \\\n  sdist_upip.py\n", "include a\n"),
        ("include\n# include sdist_upip.py\n", "include\n# include sdist_upip.py\n"),
        ("include my_sdist_upip.py *upip.py\n", "include my_sdist_upip.py *upip.py\n"),
        ("\ufeffinclude sdist_upip.py\ninclude b", "\ufeffinclude b"),
    ],
)
def test_manifest(text, expected):
    assert without_names(text, {"sdist_upip.py"}, {"up"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dist\n*.orig\n", "dist\n"),
        ("# sdist_upip makes these\ndist/*.orig\n/dist/*.tar.gz.orig\n", ""),
        ("# tools\n*.orig\n", "# tools\n"),
        ("*.orig\n*.rej\n", "*.orig\n*.rej\n"),
        ("*.orig\ndist/*.orig\n*.BACKUP.*\n", "*.orig\n*.BACKUP.*\n"),
        ("/sdist_upip.py\nx.orig\n!*.orig\n", "x.orig\n!*.orig\n"),
    ],
)
def test_ignored_files(text, expected):
    assert without_ignored(text, {"sdist_upip.py"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("py_modules =\n    a\n    sdist_upip\n    b\n", "py_modules =\n    a\n    b\n"),
        ("py_modules = sdist_upip\nx = sdist_upip\n", "py_modules =\nx = sdist_upip\n"),
        ("packages: a, sdist_upip\n", "packages: a\n"),
        ("name = sdist_upip\n  sdist_upip\n", "name = sdist_upip\n  sdist_upip\n"),
    ],
)
def test_setup_cfg(text, expected):
    assert without_modules(f"[options]\n{text}", {"sdist_upip"}) == f"[options]\n{expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('py-modules = ["a", "sdist_upip"]\n', 'py-modules = ["a",]\n'),
        ("py-modules = ['sdist_upip', 'a']\n", "py-modules = ['a']\n"),
        ('py-modules = [\n  "sdist_upip",\n  "a",\n]\n', 'py-modules = [\n  "a",\n]\n'),
        ('py-modules = ["my_sdist_upip"]\n', 'py-modules = ["my_sdist_upip"]\n'),
        ('x = ["sdist_upip"]\n', 'x = ["sdist_upip"]\n'),
        ("py-modules = [\n", "py-modules = [\n"),
    ],
)
def test_pyproject(text, expected):
    assert without_py_modules(f"[tool.setuptools]\n{text}", {"sdist_upip"}) == (
        f"[tool.setuptools]\n{expected}"
    )

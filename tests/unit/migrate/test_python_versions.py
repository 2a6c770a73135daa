"""Pythons that are too old for the distribution, in the spellings of CI files."""

import pytest

from sdist_upip.migrate.python_versions import find_old_pythons

ACTION = "- uses: actions/setup-python@v5\n  with:\n    "


def lines(text, path=".github/workflows/x.yml"):
    return [number for number, _ in find_old_pythons(path, text)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("x.yml", f'{ACTION}python-version: "3.9"\n', [3]),
        ("x.yml", f"{ACTION}python-version: 3.8  # old\n", [3]),
        ("x.yml", f"{ACTION}python-version: '3.9.18'\r\n", [3]),
        ("x.yml", f"{ACTION}python-version: pypy-3.9\n", [3]),
        ("x.yml", "matrix:\n  python-version: ['3.8', '3.9', \"3.12\"]\n", [2]),
        ("x.yml", "matrix:\n  python-version:\n    - '3.8'\n    - 3.12\n    - 3.9\n", [3, 5]),
        ("x.yml", "matrix:\n  python-version:\n  - '3.8'\n  os: [ubuntu-22.04, 3.8]\n", [3]),
        ("x.yml", "matrix:\n  python-version: [\n    '3.8',\n    '3.12',\n  ]\n", [3]),
        ("x.yml", "include:\n  - python: '3.7'\n    env: a\n  - {python: 3.6, x: y}\n", [2, 4]),
        (
            "x.yml",
            "matrix:\n  py: ['3.8']\nsteps:\n- with:\n    python-version: ${{ matrix.py }}\n",
            [2],
        ),
        ("x.yml", "env:\n  V: 3.8\n  PYTHON_VERSION: 3.8\n", [3]),
        ("x.yml", "container: python:3.8-slim\n", [1]),
        ("x.yml", "container:\n  image: docker.io/library/python:3.9\n", [2]),
        (".gitlab-ci.yml", "image: python:2.7\n", [1]),
        (".travis.yml", "python:\n  - 3.6\n  - '3.11'\n  - pypy3.8\ninstall: x\n", [2, 4]),
        (".travis.yml", "python: 3.6\n", [1]),
        (".circleci/config.yml", "docker:\n  - image: cimg/python:3.9\n", [2]),
        ("azure-pipelines.yml", "inputs:\n  versionSpec: '3.8'\n", [2]),
        ("appveyor.yml", "environment:\n  - PYTHON: C:\\Python37-x64\n", [2]),
        ("environment.yml", "dependencies:\n  - python=3.8\n", [2]),
        (".readthedocs.yaml", 'tools:\n    python: "3.9"\n', [2]),
        (".readthedocs.yml", "version: 2\npython:\n  version: 3.8\n  install: x\n", [3]),
        ("Dockerfile", "FROM python:3.9-alpine AS build\n", [1]),
        ("docker/Dockerfile.ci", "FROM --platform=x python:3\nFROM python:3.7\n", [2]),
        ("tox.ini", "[tox]\nenvlist = py27,py36, py310, lint\n", [2]),
        ("tox.ini", "[tox]\nenvlist =\n    py38\n    py311\n[testenv]\ndeps = py39\n", [3]),
        ("tox.ini", "[tox]\nenvlist = py3{8,9,10}\n[testenv:py39]\n", [2, 3]),
        ("tox.ini", "[testenv]\nbasepython = python3.8\n", [2]),
        ("tox.ini", "[gh-actions]\npython =\n    3.8: py38\n    3.12: py312\n", [3]),
        ("setup.cfg", "[tox:tox]\nenvlist = py38\n[options]\npython_requires = >=3.6\n", [2]),
        ("noxfile.py", '@nox.session(python=["3.8", "3.12"])\n', [1]),
        ("run.sh", "python3.8 setup.py sdist\npyenv install 3.8.2\nuv venv -p 3.9\n", [1, 2, 3]),
        ("run.sh", "python2 setup.py sdist\npython3 setup.py sdist\n", [1]),
        ("run.bat", "py -3.7 setup.py sdist\n", [1]),
        (".python-version", "3.9.7\n", [1]),
        ("runtime.txt", "python-3.8.1\n", [1]),
        ("Makefile", "PYTHON = python3.9\n", [1]),
        ("Pipfile", '[requires]\npython_version = "3.9"\n', [2]),
    ],
)
def test_old(path, text, expected):
    assert lines(text, path) == expected
    assert lines(f"\ufeff{text}", path) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.yml", f'{ACTION}python-version: "3.10"\n'),
        ("x.yml", f"{ACTION}python-version: 3.x\n"),
        ("x.yml", f"{ACTION}python-version: '>=3.8'\n"),
        ("x.yml", f"{ACTION}python-version: ${{{{ matrix.python-version }}}}\n"),
        ("x.yml", "# python-version: 3.8\n"),
        ("x.yml", "uses: actions/setup-python@v3.8\nnode-version: 3.8\n"),
        ("x.yml", "rev: 3.8.0\nlanguage_version: python3.8\nargs: [--py38-plus]\n"),
        ("x.yml", "image: micropython:3.8\ncontainer: ubuntu:22.04\n"),
        ("pyproject.toml", 'requires-python = ">=3.6"\ntarget-version = ["py38"]\n'),
        ("pyproject.toml", 'classifiers = ["Programming Language :: Python :: 3.8"]\n'),
        ("pyproject.toml", 'python = "^3.8"\n[tool.mypy]\npython_version = "3.10"\n'),
        ("tox.ini", "[testenv]\ndeps = py38\nx = 3.8\n"),
        ("mypy.ini", "[mypy]\npython_version = 3.8\n"),
        ("pyproject.toml", '[tool.mypy]\npython_version = "3.8"\n'),
        ("README.md", "python3.8 setup.py sdist\n"),
        ("tests/test_x.py", "python3.8\n"),
        ("run.sh", "pip install x==3.8\npython3 -m build\n"),
    ],
)
def test_not_old(path, text):
    assert lines(text, path) == []


def test_the_text_names_each_version_once():
    ((_, text),) = find_old_pythons("x.yml", "python-version: ['3.8', '3.8', '3.9', '3.11']\n")
    assert text == (
        "names Python 3.8, 3.9, but sdist-upip needs Python 3.10 or later. Use a later Python "
        "where the project is built."
    )

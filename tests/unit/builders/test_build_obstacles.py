"""Which setup.py of an old source distribution cannot run."""

import pytest

from sdist_upip.builders.build_obstacles import find_build_obstacle

SETUP = "from setuptools import setup\n%s\nsetup()\n"


def obstacle(setup, *paths, isolated=True, pyproject=None):
    files = dict.fromkeys(paths, b"")
    if setup is not None:
        files["setup.py"] = setup.encode()
    if pyproject is not None:
        files["pyproject.toml"] = pyproject.encode()
    return find_build_obstacle(files, isolated=isolated)


@pytest.mark.parametrize(
    "code",
    [
        *("import sdist_upip", "from sdist_upip import sdist", "import a.b, sdist_upip as s"),
        *("import numpy", "import ez_setup", "from pip.req import parse_requirements"),
    ],
)
def test_modules_that_the_archive_lacks(code):
    found = obstacle(SETUP % code, "a/__init__.py", "a.egg-info/sdist_upip.py")
    name = next(name for name in ("sdist_upip", "numpy", "ez_setup", "pip") if name in code)
    assert found == f"its setup.py imports {name!r}, which the archive lacks"


@pytest.mark.parametrize(
    ("code", "paths"),
    [
        ("import os, sys, re", ()),
        ("import distutils.core, pkg_resources, wheel", ()),
        ("import sdist_upip", ("sdist_upip.py",)),
        ("import sdist_upip", ("sdist_upip/__init__.py",)),
        ("sys.path.append('./sdist_upip')\nimport sdist_upip", ("sdist_upip/sdist_upip.py",)),
        ("sys.path.append('lib')\nimport thing", ("lib/thing/x.py",)),
        ("try:\n    import sdist_upip\nexcept ImportError:\n    pass", ()),
        ("if 0:\n    import numpy", ()),
        ("def f():\n    import numpy", ()),
        ("from . import version", ()),
    ],
)
def test_scripts_that_may_run(code, paths):
    assert obstacle(SETUP % code, *paths) is None


def test_scripts_of_python_2():
    assert obstacle("print 'x'\n").startswith("its setup.py does not compile (Missing parenthes")


def build_system(requires, backend=""):
    backend = f"build-backend = {backend!r}\n" if backend else ""
    return f"[build-system]\nrequires = {requires}\n{backend}"


@pytest.mark.parametrize(
    ("pyproject", "name", "is_built"),
    [
        ("", "sdist_upip", False),
        ("[project]\nname = 'x'\n", "sdist_upip", False),
        (build_system(["setuptools>=40", "wheel"]), "sdist_upip", False),
        (build_system(["setuptools"], "setuptools.build_meta"), "numpy", False),
        (build_system(["setuptools", "numpy"]), "sdist_upip", False),
        (build_system(["setuptools", "Sdist.Upip>=1"]), "sdist_upip", True),
        (build_system(["setuptools", "sdist-upip"]), "numpy", False),
        (build_system(["setuptools", "oldest-supported-numpy"]), "numpy", True),
        (build_system(["hatchling"], "hatchling.build"), "numpy", True),
        (build_system([], "backend"), "numpy", True),
        ("not toml", "numpy", False),
        (build_system("setuptools"), "numpy", False),
        ("build-system = 1", "numpy", True),
    ],
)
def test_the_build_system_may_provide_modules(pyproject, name, is_built):
    assert (obstacle(SETUP % f"import {name}", pyproject=pyproject) is None) is is_built


def test_without_isolation_modules_of_this_environment_are_there():
    assert obstacle(SETUP % "import sdist_upip, pytest", isolated=False) is None
    assert obstacle(SETUP % "import no_such_module", isolated=False)


def test_without_a_script():
    assert obstacle(None, pyproject="[project]\n") is None
    assert obstacle(None, "x.py") == "it has no setup.py and no pyproject.toml"

"""The examples, built as their README says, and the step plug-in in a real build."""

import ast
import importlib.util
import os
import shutil
import tarfile
from functools import cache

import pytest

from sdist_upip.archive.reader import read_archive
from sdist_upip.check.archive import check_archive
from sdist_upip.check.release import check_release
from support.paths import ROOT
from support.trees import read_members
from support.warm_python import run_warm

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="session")
def build_example(tmp_path_factory):
    """A function that builds an example once, and returns the path of its archive."""

    @cache
    def build(name):
        directory = tmp_path_factory.mktemp("example") / name
        shutil.copytree(EXAMPLES / name, directory)
        result = run_warm("-m", "build", "--sdist", "--no-isolation", cwd=directory)
        assert result.returncode == 0, result
        (archive,) = (directory / "dist").iterdir()
        return archive

    return build


def test_my_app(build_example):
    archive = build_example("my_app")
    members = list(read_members(archive))
    assert members[0] == "PKG-INFO"
    assert sorted(members) == [
        "PKG-INFO",
        "my_app/R.py",
        "my_app/__main__.py",
        "my_app/data/image.png",
        "my_app/data/page.html",
        "my_app/utils.py",
    ]


def test_legacy_setup(build_example):
    archive = build_example("legacy_setup")
    assert archive.name == "micropython_blinker-0.2.1.tar.gz"
    members = read_members(archive)
    assert list(members) == [
        "PKG-INFO",
        "micropython_blinker.egg-info/requires.txt",
        "blinker.py",
    ]
    assert members["micropython_blinker.egg-info/requires.txt"] == b"micropython-logging\n"
    assert b"Requires-Dist: micropython-logging>=0.3\n" in members["PKG-INFO"]
    assert b'Requires-Dist: micropython-unittest; extra == "test"\n' in members["PKG-INFO"]


def test_src_layout(build_example):
    archive = build_example("src_layout")
    members = read_members(archive)
    assert list(members)[:2] == ["PKG-INFO", "thermo_station.egg-info/requires.txt"]
    assert sorted(members) == [
        "PKG-INFO",
        "thermo/R.py",
        "thermo/__init__.py",
        "thermo/calibration.py",
        "thermo/data/type_k.csv",
        "thermo/sensors/__init__.py",
        "thermo_station.egg-info/licenses/LICENSE",
        "thermo_station.egg-info/requires.txt",
    ]
    requires = members["thermo_station.egg-info/requires.txt"]
    assert requires == b"micropython-umqtt.simple\n"
    assert b"License-File: thermo_station.egg-info/licenses/LICENSE\n" in members["PKG-INFO"]


@pytest.mark.parametrize("name", ["my_app", "legacy_setup", "src_layout"])
def test_twine_accepts_every_example(name, build_example, tmp_path):
    archive = build_example(name)
    result = run_warm("-m", "twine", "check", "--strict", archive, cwd=tmp_path)
    assert result.returncode == 0, result


@pytest.mark.parametrize("name", ["my_app", "legacy_setup", "src_layout"])
def test_every_example_is_plain_ustar_in_a_small_window(name, build_example):
    with tarfile.open(build_example(name)) as tar:
        assert all(member.isreg() and not member.pax_headers for member in tar.getmembers())
        assert {member.mtime for member in tar.getmembers()} == {0}


TYPED = """\
\"\"\"Docs.\"\"\"
from __future__ import annotations

import typing as t
from typing import TYPE_CHECKING, Any
from collections.abc import Sequence  # a list, mostly

if TYPE_CHECKING:
    from x import Y
    if sys: import z

def f(a: Any, *b: t.Any) -> Sequence[Y]:
    if TYPE_CHECKING:
        import y
    c: Y = a  # stays
    return c

class C:
    if t.TYPE_CHECKING:
        import only
"""
DROPPED = """\
\"\"\"Docs.\"\"\"



def f(a: Any, *b: t.Any) -> Sequence[Y]:
    c: Y = a  # stays
    return c

class C:
    pass
"""


@pytest.fixture
def drop_typing():
    path = EXAMPLES / "step_drop_typing/sdist_upip_drop_typing.py"
    spec = importlib.util.spec_from_file_location("sdist_upip_drop_typing", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_step_drops_what_type_checkers_need(drop_typing):
    assert ast.dump(ast.parse(drop_typing.drop(TYPED))) == ast.dump(ast.parse(DROPPED))
    assert "# stays" in drop_typing.drop(TYPED)


@pytest.mark.parametrize(
    "source",
    [
        "from typing import NamedTuple\nclass A(NamedTuple): pass\n",
        "import typing\nx = typing.cast(int, 1)\n",
        "from typing import *\n",
        "import typing, os\n",
        "import typing; x = 1\n",
        "from . import typing\n",
        "if TYPE_CHECKING:\n    x = 1\nelse:\n    x = 2\n",
        "x = 1  # é\n",
    ],
)
def test_the_step_leaves_what_a_device_needs(source, drop_typing):
    assert drop_typing.drop(source) == source


def test_a_real_build_runs_the_installed_step(tmp_path, make_project):
    plug_in = tmp_path / "plug-in"
    copy = shutil.copytree(EXAMPLES / "step_drop_typing", tmp_path / "copy")
    result = run_warm(
        *("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"),
        *("--target", plug_in, copy),
        cwd=tmp_path,
    )
    assert result.returncode == 0, result
    project = make_project(
        {"a/__init__.py": TYPED, "a/page.html": "page"},
        '[tool.setuptools]\npackages = ["a"]\npackage-data = { a = ["*.html"] }\n'
        '[tool.sdist-upip]\nsteps = ["drop-typing", "resources", "metadata"]\n'
        '[tool.sdist-upip.step.drop-typing]\nmodules = ["typing"]\n',
    )
    environ = {"PYTHONPATH": os.fspath(plug_in)}
    result = run_warm("-m", "sdist_upip", "build", cwd=project, **environ)
    assert result.returncode == 0, result
    members = read_members(project / "dist/x-1.0.tar.gz")
    assert b"typing" not in members["a/__init__.py"]
    assert b"__future__" in members["a/__init__.py"]
    assert b"collections.abc" in members["a/__init__.py"]
    assert "drop-typing: " in result.stdout
    assert "changed a/__init__.py" in result.stdout
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace("modules =", "module ="))
    result = run_warm("-m", "sdist_upip", "build", cwd=project, **environ)
    assert result.returncode == 1
    assert "error: Step 'drop-typing': unknown option 'module'" in result.stderr


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in ROOT.glob("examples/*/pyproject.toml"))
)
def test_the_archives_of_all_examples_are_clean(name, tmp_path):
    project = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, project)
    command = ("-m", "sdist_upip", "build", project, "-o", tmp_path / "out")
    result = run_warm(*command, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    (path,) = (tmp_path / "out").iterdir()
    problems = check_archive(path).problems
    if name == "step_drop_typing":  # a plug-in for computers
        assert {problem.code for problem in problems} == {"import", "syntax-target"}
    else:
        assert problems == ()
    release = read_archive(path)
    assert check_release(release, path.name) == list(problems)

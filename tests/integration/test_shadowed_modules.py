"""Every front end builds a project whose modules have the names of all modules of Python.

MicroPython has its own `queue`, `logging`, `html` and others, which projects package.
"""

import shutil
import sys
from pathlib import Path

import pytest

from support.processes import run, run_python
from support.trees import read_members, write_tree

NAMES = frozenset(sys.stdlib_module_names)
OF_RUNPY = frozenset(
    {"collections", "contextlib", "functools", "importlib", "keyword", "operator", "reprlib"}
    | {"runpy", "types", "typing", "warnings", "abc", "copyreg", "enum", "heapq", "itertools"}
)
"""What `python -m` may import before any code of the command runs."""
SHADOW = "raise ImportError('a module for boards')\n"
SETUP = """
import sys

{first}
from setuptools import setup
import sdist_upip

setup(
    name="x",
    version="1.0",
    {declared},
    cmdclass={{"sdist": sdist_upip.sdist}},
)
"""
BACKEND = """
import sys
from pyproject_hooks import BuildBackendHookCaller

hooks = BuildBackendHookCaller(sys.argv[1], "sdist_upip.build_meta")
hooks.get_requires_for_build_sdist()
hooks.build_sdist(sys.argv[1] + "/dist")
"""
COMMAND = shutil.which("sdist-upip", path=Path(sys.executable).parent)


def write_project(directory, names, form, first="sys.path.pop(0)"):
    paths = {
        "module": (f"py_modules={sorted(names)}", "{}.py", "{}.py"),
        "package": (f"packages={sorted(names)}", "{}/__init__.py", "{}/__init__.py"),
        "src": (f"py_modules={sorted(names)}, package_dir={{'': 'src'}}", "src/{}.py", "{}.py"),
    }
    declared, source, target = paths[form]
    files = {source.format(name): SHADOW for name in names}
    if form != "module":  # to compress 300 modules well takes a second
        files["pyproject.toml"] = '[tool.sdist-upip]\ncompression = "fast"\n'
    write_tree(directory, {**files, "setup.py": SETUP.format(first=first, declared=declared)})
    return {"PKG-INFO", *(target.format(name) for name in names)}


def members(project):
    (archive,) = (project / "dist").iterdir()
    return set(read_members(archive))


@pytest.mark.parametrize("form", ["module", "package", "src"])
def test_the_command_line(form, tmp_path):
    expected = write_project(tmp_path, NAMES, form)
    result = run(COMMAND, "build", cwd=tmp_path)
    assert result.returncode == 0, result
    assert members(tmp_path) == expected


def test_the_command_line_as_a_module(tmp_path):
    expected = write_project(tmp_path, NAMES - OF_RUNPY, "module")
    (tmp_path / "lib").mkdir()
    result = run_python("-m", "sdist_upip", "build", cwd=tmp_path)
    assert result.returncode == 0, result
    assert members(tmp_path) == expected
    for command in (("show", "dist/x-1.0.tar.gz"), ("list", "--path", "lib")):
        result = run_python("-m", "sdist_upip", *command, cwd=tmp_path)
        assert result.returncode == 0, result


def test_the_build_backend(tmp_path):
    project = tmp_path / "project"
    expected = write_project(project, NAMES, "module")
    (tmp_path / "front_end.py").write_text(BACKEND)
    result = run_python("front_end.py", project, cwd=tmp_path)
    assert result.returncode == 0, result
    assert members(project) == expected


def test_a_script_may_import_modules_of_its_project(tmp_path):
    """They come after those of Python, and before those that are installed."""
    write_project(tmp_path, ["queue"], "module", "import helper, packaging\nhelper.ask()")
    write_tree(tmp_path, {"helper.py": "def ask():\n    import queue\n    queue.Queue\n"})
    result = run(COMMAND, "build", cwd=tmp_path)
    assert result.returncode == 0, result

"""An error in the build files of a project: one line with file, line, problem and remedy."""

import pytest

from sdist_upip.builders.project_archive import build_project
from sdist_upip.errors import ProjectError
from support.projects import BACKEND
from support.trees import read_tree, write_tree
from support.warm_python import run_warm

HEAD = "from setuptools import setup\n"
SETUP = f"{HEAD}setup(name='x', version='1', py_modules=['m'])\n"
ATTR = f"{BACKEND}[project]\nname = 'x'\ndynamic = ['version']\n[tool.setuptools.dynamic]\n"
OF_A_BOARD = "a/__init__.py, line 2, imported for pyproject.toml: ModuleNotFoundError: "
SUBCLASS = """
import sdist_upip

class command(sdist_upip.sdist):
    def run(self):
        open("gone.txt")

setup(name="x", version="1", py_modules=["m"], cmdclass={"sdist": command})
"""

# name: (files, start of the message, end of the message)
ERRORS = {
    "missing file": (
        {"setup.py": f"{HEAD}setup(name='x', long_description=open('README').read())\n"},
        "setup.py, line 2: FileNotFoundError: No such file or directory: 'README'. ",
        "Add the file, or correct the name in setup.py.",
    ),
    "name": (
        {"setup.py": f"{HEAD}\n\nsetup(version=V)\n"},
        "setup.py, line 4: NameError: name 'V' is not defined. ",
        "Correct setup.py.",
    ),
    "syntax": (
        {"setup.py": "\nprint 'x'\n"},
        "setup.py, line 2: SyntaxError: Missing ",
        "setup.py.",
    ),
    "syntax of a module": (
        {"setup.py": "import sys\nsys.path.insert(0, '.')\nimport own_v\n", "own_v.py": "x = (\n"},
        "own_v.py, line 1, imported by setup.py, line 3: SyntaxError: ",
        "Correct own_v.py.",
    ),
    "encoding": (
        {"setup.py": f"{HEAD}open('m.py', encoding='ascii').read()\n", "m.py": "# \u00b0"},
        "setup.py, line 2: UnicodeDecodeError: ",
        'pass encoding="utf-8" where setup.py reads it.',
    ),
    "environment": (
        {"setup.py": "import os\nos.environ['NOT_SET_X']\n"},
        "setup.py, line 2: KeyError: 'NOT_SET_X'. ",
        "Set this environment variable, or do not read it in setup.py.",
    ),
    "exit": (
        {"setup.py": "\nraise SystemExit('Not on Mondays')\n"},
        "setup.py, line 2, ended the build: Not on Mondays. ",
        "Do what it says, or correct setup.py.",
    ),
    "exit code": (
        {"setup.py": "import sys\nsys.exit(3)\n"},
        "setup.py, line 2, ended the build with exit code 3. ",
        "Correct setup.py.",
    ),
    "a class of its own": (
        {"setup.py": "class E(BaseException):\n    __str__ = None\n\nraise E\n"},
        "setup.py, line 4: E. ",
        "Correct setup.py.",
    ),
    "null byte": (
        {"setup.py": SETUP.encode("utf-16")},
        "setup.py: SyntaxError: source code string cannot contain null bytes. ",
        "Correct setup.py.",
    ),
    "unknown encoding": (
        {"setup.py": "# coding: none\n"},
        "setup.py: SyntaxError: unknown encoding: none. ",
        "Correct setup.py.",
    ),
    "directory": (
        {"setup.py/x": ""},
        "setup.py is not a regular file. ",
        "Replace or remove it.",
    ),
    "missing package": (
        {"setup.py": f"{HEAD}setup(name='x', version='1', packages=['a', 'a.b'])\n", "a/m.py": ""},
        "packages: the package 'a.b' has no directory 'a/b' in ",
        "Add the directory, or correct packages or package_dir.",
    ),
    "package as a string": (
        {"setup.py": f"{HEAD}setup(name='x', version='1', packages='ab')\n", "ab/m.py": ""},
        "packages is the string 'ab'. ",
        "Write a list: ['ab'].",
    ),
    "name of the project": (
        {"setup.py": f"{HEAD}setup(name='de mo!', version='1', py_modules=['m'])\n", "m.py": ""},
        "Invalid project name 'de mo!' (PEP 508). ",
        "Use ASCII letters, digits, '.', '-' and '_' only.",
    ),
    "module with a suffix": (
        {"setup.py": f"{HEAD}setup(name='x', version='1', py_modules=['m.py'])\n", "m.py": ""},
        "py_modules: 'm.py' is the name of a file. ",
        "Write 'm'.",
    ),
    "data file as a string": (
        {"setup.py": f"{HEAD}setup(name='x', version='1', data_files=[('a', 'b.txt')])\n"},
        "data_files: the files for 'a' are the string 'b.txt'. ",
        "Write a list: ['b.txt'].",
    ),
    "command": (
        {"setup.py": f"{HEAD}{SUBCLASS}"},
        "setup.py, line 7: FileNotFoundError: No such file or directory: 'gone.txt'. ",
        "Add the file, or correct the name in setup.py.",
    ),
    "arguments": (
        {"setup.py": f"{HEAD}setup(name='x', package_data=['a'])\n"},
        "setup.py, line 2: 'package_data' must be a dictionary ",
        "Correct the arguments of setup().",
    ),
    "board": (
        {
            "pyproject.toml": f"{ATTR}version = {{ attr = 'a.V' }}\n",
            "a/__init__.py": "\nimport machine\nfrom .v import V\n",
        },
        f"{OF_A_BOARD}No module named 'machine'. setuptools imports this module to read a value. ",
        "Point attr at a module that imports nothing of a board, or write a literal.",
    ),
    "no such attribute": (
        {"pyproject.toml": f"{ATTR}version = {{ attr = 'a.V' }}\n", "a/__init__.py": ""},
        "setuptools cannot read the configuration of the project: AttributeError: ",
        "Correct pyproject.toml.",
    ),
    "section": (
        {"setup.py": SETUP, "setup.cfg": "metadata\n"},
        "setuptools cannot read the configuration of the project: MissingSectionHeaderError: ",
        "Correct pyproject.toml or setup.cfg.",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name, fail, tmp_path, monkeypatch):
    """The source tree stays as it is: no bytecode either."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    files, start, end = ERRORS[name]
    error = fail(write_tree(tmp_path / "project", {"pyproject.toml": BACKEND, **files}))
    assert error.startswith(f"error: {start}")
    assert error.endswith(end)


@pytest.mark.parametrize("name", ["name", "board"])
def test_front_ends(name, tmp_path):
    """A front end asks the backend for its requirements first, and that runs setup.py too."""
    files, start, end = ERRORS[name]
    project = write_tree(tmp_path / "project", {"pyproject.toml": BACKEND, **files})
    result = run_warm("-m", "build", "--sdist", "--no-isolation", cwd=project)
    assert result.returncode == 1
    text = result.stdout + result.stderr
    (error,) = (line for line in text.splitlines() if line.startswith("error: "))
    assert error.startswith(f"error: {start}")
    assert error.endswith(end)
    assert "Traceback" not in text
    with pytest.raises(ProjectError) as caught:
        build_project(project, tmp_path / "project")
    assert str(caught.value) == f"{project} cannot be built: {error.removeprefix('error: ')}"


def test_the_traceback_is_shown_with_v(tmp_path):
    project = write_tree(tmp_path / "project", {"setup.py": "\n1 / 0\n"})
    result = run_warm("-m", "sdist_upip", "build", "-v", cwd=project)
    assert "Traceback (most recent call last):" in result.stderr
    assert result.stderr.splitlines()[-1] == (
        "error: setup.py, line 2: ZeroDivisionError: division by zero. Correct setup.py."
    )


FLIT = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'


@pytest.mark.parametrize("verbose", [(), ("-v",)])
def test_other_backends(verbose, tmp_path, fail):
    head = '[project]\nname = "own"\ndynamic = ["version", "description"]\n'
    source = '"""Doc."""\nfrom machine import Pin\n__version__ = "1" + ""\n'
    files = {"pyproject.toml": FLIT + head, "own.py": source}
    project = write_tree(tmp_path / "project", files)
    result = run_warm("-m", "sdist_upip", "build", "--no-isolation", *verbose, cwd=project)
    assert result.returncode == 1
    assert read_tree(project).keys() == files.keys()
    assert result.stderr.splitlines()[-1].endswith(
        "own.py, line 2: ModuleNotFoundError: No module named 'machine'. The build imports this "
        "module to read a value. Name a module that imports nothing of a board, or write a literal."
    )
    assert ("Traceback" in result.stderr) is bool(verbose)


@pytest.mark.parametrize(
    "script",
    [
        b"\xef\xbb\xbffrom setuptools import setup\r\nsetup(name='x', version='1.0', %s)\r\n",
        b"# coding: latin-1\nAUTHOR = '\xe9'\nfrom setuptools import setup\n"
        b"setup(name='x', author=AUTHOR, version='1.0', %s)\n",
        b"from setuptools import setup\rsetup(name='x', version='1.0', %s)\r",
    ],
    ids=["byte order mark and CRLF", "latin-1", "CR"],
)
@pytest.mark.parametrize("backend", ["sdist_upip.build_meta", "setuptools.build_meta"])
def test_scripts_in_every_encoding(script, backend, make_project, build):
    files = {"setup.py": script % b"packages=['test', 'a']", "test/__init__.py": ""}
    project = make_project({**files, "a/__init__.py": ""})
    (project / "pyproject.toml").write_text(BACKEND.replace("sdist_upip.build_meta", backend))
    assert sorted(build(project)) == ["PKG-INFO", "a/__init__.py", "test/__init__.py"]

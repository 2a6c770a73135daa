"""An error in the build files of a project: which file, which line, what, and what to do."""

import pytest

from sdist_upip.builders.failures import (
    Failure,
    cause_lines,
    describe_error,
    describe_failure,
    describe_import,
    describe_plug_in,
    make_failure,
    read_failure,
    with_source,
)
from sdist_upip.errors import ProjectError
from support.trees import write_tree

SETUPTOOLS = "/x/lib/python3.12/site-packages/setuptools"
CONFIG = (f"{SETUPTOOLS}/config/pyprojecttoml.py", 5, "apply")
VERSION = ("/x/lib/python3.12/site-packages/packaging/version.py", 9, "parse")
CALL = (f"{SETUPTOOLS}/__init__.py", 9, "setup")
PLUG_IN = ("/x/lib/python3.12/site-packages/setuptools_scm/__init__.py", 7, "version")
SCRIPT = ("setup.py", 3, "<module>")
MODULE = ("a/version.py", 2, "<module>")
BOARD = ("ModuleNotFoundError", "No module named 'machine'")


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path, {"setup.py": "", "a/version.py": "", "own.py": ""})


@pytest.mark.parametrize(
    ("error", "frames", "message"),
    [
        (("NameError", "no"), [SCRIPT], "setup.py, line 3: NameError: no. Correct setup.py."),
        (("X", ""), [SCRIPT], "setup.py, line 3: X. Correct setup.py."),
        (
            ("NameError", "no"),
            [SCRIPT, MODULE],
            "a/version.py, line 2, imported by setup.py, line 3: NameError: no. "
            "Correct a/version.py.",
        ),
        (
            BOARD,
            [CONFIG, MODULE],
            "a/version.py, line 2, imported for pyproject.toml: ModuleNotFoundError: No module "
            "named 'machine'. setuptools imports this module to read a value. Point attr at a "
            "module that imports nothing of a board, or write a literal.",
        ),
        (
            BOARD,
            [MODULE],
            "a/version.py, line 2: ModuleNotFoundError: No module named 'machine'. The build "
            "imports this module to read a value. Name a module that imports nothing of a board, "
            "or write a literal.",
        ),
        (
            BOARD,
            [SCRIPT],
            "setup.py, line 3: ModuleNotFoundError: No module named 'machine'. If this is a "
            "module of a board, do not import it for the build: write a literal. If not, add its "
            "project to build-system.requires and install it.",
        ),
        (
            ("ModuleNotFoundError", "No module named 'own'"),
            [SCRIPT],
            "setup.py, line 3: ModuleNotFoundError: No module named 'own'. The project has this "
            "module, but its directory is not on the path. Add sys.path.insert(0, "
            "os.path.dirname(__file__)) to setup.py, before the import.",
        ),
        (
            ("FileNotFoundError", "[Errno 2] No such file or directory: 'R'"),
            [SCRIPT],
            "setup.py, line 3: FileNotFoundError: No such file or directory: 'R'. Add the file, "
            "or correct the name in setup.py.",
        ),
        (
            ("TypeError", "list"),
            [SCRIPT, CALL],
            "setup.py, line 3: TypeError: list. setuptools raised the error. Correct the "
            "arguments of setup().",
        ),
        (
            ("InvalidVersion", "x"),
            [SCRIPT, CALL, VERSION],
            "setup.py, line 3: InvalidVersion: x. setuptools raised the error. Correct the "
            "arguments of setup().",
        ),
        (
            ("LookupError", "no tag"),
            [SCRIPT, CALL, PLUG_IN],
            "setup.py, line 3: LookupError: no tag. setuptools_scm raised the error. Correct its "
            "settings, or remove it from the build.",
        ),
        (
            ("ValueError", "invalid `name`."),
            [SCRIPT, CONFIG],
            "setuptools cannot read the configuration of the project: invalid `name`. "
            "Correct pyproject.toml.",
        ),
        (
            ("KeyError", "'x'"),
            [CALL, (f"{SETUPTOOLS}/dist.py", 5, "parse_config_files")],
            "setuptools cannot read the configuration of the project: KeyError: 'x'. "
            "Correct pyproject.toml or setup.cfg.",
        ),
        (("X", ""), [("<frozen runpy>", 1, "")], None),
        (("X", ""), [CALL, PLUG_IN], None),
        (("X", ""), [SCRIPT, (__import__("sdist_upip").__file__, 1, "")], None),
    ],
)
def test_messages(error, frames, message, project):
    assert describe_failure(Failure(*error, tuple(frames)), project) == message


@pytest.mark.parametrize(
    ("error", "frames", "message"),
    [
        (
            ("LookupError", "no tag:\n  - really.\n"),
            [CALL, PLUG_IN, ("<frozen os>", 1, "")],
            "setuptools_scm failed with LookupError: no tag. really. Correct the settings of "
            "setuptools_scm.",
        ),
        (
            BOARD,
            [PLUG_IN],
            "setuptools_scm failed with ModuleNotFoundError: No module named 'machine'. If it "
            "reads a value from a module, name a module that imports nothing of a board, or "
            "write a literal.",
        ),
        (("X", ""), [PLUG_IN, ("/x/y.py", 1, "")], None),
        (("X", ""), [], None),
    ],
)
def test_messages_about_plug_ins(error, frames, message):
    assert describe_plug_in(Failure(*error, tuple(frames))) == message


def test_files_that_are_installed_in_the_project_are_not_its_own(project):
    installed = "venv/lib/python3.12/site-packages/other.py"
    write_tree(project, {installed: ""})
    failure = Failure("X", "", (SCRIPT, (str(project / installed), 4, "f")))
    assert describe_failure(failure, project).startswith("setup.py, line 3: X. other raised")


OUTPUT = """building
Traceback (most recent call last):
  File "{0}/a/version.py", line 2, in <module>
    import machine
ModuleNotFoundError: No module named 'machine'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/x/lib/python3.12/site-packages/backend/api.py", line 5, in build
    load()
    ^^^^^^
backend.errors.BuildError: cannot read the version
of a
done
"""


def test_the_lines_of_an_error_in_a_list(project):
    """poetry-core explains in indented lines."""
    output = (
        'Traceback (most recent call last):\n  File "/x.py", line 5, in build\n    load()\n'
        "RuntimeError: The configuration is invalid:\n  - homepage is not a URL\n\n  - x\n"
    )
    text = "RuntimeError: The configuration is invalid. homepage is not a URL. x"
    assert describe_error(read_failure(output)) == text


def test_a_traceback_in_the_output_of_a_program(project):
    failure = read_failure(OUTPUT.format(project))
    assert (failure.kind, failure.text) == ("BuildError", "cannot read the version\nof a\ndone")
    assert describe_failure(failure, project).startswith(
        "a/version.py, line 2: BuildError: cannot read the version. of a. done. Correct "
    )


@pytest.mark.parametrize(
    "output", ["", "no traceback", "Traceback (most recent call last):\nX\n", 'File "x", line 1\n']
)
def test_output_without_an_error(output):
    assert read_failure(output) is None


def test_a_backend_that_cannot_import_a_module():
    assert describe_import(Failure(*BOARD, ())) == (
        "The backend failed with ModuleNotFoundError: No module named 'machine'. If it reads a "
        "value from a module, name a module that imports nothing of a board, or write a literal."
    )
    assert describe_import(Failure("NameError", "x", ())) is None


@pytest.mark.parametrize(
    ("line", "files", "place"),
    [
        (2, {"m.py": "\nx = (\n", "n.py": "x = (\n", "z.py": b"\xff"}, "m.py, line 2: "),
        (3, {"m.py": "\nx = (\n"}, None),
    ],
)
def test_a_source_that_the_backend_does_not_name(line, files, place, project):
    """flit parses the text of the module."""
    api = ("/x/lib/python3.12/site-packages/flit_core/common.py", 5, "parse")
    failure = Failure("SyntaxError", "no", (api, ("<unknown>", line, "")))
    message = describe_failure(with_source(failure, write_tree(project, files)), project)
    assert message == (place and f"{place}SyntaxError: no. Correct m.py.")


def test_the_place_of_a_syntax_error(project):
    try:
        compile("\nprint 'x'", "own.py", "exec")
    except SyntaxError as error:
        failure = make_failure(error)
    assert describe_failure(failure, project).startswith("own.py, line 2: SyntaxError: Missing ")


def test_lines_of_a_traceback():
    assert cause_lines(ProjectError("alone")) == []
    error = ProjectError("x")
    error.__cause__ = ZeroDivisionError("zero")
    assert cause_lines(error) == ["ZeroDivisionError: zero"]

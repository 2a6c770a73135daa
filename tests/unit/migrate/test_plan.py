"""A project with a copied sdist_upip.py is moved by the diff that migrate shows."""

from pathlib import Path

import pytest

from sdist_upip.cli.commands.migrate import _write
from sdist_upip.errors import ProjectError
from sdist_upip.migrate.plan import plan_migration
from support.legacy_projects import COPY, PROJECT, SETUP
from support.trees import write_tree


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path / "project", PROJECT)


def test_a_renamed_copy_keeps_its_name_in_setup_py(tmp_path):
    files = {
        "my_sdist.py": COPY,
        "setup.py": "from setuptools import setup\nimport my_sdist\nfrom my_sdist import sdist\n"
        "setup(name='x', cmdclass={'sdist': my_sdist.sdist})\n",
    }
    plan = plan_migration(write_tree(tmp_path, files))
    after = {change.path: change.after for change in plan.changes}
    assert after["my_sdist.py"] is None
    assert after["setup.py"].splitlines()[1:3] == [
        "import sdist_upip as my_sdist",
        "from sdist_upip import sdist",
    ]


def test_commands_that_have_no_successor_are_noted(tmp_path):
    files = {
        "setup.py": "import optimize_upip\nimport sdist_upip\nsetup(cmdclass={'optimize_upip':"
        " optimize_upip.OptimizeUpip})\n",
        "sub/setup.py": "from setuptools.command.sdist import sdist\nclass UpipSdist(sdist):\n"
        "    def gzip_4k(self): pass\n",
    }
    notes = {note.path: note.text for note in plan_migration(write_tree(tmp_path, files)).notes}
    assert "uses optimize_upip, which is not a command any longer." in notes["setup.py"]
    assert "defines its own command" in notes["sub/setup.py"]


@pytest.mark.parametrize(
    "script", [b"import sdist_upip\nprint 'x'\n", b"# coding: latin-1\n# \xe9\nimport sdist_upip\n"]
)
def test_a_setup_py_that_cannot_be_read_is_noted(script, tmp_path):
    write_tree(tmp_path, {"setup.py": script, "docs/setup.py": "print 'x'\n"})
    plan = plan_migration(tmp_path)
    assert plan.changes == ()
    assert [(note.path, note.text) for note in plan.notes] == [
        (
            "setup.py",
            "is not Python source in UTF-8. Correct it, and run sdist-upip migrate again.",
        )
    ]


def test_a_failure_halfway_names_the_changed_files(project, monkeypatch):
    def fail(path):
        raise PermissionError(13, "Permission denied")

    plan = plan_migration(project)
    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(ProjectError) as caught:
        _write(project, plan.changes)
    message = str(caught.value)
    assert message.startswith("sdist_upip.py cannot be removed: Permission denied. Changed before")
    assert "setup.py" in message.partition("Changed before that: ")[2]
    assert "as it was" not in message


@pytest.mark.parametrize(
    ("copy", "setup"),
    [
        ("tools/sdist_upip.py", b"from tools import sdist_upip\n"),
        ("tools/sdist_upip.py", b"from tools.sdist_upip import sdist\n"),
        ("sdist_upip.py", b"from . import sdist_upip\n"),
        ("sdist_upip/sdist_upip.py", b"import sdist_upip.sdist_upip\n"),
        ("sdist_upip/sdist_upip.py", b"from sdist_upip import sdist_upip\n"),
        ("my_sdist.py", b"import sys, my_sdist, os\n"),
        ("my_sdist.py", b"import my_sdist # x\n"),
        ("sdist_upip.py", b"# coding: latin-1\nimport sdist_upip  # \xe9\n"),
        ("sdist_upip.py", b"import sdist_upip\nprint 'Python 2'\n"),
    ],
)
def test_a_copy_that_setup_py_still_needs_is_kept(tmp_path, copy, setup):
    project = write_tree(tmp_path, {copy: COPY, "setup.py": "", "MANIFEST.in": f"include {copy}\n"})
    (project / "setup.py").write_bytes(setup)
    plan = plan_migration(project)
    assert plan.changes == ()
    assert [note.path for note in plan.notes] == ["setup.py"]
    assert plan.notes[0].text.endswith(f"Import sdist_upip there, and then remove {copy}.")


def test_a_block_of_setup_py_is_never_left_empty(tmp_path):
    setup = "import sys\nif sys.argv:\n    sys.path.pop(0)\nimport sdist_upip\n"
    plan = plan_migration(write_tree(tmp_path, {"sdist_upip.py": COPY, "setup.py": setup}))
    assert [change.path for change in plan.changes] == ["pyproject.toml", "sdist_upip.py"]
    assert [(note.path, note.text) for note in plan.notes] == [
        ("setup.py", "changes sys.path for the copy. Remove that change, which is not needed.")
    ]


def test_a_continued_line_of_the_manifest_stays_one_command(tmp_path):
    manifest = "include sdist_upip.py \\\n  a.txt\ninclude b.txt \\\n  c.txt\n"
    files = {"sdist_upip.py": COPY, "MANIFEST.in": manifest}
    after = {
        change.path: change.after for change in plan_migration(write_tree(tmp_path, files)).changes
    }
    assert after["MANIFEST.in"] == "include a.txt\ninclude b.txt \\\n  c.txt\n"


def plan(directory, files):
    """Return the new text of each changed file, and the notes as `path text`."""
    result = plan_migration(write_tree(directory, files))
    after = {change.path: change.after for change in result.changes}
    return after, [f"{note.path} {note.text}" for note in result.notes], result.emptied


SIMPLE = (
    "from setuptools import setup\nimport sdist_upip\nsetup(cmdclass={'sdist': sdist_upip.sdist})\n"
)


def test_a_module_that_hides_one_of_python_keeps_the_change_of_the_path(tmp_path):
    files = {"sdist_upip.py": COPY, "lib/setup.py": SETUP, "lib/logging.py": ""}
    after, notes, _ = plan(tmp_path, files)
    lines = after["lib/setup.py"].splitlines()
    assert lines[:5] == [*SETUP.splitlines()[:5]]
    assert lines[5] == "import sdist_upip"
    assert notes == []


def test_the_directory_of_the_copy_goes_with_it(tmp_path):
    files = {
        "sdist_upip/sdist_upip.py": COPY,
        "sdist_upip/__init__.py": "from .sdist_upip import sdist\n",
        "setup.py": f"import sys\nsys.path.append('./sdist_upip')\n{SIMPLE}",
        "MANIFEST.in": "recursive-include sdist_upip *.py\ninclude a.txt\n",
    }
    after, notes, emptied = plan(tmp_path, files)
    assert after == {
        "MANIFEST.in": "include a.txt\n",
        "pyproject.toml": '[build-system]\nrequires = ["setuptools>=61", "sdist-upip"]\n',
        "sdist_upip/__init__.py": None,
        "sdist_upip/sdist_upip.py": None,
        "setup.py": SIMPLE,
    }
    assert (notes, emptied) == ([], ("sdist_upip",))


@pytest.mark.parametrize(
    "line", ["from tools import sdist_upip", "from tools import sdist", "import tools"]
)
def test_a_package_that_setup_py_needs_is_kept(tmp_path, line):
    files = {
        "tools/__init__.py": "from .sdist_upip import sdist\n",
        "tools/sdist_upip.py": COPY,
        "setup.py": f"{line}\nsetup()\n",
    }
    after, notes, _ = plan(tmp_path, files)
    assert after == {}
    assert notes[0].endswith("Import sdist_upip there, and then remove tools/sdist_upip.py.")


def test_a_copy_that_is_a_package(tmp_path):
    files = {"sdist_upip/__init__.py": COPY, "setup.py": SIMPLE}
    after, notes, emptied = plan(tmp_path, files)
    assert sorted(after) == ["pyproject.toml", "sdist_upip/__init__.py"]
    assert (notes, emptied) == ([], ("sdist_upip",))


def test_a_submodule_with_the_copy_is_noted(tmp_path):
    files = {
        ".gitmodules": '[submodule "sdist_upip"]\n\tpath = sdist_upip\n\turl = x\n',
        "sdist_upip/sdist_upip.py": COPY,
        "setup.py": f"import sys\nsys.path.append('./sdist_upip')\n{SIMPLE}",
    }
    after, notes, _ = plan(tmp_path, files)
    assert sorted(after) == ["pyproject.toml", "setup.py"]
    assert notes == [
        ".gitmodules:2 has the submodule sdist_upip with a copy of sdist_upip.py, which the build "
        "does not need. Run git rm sdist_upip."
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_are_kept(tmp_path, end):
    files = {
        "sdist_upip.py": "\ufeff" + COPY.replace("\n", end),
        "setup.py": "\ufeff" + SETUP.replace("\n", end),
        "MANIFEST.in": f"\ufeffinclude sdist_upip.py{end}include a{end}",
        ".gitignore": f"\ufeff*.orig{end}dist{end}",
        "setup.cfg": f"\ufeff[options]{end}py_modules ={end}  a{end}  sdist_upip{end}",
        "pyproject.toml": f"\ufeff[build-system]{end}requires = [{end}  'wheel',{end}]{end}",
        "Makefile": f"\ufeffdist:{end}\tpython setup.py sdist{end}\trm dist/*.orig{end}",
        "tox.ini": f"\ufeff[tox]{end}envlist = py38{end}",
    }
    after, notes, _ = plan(tmp_path, files)
    assert after["sdist_upip.py"] is None
    assert after["setup.py"].startswith(
        f"\ufefffrom setuptools import setup{end}import sdist_upip{end}"
    )
    assert after["MANIFEST.in"] == f"\ufeffinclude a{end}"
    assert after[".gitignore"] == f"\ufeffdist{end}"
    assert after["setup.cfg"] == f"\ufeff[options]{end}py_modules ={end}  a{end}"
    assert after["pyproject.toml"] == (
        f"[build-system]{end}requires = [{end}  'wheel',{end}  \"sdist-upip\",{end}]{end}"
    )
    assert after["Makefile"] == f"\ufeffdist:{end}\tpython setup.py sdist{end}"
    assert [note.partition(" ")[0] for note in notes] == ["Makefile:2", "tox.ini:2"]


OLD = f"import sys\nsys.path.append('..')\n{SIMPLE}"
RUNS = "python setup.py sdist\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"setup.py": f"# Generated by make_metadata.py, do not edit\n{OLD}"},
            "setup.py is a generated file: it says 'Generated by make_metadata.py, do not edit'. "
            "Make the same change in its template or generator, or the next run undoes it.",
        ),
        (
            {"setup.py": OLD, "setup.py.in": OLD},
            "setup.py is a generated file: it has a template setup.py.in. Make the same change in "
            "setup.py.in, or the next run undoes it.",
        ),
        (
            {"setup.py": SIMPLE, "ci.yml": f"# Managed by x. Do not modify!\n- run: {RUNS}"},
            "ci.yml is a generated file: it says 'Managed by x. Do not modify!'. Make the same "
            "change in its template or generator, or the next run undoes it.",
        ),
        (
            {"setup.py": OLD, "make.py": f'TEXT = """\\\n{OLD}"""\n'},
            "make.py:5 has the text of a setup.py that imports sdist_upip. Make the changes of "
            "setup.py there too.",
        ),
    ],
)
def test_a_generated_file_is_noted(tmp_path, files, expected):
    _, notes, _ = plan(tmp_path, {"sdist_upip.py": COPY, **files})
    assert expected in notes


def test_a_setup_script_of_another_name(tmp_path):
    files = {"sdist_upip.py": COPY, "setup_mini.py": OLD, "x.sh": "python setup_mini.py sdist\n"}
    after, notes, _ = plan(tmp_path, files)
    assert after["setup_mini.py"] == SIMPLE
    assert [note.partition(" ")[0] for note in notes] == ["x.sh:1"]


def test_a_module_that_hides_one_that_sdist_upip_needs(tmp_path):
    files = {"sdist_upip.py": COPY, "setup.py": SIMPLE, "hmac.py": ""}
    _, notes, _ = plan(tmp_path, files)
    assert [note.partition(".")[0] for note in notes] == ["setup"]
    assert "has hmac beside it, which Python imports instead of its own." in notes[0]
    files["setup.py"] = f"import sys\nsys.path.pop(0)\n{SIMPLE}"
    assert plan(tmp_path, files)[1] == []


@pytest.mark.parametrize(
    ("backend", "runs"),
    [
        ("setuptools.build_meta", True),
        ("setuptools.build_meta:__legacy__", True),
        ("sdist_upip.build_meta", True),
        ("poetry.core.masonry.api", False),
        ("hatchling.build", False),
        ("flit_core.buildapi", False),
        ("own_backend", True),
    ],
)
def test_a_backend_that_does_not_run_setup_py_is_noted(tmp_path, backend, runs):
    toml = f'[build-system]\nrequires = []\nbuild-backend = "{backend}"\n'
    files = {
        "sdist_upip.py": COPY,
        "setup.py": SIMPLE,
        "pyproject.toml": toml,
        "build_tools/own_backend.py": "from setuptools.build_meta import *\n",
    }
    after, notes, _ = plan(tmp_path, files)
    assert ("pyproject.toml" in after) is runs
    assert [note for note in notes if "is not run by build-backend" in note] == [
        f"setup.py is not run by build-backend {backend!r} of pyproject.toml, so python -m build "
        "makes no archive for upip. Run sdist-upip build, or set build-backend to "
        "'setuptools.build_meta' and add 'sdist-upip' to build-system.requires."
    ] * (not runs)


def test_a_copy_with_more_than_the_distribution_has_is_kept(tmp_path):
    setup = SIMPLE + "sdist_upip.FILTERS.append('x')\n"
    after, notes, _ = plan(tmp_path, {"sdist_upip.py": COPY, "setup.py": setup})
    assert after == {}
    assert notes == [
        "setup.py uses FILTERS, which sdist-upip does not have. Import sdist_upip there, and then "
        "remove sdist_upip.py."
    ]


@pytest.mark.parametrize("line", ["import os, sdist_upip", "sdist_upip = __import__('sdist_upip')"])
def test_every_import_of_the_copy_needs_the_distribution(tmp_path, line):
    setup = SIMPLE.replace("import sdist_upip", line)
    after, _, _ = plan(tmp_path, {"sdist_upip.py": COPY, "setup.py": setup})
    assert sorted(after) == ["pyproject.toml", "sdist_upip.py"]


def test_lists_of_modules_lose_the_copy(tmp_path):
    files = {
        "sdist_upip.py": COPY,
        "setup.py": SIMPLE,
        "setup.cfg": "[options]\npy_modules = relay, sdist_upip\n",
        "pyproject.toml": '[tool.setuptools]\npy-modules = ["sdist_upip", "relay"]\n',
    }
    after, _, _ = plan(tmp_path, files)
    assert after["setup.cfg"] == "[options]\npy_modules = relay\n"
    assert after["pyproject.toml"].endswith('[tool.setuptools]\npy-modules = ["relay"]\n')


def test_one_note_for_a_line_and_none_the_second_time(tmp_path):
    files = {
        "sdist_upip.py": COPY,
        "setup.py": SIMPLE,
        "run.sh": "cp sdist_upip.py x; python3.8 setup.py sdist\n",
    }
    _, notes, _ = plan(tmp_path, files)
    assert notes == [
        "run.sh:1 names sdist_upip.py, which is removed. Remove the name there. It also runs "
        "setup.py sdist, for which setup.py imports sdist_upip. Run pip install sdist-upip before "
        "it, or run python -m build --sdist instead. It also names Python 3.8, but sdist-upip "
        "needs Python 3.10 or later. Use a later Python where the project is built."
    ]
    (tmp_path / "run.sh").write_text("pip install sdist-upip; python3 setup.py sdist\n")
    assert plan(tmp_path, {})[1] == []


def test_packages_json_are_looked_for_beside_each_setup(tmp_path):
    files = {"sdist_upip.py": COPY, "a/setup.py": SIMPLE, "b/setup.py": "setup()\n"}
    assert plan_migration(write_tree(tmp_path, files)).homes == ("", "a")

"""A project with a copied sdist_upip.py is moved by the diff that migrate shows."""

from pathlib import Path

import pytest

from sdist_upip.cli.commands.migrate import _write
from sdist_upip.errors import ProjectError
from sdist_upip.migrate.copies import find_copies, is_copy
from sdist_upip.migrate.plan import plan_migration
from support.legacy_projects import COPY, PROJECT
from support.trees import write_tree


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path / "project", PROJECT)


def test_copies_are_known_by_their_content(tmp_path):
    project = write_tree(
        tmp_path,
        {
            "tools/my_sdist.py": COPY,
            "optimize_upip.py": "def gzip_4k(a, b): pass\ndef filter_tar(name): pass\n",
            "sdist_upip.py": "import sdist_upip\n",
            "words.py": "# gzip_4k and sdist\n",
            "broken.py": "def gzip_4k(:\n",
            "other.py": "def gzip_4k(): pass\n",
            "lib/site-packages/sdist_upip.py": COPY,
        },
    )
    assert find_copies(project) == ["optimize_upip.py", "tools/my_sdist.py"]
    method = "class Sdist(sdist):\n    def gzip_4k(self, name): pass\n"
    assert is_copy(method)
    assert not is_copy("class Sdist(sdist):\n    def zip(self): pass\n")


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

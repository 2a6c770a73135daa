"""A project with a copied sdist_upip.py is moved by the diff that migrate shows."""

import json
import subprocess
from pathlib import Path

import pytest

from conftest import read_members, read_tree, run_python, write_tree
from sdist_upip.cli.commands.migrate import _write, render_diff
from sdist_upip.errors import ConfigError, ProjectError
from sdist_upip.migrate.build_system import with_requirement
from sdist_upip.migrate.plan import find_copies, is_copy, plan_migration

COPY = '''"""Commands for upip."""
import os, tarfile, zlib

from setuptools.command.sdist import sdist as _sdist


def gzip_4k(inf, fname):
    comp = zlib.compressobj(level=9, wbits=16 + 12)
    os.rename(fname, fname + ".orig")


class sdist(_sdist):
    def run(self):
        super().run()
'''
SETUP = """import sys
# Remove current dir from sys.path, otherwise setuptools will peek up our
# module instead of system's.
sys.path.pop(0)
from setuptools import setup
sys.path.append("..")
import sdist_upip

setup(name="blinker", version="1.0", packages=["blinker"], install_requires=["micropython-time"],
      cmdclass={"sdist": sdist_upip.sdist})
"""
WORKFLOW = """jobs:
  release:
    steps:
      - run: |
          python setup.py sdist
          rm dist/*.orig
          twine upload dist/*
      - run: python setup.py sdist && rm -f dist/*.orig && twine upload dist/*
      - run: rm dist/*.orig
"""
PROJECT = {
    "sdist_upip.py": COPY,
    "setup.py": SETUP,
    "blinker/__init__.py": "",
    "blinker/pins.py": "",
    "MANIFEST.in": "include sdist_upip.py README.md\ninclude sdist_upip.py\n",
    "README.md": "Blinks.\n",
    "Makefile": "dist:\n\tpython setup.py sdist\n\t-rm -f dist/*.orig\n",
    ".github/workflows/release.yml": WORKFLOW,
    "package.json": json.dumps(
        {
            "version": "0.9",
            "urls": [
                ["blinker/__init__.py", "github:x/y/blinker/__init__.py"],
                ["blinker/gone.py", "github:x/y/blinker/gone.py"],
            ],
            "deps": [["micropython-logging", "latest"]],
        }
    ),
}


def migrate(project, *arguments):
    result = run_python("-m", "sdist_upip", "migrate", project, *arguments, cwd=project.parent)
    assert result.returncode == 0, result
    return result


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path / "project", PROJECT)


def test_nothing_changes_without_write(project):
    before = read_tree(project)
    for arguments in ((), ("--dry-run",)):
        result = migrate(project, *arguments)
        assert "nothing was changed" in result.stderr
        assert read_tree(project) == before


def test_the_diff_is_what_write_does(project, tmp_path):
    copy = write_tree(tmp_path / "copy", PROJECT)
    diff = migrate(project).stdout
    (tmp_path / "diff").write_text(diff)
    result = subprocess.run(
        ["git", "apply", "--verbose", tmp_path / "diff"], cwd=copy, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    result = migrate(project, "--write")
    assert result.stdout == diff
    assert "changed 6 files" in result.stderr
    assert read_tree(project) == read_tree(copy)


def test_the_migrated_project_builds_and_needs_nothing_more(project):
    migrate(project, "--write")
    assert not (project / "sdist_upip.py").exists()
    assert (project / "setup.py").read_text() == (
        "from setuptools import setup\nimport sdist_upip\n\n"
        'setup(name="blinker", version="1.0", packages=["blinker"], '
        'install_requires=["micropython-time"],\n      cmdclass={"sdist": sdist_upip.sdist})\n'
    )
    assert (project / "pyproject.toml").read_text() == (
        '[build-system]\nrequires = ["setuptools>=61", "sdist-upip"]\n'
    )
    assert (project / "MANIFEST.in").read_text() == "include README.md\n"
    assert (project / "Makefile").read_text() == "dist:\n\tpython setup.py sdist\n"
    workflow = (project / ".github/workflows/release.yml").read_text()
    assert workflow == WORKFLOW.replace("          rm dist/*.orig\n", "").replace(
        " && rm -f dist/*.orig", ""
    )
    again = migrate(project)
    assert again.stdout == ""
    assert "nothing to change" in again.stderr
    result = run_python("-m", "build", "--sdist", "--no-isolation", cwd=project)
    assert result.returncode == 0, result
    (archive,) = (project / "dist").iterdir()
    assert "blinker/pins.py" in read_members(archive)


def test_what_a_person_has_to_look_at_is_noted(project):
    notes = migrate(project).stderr
    assert "release.yml:9 needs no dist/*.orig removed: '- run: rm dist/*.orig'" not in notes
    for text in (
        "version is '0.9', and the archive's is '1.0'",
        "urls lacks 'blinker/pins.py', which the archive installs",
        "urls names 'blinker/gone.py', which the archive does not install",
        "deps lacks 'micropython-time', which the archive depends on",
        "deps names 'micropython-logging', which the archive does not depend on",
    ):
        assert f"note: package.json: {text}" in notes
    assert "blinker/__init__.py" not in notes


def test_a_step_that_would_be_empty_is_left_to_people(project):
    assert "/release.yml:8 needs no dist/*.orig removed: '- run: rm dist/*.orig'" in (
        migrate(project).stderr
    )


def test_a_package_json_that_cannot_be_compared_is_named(project):
    (project / "blinker/__init__.py").unlink()
    (project / "setup.py").write_text(SETUP.replace('["blinker"]', '["nowhere"]'))
    assert "note: package.json: could not be held against the archive: " in migrate(project).stderr


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
    assert "uses optimize_upip, which is no command any more" in notes["setup.py"]
    assert "has a command of its own" in notes["sub/setup.py"]


def test_line_ends_and_a_missing_last_one_survive(tmp_path):
    files = {
        "sdist_upip.py": COPY.rstrip("\n"),
        "setup.py": "import sys\r\nsys.path.pop(0)\r\nimport sdist_upip\r\nx = 1",
    }
    plan = plan_migration(write_tree(tmp_path / "p", files))
    after = {change.path: change.after for change in plan.changes}
    assert after["setup.py"] == "import sdist_upip\r\nx = 1"
    (tmp_path / "diff").write_bytes("".join(map(render_diff, plan.changes)).encode())
    subprocess.run(["git", "apply", tmp_path / "diff"], cwd=tmp_path / "p", check=True)
    assert sorted(read_tree(tmp_path / "p")) == ["pyproject.toml", "setup.py"]
    assert (tmp_path / "p/setup.py").read_bytes() == b"import sdist_upip\r\nx = 1"


def test_a_project_without_a_copy_needs_nothing(tmp_path):
    files = {"a.py": "", "Makefile": "clean:\n\trm -rf dist\n", "pyproject.toml": "[project]\n"}
    result = migrate(write_tree(tmp_path / "project", files))
    assert (result.stdout, result.stderr) == ("", "nothing to change\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('requires = ["setuptools"]', 'requires = ["setuptools", "sdist-upip"]'),
        ("requires = []", 'requires = ["sdist-upip"]'),
        ("requires = ['a[b]>=1',]", "requires = ['a[b]>=1', \"sdist-upip\"]"),
        (
            'requires = [\n  "setuptools",  # why\n  "wheel"\n]',
            'requires = [\n  "setuptools",  # why\n  "wheel",\n  "sdist-upip",\n]',
        ),
        ('requires = ["sdist_upip[mpy]>=1"]', 'requires = ["sdist_upip[mpy]>=1"]'),
    ],
)
def test_a_requirement_is_added_where_it_belongs(text, expected):
    head, tail = '[project]\nrequires = ["x"]\n[build-system]\n', "\n[tool.x]\nrequires = []\n"
    assert with_requirement(head + text + tail, "sdist-upip") == head + expected + tail


def test_a_table_is_made_where_there_is_none():
    table = '[build-system]\nrequires = ["setuptools>=61", "sdist-upip"]\n'
    assert with_requirement(None, "sdist-upip") == table
    assert with_requirement("[tool.x]\n", "sdist-upip") == table + "\n[tool.x]\n"


@pytest.mark.parametrize(
    "text",
    [
        "[build-system\n",
        '[build-system]\nrequires = "x"\n',
        'build-system = { requires = ["x"] }\n',
        'build-system.requires = ["x"]\n',
        "[build-system]\nbuild-backend = 'x'\n",
    ],
)
def test_a_table_that_is_not_understood_is_left_to_people(text):
    with pytest.raises(ConfigError):
        with_requirement(text, "sdist-upip")


@pytest.mark.parametrize("data", [b"# \xe9\n", b"\xff\xfe[\0"])
def test_a_pyproject_that_cannot_be_read_is_left_alone(project, data):
    (project / "pyproject.toml").write_bytes(data)
    result = migrate(project, "--write")
    assert (project / "pyproject.toml").read_bytes() == data
    assert "note: pyproject.toml cannot be read as UTF-8 text; name 'sdist-upip'" in result.stderr


def test_a_large_pyproject_keeps_its_content(project):
    text = "[tool.x]\n" + "# much\n" * 20_000
    (project / "pyproject.toml").write_text(text)
    migrate(project, "--write")
    after = (project / "pyproject.toml").read_text()
    assert after.endswith(text)
    assert '"sdist-upip"' in after


def test_permissions_and_links_survive(project):
    (project / "setup.py").rename(project / "real.py")
    (project / "real.py").chmod(0o755)
    (project / "setup.py").symlink_to("real.py")
    migrate(project, "--write")
    assert (project / "setup.py").is_symlink()
    assert (project / "real.py").stat().st_mode & 0o777 == 0o755
    assert "sys.path" not in (project / "real.py").read_text()


def test_a_failure_halfway_tells_what_was_changed(project, monkeypatch):
    def fail(path):
        raise PermissionError(13, "Permission denied")

    plan = plan_migration(project)
    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(ProjectError) as caught:
        _write(project, plan.changes)
    message = str(caught.value)
    assert message.startswith("sdist_upip.py cannot be removed: Permission denied; changed before")
    assert "setup.py" in message.partition("changed before that: ")[2]
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
    assert plan.notes[0].text.endswith(f"import sdist_upip there, and then remove {copy}")


def test_a_block_of_setup_py_is_never_left_empty(tmp_path):
    setup = "import sys\nif sys.argv:\n    sys.path.pop(0)\nimport sdist_upip\n"
    plan = plan_migration(write_tree(tmp_path, {"sdist_upip.py": COPY, "setup.py": setup}))
    assert [change.path for change in plan.changes] == ["pyproject.toml", "sdist_upip.py"]
    assert [(note.path, note.text) for note in plan.notes] == [
        ("setup.py", "changes sys.path for the copy; remove that, it is not needed")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "python setup.py sdist && rm dist/*.orig dist/*.tmp\n",
        "for f in a; do\n  rm dist/*.orig\ndone\n",
        "for f in a\ndo\nrm dist/*.orig\ndone\n",
        "if a; then\nrm dist/*.orig\nelse\nb\nfi\n",
        "if a; then rm dist/*.orig; fi\n",
        "if a; then\n  rm dist/*.orig; fi\n",
        "case x in a) b; rm dist/*.orig;; esac\n",
        "rm -rf build dist/*.orig\na\n",
        "a\nrm -f patches/*.orig\n",
        "a\nrm dist/*.orig || true\n",
        "a || rm dist/*.orig\n",
        "a: ; rm dist/*.orig\n",
        "a &&\nrm dist/*.orig\n",
        "a && \\\n  rm dist/*.orig && \\\n  b\n",
        "a:\n\trm dist/*.orig\n\nb:\n\tc\n",
        "script:\n- rm dist/*.orig\nother: x\n",
        "- run: |\n    rm dist/*.orig\n- run: b\n",
        'sh -c "a; rm dist/*.orig"\n',
    ],
)
def test_a_command_that_cannot_go_alone_is_left_to_people(tmp_path, text):
    plan = plan_migration(write_tree(tmp_path, {"run.sh": text}))
    assert plan.changes == ()
    assert [note.path.partition(":")[0] for note in plan.notes] == ["run.sh"]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("if [ -d dist ]; then a; rm -f dist/*.orig; fi\n", "if [ -d dist ]; then a; fi\n"),
        ("a && rm ./dist/*.orig && b\n", "a && b\n"),
        ("if a; then\n  b\n  rm dist/*.orig\nfi\n", "if a; then\n  b\nfi\n"),
        ("a:\n\t-rm dist/*.orig\n\tc\n", "a:\n\tc\n"),
        ("script:\n- rm dist/*.orig\n- a\n", "script:\n- a\n"),
    ],
)
def test_a_command_that_removes_only_these_goes(tmp_path, text, after):
    plan = plan_migration(write_tree(tmp_path, {"run.sh": text}))
    assert [change.after for change in plan.changes] == [after]
    assert plan.notes == ()


def test_a_continued_line_of_the_manifest_stays_one_command(tmp_path):
    manifest = "include sdist_upip.py \\\n  a.txt\ninclude b.txt \\\n  c.txt\n"
    files = {"sdist_upip.py": COPY, "MANIFEST.in": manifest}
    after = {
        change.path: change.after for change in plan_migration(write_tree(tmp_path, files)).changes
    }
    assert after["MANIFEST.in"] == "include a.txt\ninclude b.txt \\\n  c.txt\n"


def test_wrong_usage(tmp_path):
    result = run_python("-m", "sdist_upip", "migrate", "--write", "--dry-run", cwd=tmp_path)
    assert result.returncode == 2
    result = run_python("-m", "sdist_upip", "migrate", tmp_path / "nowhere", cwd=tmp_path)
    assert result.returncode == 1
    assert "is no directory; name that of a project" in result.stderr

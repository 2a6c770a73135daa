"""`sdist-upip migrate`, as people call it."""

import subprocess
import sys

import pytest

from sdist_upip.cli.diffs import render_diff
from sdist_upip.migrate.plan import plan_migration
from support.legacy_projects import COPY, PROJECT, SETUP, WORKFLOW
from support.processes import run_python
from support.trees import read_members, read_tree, write_tree
from support.warm_python import run_warm


def migrate(project, *arguments):
    result = run_warm("-m", "sdist_upip", "migrate", project, *arguments, cwd=project.parent)
    assert result.returncode == 0, result
    return result


@pytest.fixture
def project(tmp_path):
    return write_tree(tmp_path / "project", PROJECT)


def test_nothing_changes_without_write(project):
    before = read_tree(project)
    for arguments in ((), ("--dry-run",)):
        result = migrate(project, *arguments)
        assert "Nothing was changed" in result.stderr
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
    assert "Changed 6 files" in result.stderr
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
    assert "Nothing to change" in again.stderr
    result = run_warm("-m", "build", "--sdist", "--no-isolation", cwd=project)
    assert result.returncode == 0, result
    (archive,) = (project / "dist").iterdir()
    assert "blinker/pins.py" in read_members(archive)


SHADOWED = {
    "upip_tools/sdist_upip.py": COPY,
    "upip_tools/__init__.py": "",
    "logging.py": "",
    "relay.py": "",
    "setup.py": "\ufeff"
    + SETUP.replace('".."', '"./upip_tools"')
    .replace('s=["blinker"]', "s=[]")
    .replace("\n", "\r\n"),
    "setup.cfg": "[options]\r\npy_modules =\r\n  relay\r\n  logging\r\n  sdist_upip\r\n",
    "pyproject.toml": "\ufeff[build-system]\r\nrequires = ['setuptools']\r\n",
    ".gitignore": "dist\n*.orig\n",
    "run.sh": "pip install twine\r\npython3 setup.py -q sdist\r\nrm dist/*.orig\r\n",
}


def test_every_front_end_works_although_modules_hide_those_of_python(tmp_path):
    project = write_tree(tmp_path / "project", SHADOWED)
    copy = write_tree(tmp_path / "copy", SHADOWED)
    command = [sys.executable, "-m", "sdist_upip", "migrate", project]
    diff = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    subprocess.run(["git", "apply"], cwd=copy, input=diff, check=True)
    notes = migrate(project, "--write").stderr
    assert read_tree(project) == read_tree(copy)
    assert not (project / "upip_tools").exists()
    assert "upip_tools/: the directory has no other file, and is removed" in notes
    assert "note: run.sh:2 runs setup.py sdist, for which setup.py imports sdist_upip." in notes
    assert b"sys.path.pop(0)" in (project / "setup.py").read_bytes()
    assert b"upip_tools" not in (project / "setup.py").read_bytes()
    assert (project / ".gitignore").read_text() == "dist\n"
    members = []
    for arguments in (
        ("setup.py", "-q", "sdist"),
        ("-m", "build", "--sdist", "--no-isolation"),
        ("-m", "sdist_upip", "build", project),
    ):
        # The project is not the current directory of `-m`, which Python would import from.
        cwd = project if arguments[0] == "setup.py" else tmp_path
        extra = (project,) if "--sdist" in arguments else ()
        result = run_python(*arguments, *extra, cwd=cwd)
        assert result.returncode == 0, result
        (archive,) = (project / "dist").iterdir()
        members.append(read_members(archive))
        archive.unlink()
    assert members[0] == members[1] == members[2]
    assert {"relay.py", "logging.py"} <= members[0].keys()


@pytest.mark.parametrize(
    ("document", "notes"),
    [
        (
            '{"urls": [["blinker/pins.py", "src/pins.py"]], "deps": ["micropython-time"]}',
            [
                "urls has 'src/pins.py', which is not in the project.",
                "deps has 'micropython-time' without a version.",
            ],
        ),
        ('{"urls": [], "deps": [],}', ["is not valid JSON: "]),
        ('{"urls": [["a.py", "github:me/blinker/a.py"]]}', ["urls has 'github:me/blinker/a.py'"]),
        ('{"urls": [["\u00e9.py", "a.py"]]}', ["is not UTF-8 text"]),
    ],
)
def test_faults_of_a_package_json(project, document, notes):
    (project / "package.json").write_text(document, "latin-1")
    write_tree(
        project, {".git/config": '[remote "origin"]\n url = git@github.com:Me/Blinker.git\n'}
    )
    found = migrate(project).stderr
    for note in notes:
        assert f"note: package.json: {note}" in found


def test_a_package_json_of_npm_is_no_concern(project):
    (project / "package.json").write_text('{"name": "x", "scripts": {},}')
    assert "package.json" not in migrate(project).stderr


def test_what_a_person_has_to_look_at_is_noted(project):
    notes = migrate(project).stderr
    assert "release.yml:9 removes *.orig files" not in notes
    for text in (
        "expected version '1.0', as in the archive, got '0.9'",
        "urls lacks 'blinker/pins.py', which the archive installs",
        "urls names 'blinker/gone.py', which the archive does not install",
        "deps lacks 'micropython-time', which the archive depends on",
        "deps names 'micropython-logging', which the archive does not depend on",
    ):
        assert f"note: package.json: {text}" in notes
    assert "blinker/__init__.py" not in notes


def test_a_step_that_would_be_empty_is_left_to_people(project):
    assert (
        "/release.yml:8 removes *.orig files: '- run: rm dist/*.orig'. Drop dist/*.orig"
        in migrate(project).stderr
    )


def test_a_package_json_that_cannot_be_compared_is_named(project):
    (project / "blinker/__init__.py").unlink()
    (project / "setup.py").write_text(SETUP.replace('["blinker"]', '["nowhere"]'))
    assert "note: package.json: cannot be compared with the archive: " in migrate(project).stderr


def test_line_ends_and_a_missing_last_one_survive(tmp_path):
    files = {
        "sdist_upip.py": COPY.rstrip("\n"),
        "setup.py": "import sys\r\nsys.path.pop(0)\r\nimport sdist_upip\r\nx = 1",
    }
    plan = plan_migration(write_tree(tmp_path / "p", files))
    after = {change.path: change.after for change in plan.changes}
    assert after["setup.py"] == "import sdist_upip\r\nx = 1"
    diffs = [render_diff(change.path, change.before, change.after) for change in plan.changes]
    (tmp_path / "diff").write_bytes("".join(diffs).encode())
    subprocess.run(["git", "apply", tmp_path / "diff"], cwd=tmp_path / "p", check=True)
    assert sorted(read_tree(tmp_path / "p")) == ["pyproject.toml", "setup.py"]
    assert (tmp_path / "p/setup.py").read_bytes() == b"import sdist_upip\r\nx = 1"


def test_a_project_without_a_copy_needs_nothing(tmp_path):
    files = {"a.py": "", "Makefile": "clean:\n\trm -rf dist\n", "pyproject.toml": "[project]\n"}
    result = migrate(write_tree(tmp_path / "project", files))
    assert (result.stdout, result.stderr) == ("", "Nothing to change.\n")


@pytest.mark.parametrize("data", [b"# \xe9\n", b"\xff\xfe[\0"])
def test_a_pyproject_that_cannot_be_read_is_left_alone(project, data):
    (project / "pyproject.toml").write_bytes(data)
    result = migrate(project, "--write")
    assert (project / "pyproject.toml").read_bytes() == data
    assert "note: pyproject.toml is not readable UTF-8 text. Add 'sdist-upip'" in result.stderr


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


def test_wrong_usage(tmp_path):
    result = run_warm("-m", "sdist_upip", "migrate", "--write", "--dry-run", cwd=tmp_path)
    assert result.returncode == 2
    result = run_warm("-m", "sdist_upip", "migrate", tmp_path / "nowhere", cwd=tmp_path)
    assert result.returncode == 1
    assert "is not a directory. Pass the directory of a project." in result.stderr

"""The build backend: its hooks are called in this process, as a front end calls them in another."""

import ast
import sys
import warnings

import pytest
import setuptools
from setuptools import build_meta as setuptools_backend

from sdist_upip import build_meta
from sdist_upip.errors import ConfigError, ProjectError
from support.projects import MANIFEST_FILES, MANIFEST_SETUP
from support.trees import read_members, read_tree, write_tree

PLAIN = MANIFEST_SETUP.replace('    cmdclass={"sdist": sdist_upip.sdist},\n', "")
FILES = {**MANIFEST_FILES, "setup.py": PLAIN}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The current directory. The test leaves setuptools as before."""
    command_class = setuptools.Distribution.get_command_class
    monkeypatch.setattr(sys, "argv", ["front-end", "-x"])
    directory = write_tree(tmp_path / "project", FILES)
    monkeypatch.chdir(directory)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield directory
    assert setuptools.Distribution.get_command_class is command_class


def add_to_setup(project, before="", **options):
    """Add lines before the call of setup, and arguments to the call."""
    arguments = "".join(f"\n    {name}={value}," for name, value in options.items())
    text = PLAIN.replace("\nsetup(", f"\n{before}\nsetup({arguments}")
    write_tree(project, {"setup.py": text})


def test_wheels_metadata_and_editable_installs_are_those_of_setuptools():
    for name in ("build_wheel", "get_requires_for_build_wheel", "prepare_metadata_for_build_wheel"):
        assert getattr(build_meta, name) is getattr(setuptools_backend, name)
    editable = ("build_editable", "get_requires_for_build_editable")
    for name in editable:
        assert hasattr(build_meta, name) == hasattr(setuptools_backend, name)
        assert getattr(build_meta, name, None) == getattr(setuptools_backend, name, None)
    with pytest.raises(
        AttributeError, match=r"'sdist_upip\.build_meta' has no attribute 'nothing'"
    ):
        _ = build_meta.nothing


@pytest.mark.parametrize(
    ("options", "expected"), [({}, []), ({"setup_requires": '["no-such-a>=1"]'}, ["no-such-a>=1"])]
)
@pytest.mark.parametrize(
    "settings", [None, {}, {"--global-option": "--quiet"}, {"--global-option": ["--quiet"]}]
)
def test_the_requirements_are_those_of_setuptools_without_egg_info(
    options, expected, settings, project
):
    add_to_setup(project, **options)
    before = read_tree(project)
    given = dict(settings or {})
    assert build_meta.get_requires_for_build_sdist(settings) == expected
    assert (settings or {}) == given
    assert read_tree(project) == before


def test_global_options_reach_setuptools(project):
    with pytest.raises(SystemExit, match="no-such-option"):
        build_meta.get_requires_for_build_sdist({"--global-option": "--no-such-option"})


def test_the_name_of_the_archive_is_returned(project, tmp_path):
    before = read_tree(project)
    assert build_meta.build_sdist(str(tmp_path / "out")) == "x-1.0.tar.gz"
    assert sys.argv == ["front-end", "-x"]
    assert read_tree(tmp_path / "out").keys() == {"x-1.0.tar.gz"}
    assert read_members(tmp_path / "out/x-1.0.tar.gz").keys() == {
        *("PKG-INFO", "a/__init__.py", "a/b/__init__.py", "a/page.html", "a/R.py")
    }
    assert read_tree(project) == before


def test_a_project_without_a_script_is_built(tmp_path, project):
    (project / "setup.py").unlink()
    table = '[project]\nname = "y"\nversion = "2"\n[tool.setuptools]\npackages = ["a"]\n'
    write_tree(project, {"pyproject.toml": f'{table}package-dir = {{ "" = "src" }}\n'})
    assert build_meta.build_sdist(str(tmp_path)) == "y-2.tar.gz"


B = "a/b/__init__.py"


@pytest.mark.parametrize(
    ("settings", "members"),
    [
        ({"resources": "files"}, {B, "a/page.html"}),
        ({"exclude": ["a/b/*", "a/*.html"]}, set()),
        ({"exclude": "a/page.html", "pip-compatible": "true"}, {B, "setup.py"}),
        ({"--global-option": "--quiet", "resources": "module"}, {B, "a/R.py"}),
        ({"--global-option": ["--quiet", "build_py"], "resources": "module"}, {B, "a/R.py"}),
        (
            {"--build-option": "--flag", "editable_mode": "strict", "quiet": None},
            {B, "a/page.html", "a/R.py"},
        ),
    ],
    ids=["string", "list", "two", "option", "options", "of setuptools"],
)
def test_settings_of_the_table_are_config_settings(settings, members, project, tmp_path):
    name = build_meta.build_sdist(str(tmp_path), settings)
    assert read_members(tmp_path / name).keys() == {"PKG-INFO", "a/__init__.py", *members}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"windoww": "512"}, "windoww"),
        ({"window": "513"}, "or 32768 bytes, got 513"),
        ({"steps": "nothing"}, "nothing"),
    ],
)
def test_mistakes_are_one_line_without_a_traceback(settings, message, project, tmp_path):
    with pytest.raises(SystemExit) as caught:
        build_meta.build_sdist(str(tmp_path / "out"), settings)
    assert str(caught.value.code).startswith("error: ")
    assert message in str(caught.value.code)
    assert not (tmp_path / "out").exists()


def test_a_wrong_setting_is_refused_before_the_script_runs(project, tmp_path):
    write_tree(project, {"setup.py": "raise SystemExit('it ran')\n"})
    with pytest.raises(ConfigError, match="windoww"):
        build_meta.build_archive(tmp_path, {"windoww": "512"})


@pytest.mark.parametrize("ending", ["", "raise SystemExit\n", "raise SystemExit(0)\n"])
def test_a_script_has_to_call_setup(ending, project, tmp_path):
    write_tree(project, {"setup.py": f"import sys\n{ending}"})
    with pytest.raises(ProjectError) as caught:
        build_meta.build_archive(tmp_path)
    assert str(caught.value) == (
        "setup.py did not call setup(). Call setup() when the script runs."
    )


@pytest.mark.parametrize("ending", ["raise SystemExit\n", "raise SystemExit(0)\n"])
def test_a_script_may_exit_after_setup(ending, project, tmp_path):
    write_tree(project, {"setup.py": PLAIN + ending})
    assert build_meta.build_sdist(str(tmp_path)) == "x-1.0.tar.gz"


@pytest.mark.parametrize(
    ("ending", "error", "message"),
    [
        ("raise SystemExit('no')\n", ProjectError, "ended the build: no"),
        ("1 / 0\n", ProjectError, "ZeroDivisionError: division"),
        ("sdist_upip.build_meta._global_options(1)\n", AttributeError, "get"),
    ],
)
def test_a_script_that_fails_fails_the_build(ending, error, message, project, tmp_path):
    write_tree(project, {"setup.py": PLAIN + ending})
    with pytest.raises(error, match=message):
        build_meta.build_archive(tmp_path)
    assert sys.argv == ["front-end", "-x"]


def test_the_script_runs_as_main_with_the_arguments_of_a_build(project, tmp_path):
    add_to_setup(
        project, "import sys\nwrite = open('log', 'w').write\nwrite(repr((__name__, sys.argv)))"
    )
    settings = {"--global-option": "-q --no-user-cfg", "exclude": ["a/b/*", "c"], "window": "512"}
    build_meta.build_sdist(str(tmp_path), settings)
    name, arguments = ast.literal_eval((project / "log").read_text())
    assert name == "__main__"
    assert arguments == [
        *(
            str(project / "setup.py"),
            "-q",
            "--no-user-cfg",
            "sdist",
            "--formats=gztar",
            f"--dist-dir={tmp_path}",
        ),
        *("--exclude=a/b/*,c", "--window=512"),
    ]


MINE = (
    "import sdist_upip\n\nclass mine(sdist_upip.sdist):\n"
    "    def run(self):\n        open('mine', 'w').close()\n        super().run()\n"
)
OTHER = (
    "import setuptools\n\nclass other(setuptools.Command):\n    user_options = []\n"
    "    def run(self):\n        open('other', 'w').close()\n"
)


@pytest.mark.parametrize(("code", "name", "runs"), [(MINE, "mine", True), (OTHER, "other", False)])
def test_a_command_of_the_project_runs_if_it_derives_from_ours(code, name, runs, project, tmp_path):
    add_to_setup(project, code, cmdclass=f'{{"sdist": {name}}}')
    result = build_meta.build_archive(tmp_path)
    assert result.archive.path == tmp_path / "x-1.0.tar.gz"
    assert (project / name).exists() == runs


def test_the_result_is_that_of_the_last_setup(project, tmp_path):
    second = PLAIN.replace('version="1.0"', 'version="2.0"').replace(
        "from setuptools", "\nfrom setuptools"
    )
    write_tree(project, {"setup.py": PLAIN + second})
    assert build_meta.build_sdist(str(tmp_path / "out")) == "x-2.0.tar.gz"
    assert read_tree(tmp_path / "out").keys() == {"x-1.0.tar.gz", "x-2.0.tar.gz"}


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, False),
        ({"--global-option": "-q"}, False),
        ({"--verbose": ""}, True),
        ({"verbose": "1"}, True),
        ({"--global-option": ["--verbose"]}, True),
    ],
)
def test_the_traceback_is_for_those_who_ask(settings, shown, project, tmp_path, capsys, caplog):
    caplog.set_level("INFO")  # restores the level that setuptools sets
    write_tree(project, {"setup.py": "1 / 0\n"})
    for hook in (
        lambda: build_meta.get_requires_for_build_sdist(settings),
        lambda: build_meta.build_sdist(str(tmp_path), settings),
    ):
        with pytest.raises(SystemExit) as caught:
            hook()
        assert str(caught.value) == (
            "error: setup.py, line 1: ZeroDivisionError: division by zero. Correct setup.py."
        )
        error = capsys.readouterr().err
        assert ("Traceback (most recent call last):" in error) is shown

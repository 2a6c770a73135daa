"""The setuptools command, run by setup.py in this process."""

import logging
import runpy
import sys
import warnings

import pytest
from setuptools import Distribution

from sdist_upip import Member
from sdist_upip.command import sdist
from sdist_upip.config import KEYS, SETTINGS
from support.projects import MANIFEST_FILES as FILES
from support.projects import MANIFEST_SETUP as SETUP
from support.trees import read_members, read_tree, write_tree


@pytest.fixture
def run_setup(tmp_path, monkeypatch):
    """A function that runs setup.py of the project in `tmp_path`; returns how it exits, or None."""

    def run(*arguments):
        with monkeypatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            patch.chdir(tmp_path)
            patch.setattr(sys, "argv", ["setup.py", *arguments])
            try:
                runpy.run_path(str(tmp_path / "setup.py"), run_name="__main__")
            except SystemExit as ending:
                return ending.code
        return None

    return run


@pytest.fixture
def run_command(tmp_path, monkeypatch):
    """A function that runs the command of a distribution, with `commands` before it."""

    def run(distribution, *commands):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in (*commands, "sdist"):
                distribution.run_command(name)
        return distribution.get_command_obj("sdist")

    monkeypatch.chdir(tmp_path)
    return run


def make_distribution(**attributes):
    return Distribution(
        {
            "script_name": "setup.py",
            "name": "x",
            "version": "1.0",
            "packages": ["a"],
            "cmdclass": {"sdist": sdist},
            **attributes,
        }
    )


PACKAGE = {"setup.py": "", "a/__init__.py": "", "a/page.html": "page", "README.md": "Read.\n"}


def test_the_result_is_kept_and_nothing_else_is_written(run_command, tmp_path):
    write_tree(tmp_path, PACKAGE)
    command = run_command(make_distribution(package_data={"a": ["*.html"]}))
    assert read_tree(tmp_path).keys() == {*PACKAGE, "dist/x-1.0.tar.gz"}
    members = read_members(tmp_path / "dist/x-1.0.tar.gz")
    assert members.keys() == {"PKG-INFO", "a/__init__.py", "a/page.html", "a/R.py"}
    archive = command.result.archive
    assert {member.path: member.data for member in archive.release} == members
    assert command.archive_files == [str(archive.path)] == ["dist/x-1.0.tar.gz"]


def test_the_log_names_excluded_files_steps_and_the_archive(run_command, tmp_path, caplog):
    write_tree(tmp_path, {**PACKAGE, "a/note.txt": ""})
    caplog.set_level(logging.INFO, "sdist_upip.command")
    run_command(make_distribution(package_data={"a": ["*.html"]}))
    size = (tmp_path / "dist/x-1.0.tar.gz").stat().st_size
    lines = [entry.getMessage() for entry in caplog.records if entry.name == "sdist_upip.command"]
    assert "step resources added a/R.py" in lines
    assert [line for line in lines if line.startswith("excluded a/note.txt: ")]
    assert lines[-1] == f"wrote dist/x-1.0.tar.gz, {size} bytes"


def test_egg_info_is_as_before_after_the_run(run_command, tmp_path):
    write_tree(tmp_path, PACKAGE)
    distribution = make_distribution()
    run_command(distribution)
    egg_info = distribution.get_command_obj("egg_info")
    assert egg_info.egg_base is None
    assert not egg_info.finalized
    assert "egg_info" not in distribution.have_run


def test_egg_info_of_the_same_run_stays(run_command, tmp_path):
    write_tree(tmp_path, PACKAGE)
    distribution = make_distribution()
    run_command(distribution, "egg_info")
    assert distribution.have_run["egg_info"]
    assert "x.egg-info/PKG-INFO" in read_tree(tmp_path)


def test_egg_base_of_the_command_line_is_used(run_setup, tmp_path):
    write_tree(tmp_path, {**FILES, "info/kept": ""})
    assert run_setup("-q", "egg_info", "--egg-base", "info", "sdist") is None
    names = read_tree(tmp_path).keys()
    assert {"info/x.egg-info/PKG-INFO", "dist/x-1.0.tar.gz"} <= names


def test_egg_base_of_a_later_command_is_used_by_both(run_setup, tmp_path, capsys, caplog):
    caplog.set_level(logging.INFO)
    write_tree(tmp_path, {**FILES, "info/kept": ""})
    assert run_setup("sdist", "egg_info", "--egg-base", "info") is None
    assert "info/x.egg-info/PKG-INFO" in read_tree(tmp_path)
    # Older versions of setuptools print their log.
    text = caplog.text + capsys.readouterr().out
    assert "writing info/x.egg-info/PKG-INFO" in text
    assert "sdist-upip-" not in text


def test_an_archive_needs_no_readme(run_setup, tmp_path, capsys, caplog):
    caplog.set_level(logging.INFO)
    write_tree(tmp_path, FILES)
    assert run_setup("sdist") is None
    output = capsys.readouterr()
    assert "README" not in output.out + output.err + caplog.text


def test_every_setting_is_an_option_with_its_help():
    options = {name: text for name, _, text in sdist.user_options}
    assert {f"{key}=": KEYS[key].help for key in SETTINGS}.items() <= options.items()
    assert options.keys() - {f"{key}=" for key in SETTINGS} == {
        *("formats=", "dist-dir=", "manifest-only")
    }


@pytest.mark.parametrize(
    ("options", "table", "expected"),
    [
        ((), "", {"a/page.html", "a/R.py"}),
        (("--resources=files",), "", {"a/page.html"}),
        ((), 'resources = "module"', {"a/R.py"}),
        (("--resources=both",), 'resources = "module"', {"a/page.html", "a/R.py"}),
        (("--steps=",), "", {"a/page.html"}),
        (("--pip-compatible=yes",), "", {"a/page.html", "a/R.py", "setup.py"}),
        (("--exclude=a/*.html,a/none",), "", set()),
    ],
)
def test_options_come_before_the_table(options, table, expected, run_setup, tmp_path):
    write_tree(tmp_path, {**FILES, "pyproject.toml": f"[tool.sdist-upip]\n{table}\n"})
    assert run_setup("sdist", "-d", "out", *options) is None
    members = read_members(tmp_path / "out/x-1.0.tar.gz").keys()
    assert members - {"PKG-INFO", "a/__init__.py", "a/b/__init__.py"} == expected


TREE = (
    "class other(sdist_upip.sdist):\n"
    "    def make_release_tree(self, base_dir, files):\n        pass\n\n\nsetup("
)


@pytest.mark.parametrize(
    ("options", "files", "message"),
    [
        (
            ("--formats=zip",),
            {},
            "error: --formats=zip: a device archive is always gztar. Omit the option.",
        ),
        (
            ("--formats=gztar,zip",),
            {},
            "error: --formats=gztar,zip: a device archive is always gztar. Omit the option.",
        ),
        (("--window=513",), {}, "or 32768 bytes, got 513"),
        (("--steps=nothing",), {}, "nothing"),
        (
            (),
            {
                "setup.py": SETUP.replace('name="x",', "").replace(
                    'packages=["a", "a.b"]', "packages=[]"
                )
            },
            "error: The project has no name. Set name in [project] or in setup().",
        ),
        (
            (),
            {"setup.py": SETUP.replace('version="1.0",', "")},
            "error: The project has no version. Set version in [project] or in setup().",
        ),
        ((), {"MANIFEST.in": b"include caf\xe9\n"}, "error: MANIFEST.in is not UTF-8: "),
        (
            (),
            {
                "setup.py": SETUP.replace("setup(", TREE, 1)
                .replace("import setup(", "import setup(")
                .replace('"sdist": sdist_upip.sdist', '"sdist": other')
            },
            "error: The sdist command of the project overrides make_release_tree, but device "
            "archives are not made from a release tree. Write a step for the change instead.",
        ),
        ((), {"pyproject.toml": "[tool.sdist-upip]\nwindoww = 512\n"}, "windoww"),
    ],
    ids=[
        *("format", "formats", "window", "steps", "name", "version"),
        *("manifest", "release tree", "table"),
    ],
)
def test_mistakes_are_errors_of_setuptools_and_nothing_is_written(
    options, files, message, run_setup, tmp_path
):
    write_tree(tmp_path, {**FILES, **files})
    before = read_tree(tmp_path)
    ending = run_setup("sdist", *options)
    assert str(ending).startswith("error: ")
    assert message in str(ending)
    assert read_tree(tmp_path) == before


def test_a_resource_module_needs_the_source_directory_of_its_package(
    run_setup, tmp_path, monkeypatch
):
    """Only a step of a plug-in can add R.py where no module is."""

    def add_resource_module(release, steps):
        return release.with_members([*release, Member("www/R.py", b"R={}\n")]), ()

    monkeypatch.setattr("sdist_upip.steps.runner.run_steps", add_resource_module)
    write_tree(tmp_path, FILES)
    ending = run_setup("sdist", "--manifest-only")
    assert ending == "error: Package 'www' has no source directory. Declare the package."
    assert read_tree(tmp_path).keys() == FILES.keys()


def test_what_it_wrote_is_in_the_way_of_no_later_build(run_setup, tmp_path):
    project = write_tree(tmp_path, FILES)
    assert run_setup("sdist") is None
    clean = (project / "dist/x-1.0.tar.gz").read_bytes()
    assert run_setup("sdist", "-o") is None
    write_tree(project, {"src/a/R.py": "R = {'page.html': b'stale'}\n"})
    assert run_setup("sdist") is None
    assert (project / "dist/x-1.0.tar.gz").read_bytes() == clean
    members = read_members(project / "dist/x-1.0.tar.gz")
    assert members["a/R.py"] == b"R={'page.html':b'page'}\n"


def test_it_works_twice(run_setup, tmp_path):
    project = write_tree(tmp_path, FILES)
    for _ in range(2):
        assert run_setup("sdist", "--manifest-only") is None
    assert "src/a/R.py\n" in (project / "MANIFEST").read_text()


def test_without_resources_it_writes_only_the_manifest(run_setup, tmp_path):
    project = write_tree(tmp_path, FILES)
    (project / "src/a/page.html").unlink()
    assert run_setup("sdist", "--manifest-only") is None
    assert not (project / "src/a/R.py").exists()
    assert not (project / "dist").exists()


def test_a_hand_written_manifest_is_not_replaced(run_setup, tmp_path):
    project = write_tree(tmp_path, {**FILES, "MANIFEST": "src/a/page.html\n"})
    before = read_tree(project)
    ending = run_setup("sdist", "--manifest-only")
    assert "is written by hand, and --manifest-only would replace it" in str(ending)
    assert read_tree(project) == before


def test_the_resource_module_goes_beside_the_modules(run_setup, tmp_path):
    setup = SETUP.replace(
        'packages=["a", "a.b"]', 'packages=["a"], data_files=[("a", ["As/A.bin"])]'
    )
    project = write_tree(tmp_path, {**FILES, "setup.py": setup, "As/A.bin": "A"})
    assert run_setup("sdist", "--manifest-only") is None
    assert (project / "src/a/R.py").read_text() == "R={'A.bin':b'A',\n'page.html':b'page'}\n"
    assert not (project / "As/R.py").exists()

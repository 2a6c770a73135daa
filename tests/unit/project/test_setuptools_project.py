"""What a setuptools distribution declares, as plain data, and declarations that are refused."""

import os
from pathlib import Path

import pytest
import setuptools
from setuptools import Distribution, Extension
from setuptools.command.sdist import sdist

from sdist_upip.errors import ProjectError
from sdist_upip.project.manifests import MANIFEST_HEADER
from sdist_upip.project.setuptools_project import read_project, refuse_anonymous
from support.trees import read_tree, write_tree

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools", "ignore::Warning:distutils")

PACKAGE = {"a/__init__.py": "", "a/page.html": "page", "a/notes.txt": "notes"}


@pytest.fixture
def read(tmp_path, monkeypatch):
    """A function that writes a project and reads it, as declared by arguments of setup()."""

    def read(files, **declared):
        directory = write_tree(tmp_path / "project", files)
        monkeypatch.chdir(directory)
        before = read_tree(directory)
        distribution = Distribution(
            {"name": "x", "version": "1.0", "script_name": "setup.py", **declared}
        )
        distribution.parse_config_files([])
        (tmp_path / "scratch").mkdir(exist_ok=True)
        egg_info = distribution.get_command_obj("egg_info")
        egg_info.egg_base = os.path.relpath(tmp_path / "scratch")
        distribution.run_command("egg_info")
        command = sdist(distribution)
        command.ensure_finalized()
        project = read_project(command)
        assert read_tree(directory) == before
        return project

    return read


@pytest.mark.parametrize(
    ("files", "declared", "outputs"),
    [
        ({"build/lib/a.py": ""}, ["build", "build.lib", "dist.x"], {"build", "dist"}),
        ({"build/lib/a.py": "", "setup.py": "['build.lib']"}, ["build.lib", "dist.x"], {"dist"}),
        ({"build/__init__.py": ""}, ["build"], set()),
        ({}, ["m"], set()),
    ],
)
def test_packages_that_were_found_in_the_output_of_a_build(files, declared, outputs, read):
    project = read({"m/x.py": "", "dist/x/y.py": "", **files}, packages=declared)
    assert project.outputs == outputs


def test_packages_and_modules(read):
    files = {"src/a/__init__.py": "", "src/a/b.py": "", "src/m.py": "", "o/__init__.py": ""}
    package_dir = {"": "src", "a.other": "o"}
    project = read(files, packages=["a", "a.other"], py_modules=["m"], package_dir=package_dir)
    assert project.packages == {"a": "src/a", "a.other": "o"}
    assert project.modules == {
        "a/__init__.py": "src/a/__init__.py",
        "a/b.py": "src/a/b.py",
        "a/other/__init__.py": "o/__init__.py",
        "m.py": "src/m.py",
    }
    assert project.data == {}
    assert (project.name, project.version, project.directory) == ("x", "1.0", Path.cwd())


def test_a_package_that_is_the_project_directory(read):
    project = read({"__init__.py": "", "m.py": ""}, packages=["a"], package_dir={"a": "."})
    assert project.packages == {"a": "."}
    assert project.modules == {"a/__init__.py": "__init__.py", "a/m.py": "m.py"}


def test_slashes_in_names(read):
    files = {"a/__init__.py": "", "a/b/__init__.py": "", "c/m.py": ""}
    project = read(files, packages=["a", "a/b"], py_modules=["c/m"])
    assert set(project.packages) == {"a", "a.b"}
    assert set(project.modules) == {"a/__init__.py", "a/b/__init__.py", "c/m.py"}


def test_data_files_below_their_target(read, caplog):
    caplog.set_level("INFO")
    data = [("static", ["static/css/x.css", "static/y.css"]), ("www", ["static/css/x.css"])]
    project = read({"static/css/x.css": "", "static/y.css": ""}, data_files=data)
    assert project.data == {
        **{name: name for name in ("static/css/x.css", "static/y.css")},
        "www/x.css": "static/css/x.css",
    }
    assert "data_files: static/css/x.css keeps its path, which is below static" in caplog.messages
    assert "static/y.css keeps" not in caplog.text


def test_the_root_package(read):
    files = {"m.py": "", "a/__init__.py": "", "x.bin": "", "a/y.bin": ""}
    project = read(files, packages=["", "a/"], package_data={"": ["*.bin"], "a/": ["y.*"]})
    assert project.packages == {"": ".", "a": "a"}
    assert project.modules == {"m.py": "m.py", "a/__init__.py": "a/__init__.py"}
    assert project.data == {"x.bin": "x.bin", "a/y.bin": "a/y.bin"}


def test_sources_behind_links_that_lead_back(read, tmp_path):
    (tmp_path / "project/a").mkdir(parents=True)
    (tmp_path / "project/a/up").symlink_to("..")
    files = {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/page.html": ""}
    project = read(files, packages=["a", "a.b", "a.up.a"], package_data={"": ["*.html"]})
    assert project.repeated == {"a/up/a/__init__.py"}


def test_data_of_every_kind(read):
    project = read(
        {
            **PACKAGE,
            "a/more/x.bin": "",
            "a/secret.txt": "",
            "etc/a.html": "",
            "top.txt": "",
            "MANIFEST.in": "recursive-include a *.txt\n",
        },
        packages=["a"],
        package_data={"a": ["*.html", "more/*"]},
        exclude_package_data={"a": ["secret.*"]},
        data_files=[("www", ["etc/a.html"]), ("", ["top.txt"]), "etc/a.html"],
    )
    assert project.data == {
        "a/page.html": "a/page.html",
        "a/more/x.bin": "a/more/x.bin",
        "a/notes.txt": "a/notes.txt",
        "www/a.html": "etc/a.html",
        "a.html": "etc/a.html",
        "top.txt": "top.txt",
    }


@pytest.mark.parametrize(
    ("manifest", "excluded", "listed"),
    [
        (None, set(), set()),
        ({"MANIFEST": f"{MANIFEST_HEADER}\na/page.html\n"}, set(), set()),
        ({"MANIFEST": "# mine\n\n a/page.html \n"}, set(), {"a/page.html"}),
        (
            {"MANIFEST.in": "include a/*.html # pages\nexclude a/m.py\nprune a/d\n"},
            {"a/m.py", "a/d/x.bin"},
            {"a/page.html"},
        ),
        ({"MANIFEST.in": "include a/page.html \\\n  docs/x\n"}, set(), {"a/page.html", "docs/x"}),
        ({"MANIFEST.in": "include README.rst\nfoo bar\ninclude\n"}, set(), set()),
        ({"MANIFEST.in": "graft docs\n", "MANIFEST": "a/page.html\n"}, set(), {"docs/x"}),
    ],
)
def test_manifests(read, manifest, excluded, listed):
    project = read(
        {**PACKAGE, "a/m.py": "", "a/d/x.bin": "", "docs/x": "", **(manifest or {})},
        packages=["a"],
        package_data={"a": ["d/*"]},
        include_package_data=False,
    )
    assert project.excluded_by_manifest == excluded
    optional = {"a/page.html", "docs/x"}
    assert project.listed & optional == listed
    assert ("a/page.html" in project.data) == ("a/page.html" in listed)
    assert not any("egg-info" in source for source in project.listed)


def test_files_of_hosts_and_licenses(read):
    project = read(
        {**PACKAGE, "LICENSE": "free", "tools/run": "#!python", "a/fast.c": ""},
        packages=["a"],
        scripts=["./tools/run"],
        ext_modules=[Extension("a.fast", ["a/fast.c"])],
        libraries=[("lib", {"sources": ["a/fast.c"]})],
        entry_points={"console_scripts": ["x = a:main"]},
    )
    assert project.license_files == ("LICENSE",)
    assert project.scripts == ("tools/run",)
    assert project.extensions == ("a.fast", "lib")
    assert project.entry_points.split() == ["[console_scripts]", "x", "=", "a:main"]


def test_metadata_has_the_requirements(read):
    project = read(PACKAGE, packages=["a"], install_requires=["y>=2", "z; os_name == 'x'"])
    lines = project.metadata.decode().splitlines()
    assert [line for line in lines if line.startswith(("Name:", "Version:"))] == [
        *("Name: x", "Version: 1.0")
    ]
    requires = [line.replace('"', "'") for line in lines if line.startswith("Requires-Dist:")]
    assert requires == ["Requires-Dist: y>=2", "Requires-Dist: z; os_name == 'x'"]
    assert read(PACKAGE, packages=["a"]).entry_points == ""


def test_a_pattern_that_matches_no_file_is_a_warning(read, caplog):
    project = read(PACKAGE, packages=["a"], package_data={"a": ["*.css"], "": ["*.nothing"]})
    assert project.data == {}
    messages = [entry.message for entry in caplog.records if entry.levelname == "WARNING"]
    assert [text for text in messages if "package_data" in text] == [
        "package_data of 'a': '*.css' matches no file. Correct or remove the pattern."
    ]


REFUSED = [
    ({}, {"py_modules": ["gone", "m"]}, "py_modules: no file exists for module 'gone'. Add the "),
    ({}, {"package_data": {"a": ["gone.html"]}},
     "package_data of 'a': file 'a/gone.html' not found. Add the file or remove the declaration."),
    ({}, {"package_data": {"other": ["*.html"]}},
     "package_data: 'other' is not a declared package. Declare the package or correct the name."),
    ({"up.html": ""}, {"package_data": {"a": ["../../up.html"]}},
     "package_data of 'a': file '../up.html' not found. "),
    ({"s/t/b/__init__.py": "", "s/up.html": ""},
     {"packages": ["b"], "package_dir": {"b": "s/t/b"}, "package_data": {"b": ["../../up.html"]}},
     "package_data of 'b': '../up.html' is outside the install directory. Move the file into "),
    ({"MANIFEST.in": "include a/gone.html\n"}, {},
     "MANIFEST.in: file 'a/gone.html' not found. Add the file or remove the line."),
    ({"MANIFEST": "a/page.html\na/gone.html\n"}, {},
     "MANIFEST: file 'a/gone.html' not found. Add the file or remove the line."),
    ({}, {"data_files": [("/etc", ["a/page.html"])]},
     "data_files: the target '/etc' is absolute. Use a directory relative to the install"),
    ({"o/__init__.py": "1"}, {"data_files": [("a", ["o/__init__.py"])]},
     "'a/__init__.py': 'a/__init__.py' and 'o/__init__.py' have the same install path. Declare"),
    ({"o/c": "1", "c": "2"}, {"data_files": [("q", ["o/c", "c"])]},
     "'q/c': 'o/c' and 'c' have the same install path. Declare only one of them."),
]  # fmt: skip


@pytest.mark.parametrize(("files", "declared", "message"), REFUSED)
def test_declarations_that_are_refused(read, files, declared, message):
    with pytest.raises(ProjectError) as caught:
        read({**PACKAGE, "m.py": "", **files}, **{"packages": ["a"], **declared})
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("declared", "field"),
    [({}, "name"), ({"version": "1.0"}, "name"), ({"name": "x"}, "version")],
)
def test_a_project_without_a_name_or_version(declared, field):
    refuse_anonymous(Distribution({"name": "x", "version": "1.0"}))
    with pytest.raises(ProjectError) as caught:
        refuse_anonymous(Distribution(declared))
    assert str(caught.value) == (
        f"The project has no {field}. Set {field} in [project] or in setup()."
    )


@pytest.mark.parametrize(
    ("script", "for_hosts"),
    [
        ("find_packages()", {"docs"}),
        ("find_packages(), {'docs': 1}, 'docs/index.md', scripts=['docs/make.py']", {"docs"}),
        ("['a', 'docs']", set()),
        ("['docs.b']", set()),
    ],
)
def test_packages_for_hosts_that_setup_py_does_not_name(script, for_hosts, read):
    files = {f"{name}/__init__.py": "" for name in ("a", "docs", "docs/b")}
    project = read({**files, "setup.py": script}, packages=["a", "docs", "docs.b"])
    assert project.for_hosts == for_hosts


def test_paths_of_data_files(read):
    files = {"a/__init__.py": "", "b/c.txt": ""}
    # The command egg_info of older setuptools takes strings only.
    path = str if int(setuptools.__version__.split(".")[0]) < 84 else Path
    project = read(files, packages=["a"], data_files=[(path("b"), [path("b/c.txt")])])
    assert project.data == {"b/c.txt": "b/c.txt"}

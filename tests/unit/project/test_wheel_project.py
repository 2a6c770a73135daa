"""A wheel as a project: its files, traced to the sources that equal them."""

from pathlib import Path

import pytest

from sdist_upip.project.wheel import Wheel
from sdist_upip.project.wheel_project import wheel_project
from support.trees import write_tree

WHEEL = "x-1.0-py3-none-any.whl"


def make(files, host_files=(), licenses=None, entry_points=""):
    """Return a wheel whose files have their paths as content."""
    contents = {path: data.encode() for path, data in dict(files).items()}
    hosts = {path: path.encode() for path in host_files}
    return Wheel(WHEEL, "x", "1.0", b"Name: x\n", contents, hosts, licenses or {}, entry_points)


FILES = {"a/__init__.py": "1", "a/b/c.py": "2", "a/page.html": "3", "m.py": "4", "www/x": "5"}


def test_without_a_directory_every_file_is_in_the_wheel():
    scripts = ["x-1.0.data/scripts/run", "x-1.0.data/headers/x.h"]
    wheel = make(FILES, scripts, {"LICENSE": b"free"}, "[console_scripts]\n")
    project = wheel_project(wheel)
    assert (project.name, project.version, project.metadata) == ("x", "1.0", b"Name: x\n")
    assert project.directory == Path()
    assert project.modules == {
        path: f"{WHEEL}/{path}" for path in ("a/__init__.py", "a/b/c.py", "m.py")
    }
    assert project.data == {path: f"{WHEEL}/{path}" for path in ("a/page.html", "www/x")}
    assert project.packages == {"a": f"{WHEEL}/a", "a.b": f"{WHEEL}/a/b", "www": f"{WHEEL}/www"}
    assert project.listed == {f"{WHEEL}/{path}" for path in scripts}
    assert project.scripts == (f"{WHEEL}/x-1.0.data/scripts/run",)
    assert project.license_files == ("LICENSE",)
    assert project.entry_points == "[console_scripts]\n"
    assert project.undeclared == "not in the wheel that the build backend makes"
    assert project.contents == {
        **{f"{WHEEL}/{path}": data.encode() for path, data in FILES.items()},
        **{f"{WHEEL}/{path}": path.encode() for path in scripts},
        "LICENSE": b"free",
    }
    assert project.read(f"{WHEEL}/a/b/c.py") == b"2"
    assert project.measure("LICENSE") == 4


@pytest.mark.parametrize(
    ("tree", "source"),
    [
        ({"a/m.py": "1"}, "a/m.py"),
        ({"src/a/m.py": "1"}, "src/a/m.py"),
        ({"src/a/m.py": "1", "a/m.py": "1"}, "a/m.py"),
        ({"src/a/m.py": "1", "a/m.py": "2"}, "src/a/m.py"),
        ({"deep/er/a/m.py": "1", "src/a/m.py": "1"}, "src/a/m.py"),
        ({"a/m.py": "2"}, None),
        ({"m.py": "1"}, None),
        ({"xa/m.py": "1"}, None),
        ({"b/m.py": "1", "a/other.py": "1"}, None),
        ({"build/lib/a/m.py": "1"}, None),
        ({}, None),
    ],
)
def test_the_source_of_a_file_has_its_name_and_its_bytes(tmp_path, tree, source):
    project = wheel_project(make({"a/m.py": "1"}), write_tree(tmp_path, tree))
    expected = source or f"{WHEEL}/a/m.py"
    assert project.modules == {"a/m.py": expected}
    assert project.packages == {"a": expected.removesuffix("/m.py")}
    assert project.directory == tmp_path
    assert project.contents == {expected: b"1"}


def test_sources_that_cannot_be_read_are_passed_over(tmp_path):
    write_tree(tmp_path, {"longer/a/m.py": "1"})
    (tmp_path / "a").mkdir()
    (tmp_path / "a/m.py").symlink_to("nowhere")
    project = wheel_project(make({"a/m.py": "1"}), tmp_path)
    assert project.modules == {"a/m.py": "longer/a/m.py"}


def test_scripts_are_not_traced(tmp_path):
    write_tree(tmp_path, {"run": "x-1.0.data/scripts/run"})
    project = wheel_project(make({}, ["x-1.0.data/scripts/run"]), tmp_path)
    assert project.scripts == (f"{WHEEL}/x-1.0.data/scripts/run",)


def test_packages_have_the_directory_of_their_first_file(tmp_path):
    files = {"a/__init__.py": "1", "a/made.py": "2", "a.b/x.py": "3", "ns/deep/m.py": "4"}
    tree = {"src/a/__init__.py": "1", "src/ns/deep/m.py": "4"}
    project = wheel_project(make(files), write_tree(tmp_path, tree))
    assert project.packages == {"a": "src/a", "ns": "src/ns", "ns.deep": "src/ns/deep"}
    assert project.modules["a/made.py"] == f"{WHEEL}/a/made.py"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/fast.so", "a.fast"),
        ("a/b/fast.cpython-312-x86_64-linux-gnu.so", "a.b.fast"),
        ("fast.pyd", "fast"),
        ("a.libs/libx.so.1", "a.libs.libx"),
    ],
)
def test_compiled_files_are_extensions(path, name):
    assert wheel_project(make({path: "", "a/m.py": ""})).extensions == (name,)

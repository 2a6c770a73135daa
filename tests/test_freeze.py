"""`sdist-upip freeze`: releases → modules and a manifest for firmware."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, read_tree, run_python, write_tree
from deployments import application, compile_to_mpy, make_release
from micropython import WebAssembly
from sdist_upip.archive.writer import write_archive
from sdist_upip.cli.main import main
from sdist_upip.errors import ProjectError
from sdist_upip.freeze.manifest import digest, read_manifest, write_manifest
from sdist_upip.freeze.modules import freeze_releases
from sdist_upip.release import Member
from sdist_upip.resources.module import read_resource_module, resource_module

PKG_RESOURCES = (ROOT / "src/sdist_upip/device/pkg_resources.py").read_bytes()


def listed(directory: Path) -> list[str]:
    """Return what MicroPython's tools/manifestfile.py takes from the manifest in `directory`."""
    paths = []

    def add(path: str, suffix: str) -> None:
        assert (directory / path).is_file()
        assert path.endswith(suffix)
        paths.append(path)

    functions = {
        "module": lambda path: add(path, ".py"),
        "package": lambda top, files: [add(f"{top}/{path}", ".py") for path in files],
        "freeze_mpy": lambda base, path: add(path, ".mpy"),
    }
    exec((directory / "manifest.py").read_text(encoding="ascii"), functions)
    return paths


def freeze(*arguments: object) -> int:
    return main(["freeze", *map(str, arguments)])


@pytest.fixture
def archive(tmp_path):
    """A function from files to the archive of a release."""

    def make(files, name="my_app", version="1.0"):
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
        release = make_release({"PKG-INFO": head, **files}, name, version)
        return write_archive(release, tmp_path / "dist", window=4096, compression="fast").path

    return make


def test_archive_becomes_modules_resources_and_manifest(archive, tmp_path, capsys):
    directory = tmp_path / "modules"
    assert freeze(archive(application()), "-p", directory) == 0
    files = read_tree(directory)
    assert sorted(files) == [
        "manifest.py",
        "my_app/R.py",
        "my_app/__main__.py",
        "my_app/bare/tool.py",
        "my_app/sub/R.py",
        "my_app/sub/__init__.py",
        "my_app/utils.py",
        "pkg_resources.py",
    ]
    assert sorted(read_resource_module(files["my_app/R.py"])) == [
        "bare/data/leaf.bin",
        "data/image.png",
        "data/page.html",
    ]
    assert files["pkg_resources.py"] == PKG_RESOURCES
    assert sorted(listed(directory)) == sorted(files.keys() - {"manifest.py"})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{directory}/my_app/R.py  (3 resources)"
    assert lines[-1] == f"FROZEN_MANIFEST={directory}/manifest.py"


def test_project_is_built_first_and_left_alone(tmp_path, capsys):
    project = ROOT / "examples/my_app"
    before = read_tree(project)
    assert freeze(project, "-p", tmp_path) == 0
    assert read_tree(project) == before
    output, account = capsys.readouterr()
    assert len(output.splitlines()) == 5
    assert "my_app-1.0.tar.gz" in account
    assert listed(tmp_path) == [
        "pkg_resources.py",
        "my_app/R.py",
        "my_app/__main__.py",
        "my_app/utils.py",
    ]


def test_project_that_cannot_be_built(tmp_path, capsys):
    write_tree(tmp_path / "project", {"pyproject.toml": "[tool.sdist-upip]\nwindow = 5\n"})
    assert freeze(tmp_path / "project", "-p", tmp_path / "out") == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path}/project cannot be built: ")
    assert "window" in error
    assert not (tmp_path / "out").exists()


def test_next_run_replaces_and_removes_what_the_last_one_wrote(archive, tmp_path):
    directory = write_tree(tmp_path / "modules", {"_boot.py": "port"})
    old = {"my_app/__init__.py": b"1", "my_app/gone/x.py": b"", "my_app/gone/y.bin": b"2"}
    assert freeze(archive(old), "-p", directory) == 0
    new = {"my_app/__init__.py": b"import pkg_resources"}
    assert freeze(archive(new, version="1.1"), "-p", directory) == 0
    assert sorted(read_tree(directory)) == [
        "_boot.py",
        "manifest.py",
        "my_app/__init__.py",
        "pkg_resources.py",
    ]


@pytest.mark.parametrize(
    "theirs",
    [
        {"manifest.py": b"include('x')\n"},
        {"manifest.py": write_manifest({"my_app/__init__.py": None}) + b"freeze('.')\n"},
        {"manifest.py": write_manifest({"my_app/__init__.py": None}) + b"# mine\n"},
        {"my_app/__init__.py": b"theirs"},
        {"my_app/R.py": b"R = {}"},
    ],
)
def test_files_of_others_are_replaced_by_force_only(archive, tmp_path, theirs, capsys):
    directory = write_tree(tmp_path / "modules", theirs)
    path = archive({"my_app/__init__.py": b"", "my_app/data": b""})
    assert freeze(path, "-p", directory) == 1
    assert "exists, and differs from what belongs there" in capsys.readouterr().err
    assert read_tree(directory) == theirs
    assert freeze(path, "-p", directory, "--force") == 0
    assert sorted(listed(directory)) == ["my_app/R.py", "my_app/__init__.py"]


def test_equal_files_of_others_are_frozen_but_never_removed(archive, tmp_path):
    directory = tmp_path / "modules"
    assert main(["device", "--no-index", "-p", str(directory)]) == 0
    theirs = read_tree(write_tree(directory, {"my_app/b.py": b"import pkg_resources"}))
    release = {"my_app/__init__.py": b"", "my_app/b.py": b"import pkg_resources"}
    for _ in range(2):
        assert freeze(archive(release), "-p", directory) == 0
        assert sorted(listed(directory)) == [
            "my_app/__init__.py",
            "my_app/b.py",
            "pkg_resources.py",
        ]
    assert freeze(archive({"other.py": b""}, "other"), "-p", directory, "--force") == 0
    assert listed(directory) == ["other.py"]
    assert read_tree(directory).keys() == {*theirs, "manifest.py", "other.py"}
    assert theirs.items() < read_tree(directory).items()


@pytest.mark.parametrize("later", ["my_app/a.py", "my_app/b.py"], ids=["replace", "remove"])
def test_edited_files_are_replaced_and_removed_by_force_only(archive, tmp_path, later, capsys):
    directory = tmp_path / "modules"
    assert freeze(archive({"my_app/a.py": b"1"}), "-p", directory) == 0
    edited = read_tree(write_tree(directory, {"my_app/a.py": b"1  # work"}))
    path = archive({later: b"2"}, version="1.1")
    assert freeze(path, "-p", directory) == 1
    assert "my_app/a.py: exists, and differs" in capsys.readouterr().err
    assert read_tree(directory) == edited
    assert freeze(path, "-p", directory, "--force") == 0
    assert read_tree(directory).keys() == {"manifest.py", later}
    assert freeze(archive({"c.py": b""}, version="1.2"), "-p", directory) == 0
    assert read_tree(directory).keys() == {"manifest.py", "c.py"}


@pytest.mark.parametrize(
    ("folder", "relation"),
    [("a/my_app", "is"), ("a/my_app/out/x", "lies in"), ("a", "contains"), ("link", "is")],
)
def test_directory_must_be_apart_from_the_projects(tmp_path, directory, relation, capsys):
    project = tmp_path / "a/my_app"
    shutil.copytree(ROOT / "examples/my_app", project)
    (tmp_path / "link").symlink_to(project)
    before = read_tree(project)
    assert freeze(project, "-p", tmp_path / directory, "--force") == 1
    error = f"--path {tmp_path / directory} {relation} the project {project}, whose sources"
    assert error in capsys.readouterr().err
    assert read_tree(project) == before


def test_several_archives_share_a_directory(archive, tmp_path, capsys):
    first = archive({"ns/a.py": b"", "ns/a.bin": b"1", "www/x": b"2"}, "first")
    second = archive({"ns/b.py": b"import pkg_resources", "ns/b.bin": b"3", "y": b"4"}, "second")
    assert freeze(first, second, "-p", tmp_path / "out") == 0
    files = read_tree(tmp_path / "out")
    assert read_resource_module(files["ns/R.py"]) == {"a.bin": b"1", "b.bin": b"3"}
    assert read_resource_module(files["R.py"]) == {"www/x": b"2", "y": b"4"}


def test_metadata_and_files_for_pip_are_left_out():
    files = {
        "setup.py": b"1",
        "README.md": b"",
        "my_app.egg-info/requires.txt": b"",
        "my_app/__init__.py": b"",
    }
    assert sorted(freeze_releases([make_release(files)], b"").modules) == ["my_app/__init__.py"]


def test_unmet_requirements_are_told(archive, tmp_path, capsys):
    requires = {"my_app.egg-info/requires.txt": b"Other.Lib==1.0\nmicropython-foo\n"}
    paths = archive({"a.py": b"", **requires}), archive({"b.py": b""}, "other-lib")
    assert freeze(*paths, "-p", tmp_path / "out") == 0
    assert capsys.readouterr().err == (
        "warning: my_app-1.0 requires micropython-foo, which is not given\n"
    )


@pytest.mark.parametrize("mode", ["both", "module", "files"])
def test_every_form_of_archive_freezes_alike(mode):
    from sdist_upip.steps.resources import resources_step

    release = resources_step({"mode": mode})(make_release(application()))
    modules = freeze_releases([release], PKG_RESOURCES).modules
    assert modules == freeze_releases([make_release(application())], PKG_RESOURCES).modules


def test_one_project_twice():
    releases = make_release({"a.py": b""}), make_release({"b.py": b""}, version="1.1")
    with pytest.raises(ProjectError, match=r"my_app-1\.0 and my_app-1\.1 are one project"):
        freeze_releases(releases, b"")


@pytest.mark.parametrize("path", ["a.py", "a/x.bin", "top.txt"])
def test_releases_that_differ_about_a_file(path):
    files = [{"a/__init__.py": b"", path: data} for data in (b"1", b"2", b"1")]
    one, other, same = (make_release(*item) for item in zip(files, "xyz", strict=True))
    assert freeze_releases([one, same], b"").modules
    with pytest.raises(ProjectError, match=r"x-1\.0 and y-1\.0 differ in .* leave one of them out"):
        freeze_releases([one, other], b"")


def test_resource_module_that_differs_from_its_file():
    release = make_release({"a/__init__.py": b"", "a/b": b"1"})
    changed = Member("a/R.py", resource_module({"b": b"2"}))
    release = release.with_members([*(m for m in release if m.path != "a/R.py"), changed])
    with pytest.raises(ProjectError, match=r"x?my_app-1\.0 and my_app-1\.0 differ in 'a/R\.py b'"):
        freeze_releases([release], b"")


def test_module_where_resources_go():
    module, data = make_release({"R.py": b"print(1)"}, "x"), make_release({"data": b""}, "y")
    with pytest.raises(ProjectError, match=r"'R\.py' of x-1\.0 is a module, but resources go"):
        freeze_releases([module, data], b"")


def test_module_where_the_manifest_goes(archive, tmp_path, capsys):
    assert freeze(archive({"manifest.py": b""}), "-p", tmp_path / "out") == 1
    assert "'manifest.py' is a module of a release" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        (b"import pkg_resources", True),
        (b"import os, pkg_resources as p", True),
        (b"def f():\n from pkg_resources import resource_stream", True),
        (b"__import__('pkg_resources')", True),
        (b"import pkg_resources\n1 +", True),
        (b"from . import pkg_resources", False),
        (b"import pkg_resources_too\n'pkg_resources'", False),
        (b"# import pkg_resources", False),
        (b"1 +", False),
    ],
)
def test_pkg_resources_joins_when_it_is_imported(source, uses):
    frozen = freeze_releases([make_release({"a.py": source})], PKG_RESOURCES)
    assert ("pkg_resources.py" in frozen.modules) == bool(frozen.users) == uses


@pytest.mark.parametrize("path", ["pkg_resources.py", "pkg_resources/__init__.py"])
def test_pkg_resources_of_a_release_stays(path):
    files = {"a.py": b"import pkg_resources", path: b"theirs"}
    assert freeze_releases([make_release(files)], PKG_RESOURCES).modules == files


def test_compiled_modules_are_frozen_too(archive, tmp_path):
    source = {"a/b.py": b"import pkg_resources", "c.py": b""}
    files = {**compile_to_mpy(source, WebAssembly("1.29")), "a/data": b""}
    assert freeze(archive(files), "-p", tmp_path / "out") == 0
    assert sorted(listed(tmp_path / "out")) == ["a/R.py", "a/b.mpy", "c.mpy", "pkg_resources.py"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [("b.mpy", "was compiled as 'a.py'"), ("a.mpy", "is no .mpy"), ("sys.mpy", "is no .mpy")],
)
def test_compiled_module_of_another_name(path, problem):
    compiled = compile_to_mpy({"a.py": b""}, WebAssembly("1.29"))["a.mpy"]
    data = {"b.mpy": compiled, "a.mpy": compiled[:5], "sys.mpy": b"print(1)"}[path]
    with pytest.raises(ProjectError, match=problem) as caught:
        freeze_releases([make_release({path: data})], b"")
    assert str(caught.value).endswith(f"compile it with mpy-cross -s {path[:-4]}.py")


def test_names_beyond_ascii(archive, tmp_path):
    assert freeze(archive({"größe/maß.py": b"", "größe/ü": b""}), "-p", tmp_path / "out") == 0
    assert listed(tmp_path / "out") == ["größe/R.py", "größe/maß.py"]


def test_manifest_reads_back():
    paths = ["a.py", "b/c.py", "b/d/e.py", "b/f.mpy", "ö/'.py", "b/x  # 0123456789abcdef.py"]
    digests = {path: digest(path.encode()) for path in paths} | {"b/z.py": None, "z.py": None}
    assert read_manifest(write_manifest(digests)) == digests
    assert read_manifest(write_manifest({})) == {}
    for other in (b"module('a.py')\n", b"#\r#\rmodule('a.py')", b"package('a', ({[]: 1},))", b"\0"):
        assert read_manifest(other) is None


def test_archive_that_is_none(tmp_path, capsys):
    (tmp_path / "x.tar.gz").write_bytes(b"x")
    assert freeze(tmp_path / "x.tar.gz", "-p", tmp_path) == 1
    assert "is no archive of sdist-upip" in capsys.readouterr().err
    assert freeze(tmp_path / "none.tar.gz", "-p", tmp_path) == 1
    assert "cannot read" in capsys.readouterr().err


def test_directory_must_be_given():
    command = [sys.executable, "-m", "sdist_upip", "freeze", "x.tar.gz"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert result.returncode == 2


KILLS = """
import shutil, sys
from pathlib import Path
from conftest import read_tree
from deployments import make_release
from killed import kill_at_each_change
from sdist_upip.files.transaction import STAGE
from sdist_upip.freeze.frozen_directory import freeze_into

directory = Path(sys.argv[1])
old, new, other = (
    [make_release({"my_app/a.py": text, **more, "my_app/data": text}, version=text.decode())]
    for text, more in (
        (b"1", {"my_app/gone.py": b""}),
        (b"2", {"my_app/b.py": b"import pkg_resources"}),
        (b"3", {"my_app/c/d.py": b""}),
    )
)
whole = []
for releases in (old, new, other):
    freeze_into(directory, releases)
    whole.append(read_tree(directory))
    shutil.rmtree(directory)
freeze_into(directory, old)
count = 0
for count in kill_at_each_change(directory, lambda: freeze_into(directory, new)):
    found = read_tree(directory)
    seen = {path: data for path, data in found.items() if not path.startswith(STAGE)}
    assert seen in whole[:2] or "manifest.py" not in seen, (count, seen)
    freeze_into(directory, (old, new, other)[count % 3])
    assert read_tree(directory) == whole[count % 3], count
    shutil.rmtree(directory)
    freeze_into(directory, old)
assert read_tree(directory) == whole[1]
print(count)
"""


def test_a_killed_run_needs_no_force(tmp_path):
    paths = f"{ROOT / 'src'}:{ROOT / 'tests'}"
    result = run_python("-c", KILLS, tmp_path / "x", cwd=ROOT / "tests", PYTHONPATH=paths)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 20


def test_a_file_is_new_when_others_are_gone(archive, tmp_path):
    """Since a port's build looks only at the times of files that are there."""
    both = archive({"a.py": b"", "b.py": b""}), archive({"c.py": b""}, "other")
    for given, new in ((both, True), (both, False), (both[:1], True), (both[:1], False)):
        for path in (tmp_path / "out").glob("*"):
            os.utime(path, (1, 1))
        assert freeze(*given, "-p", tmp_path / "out") == 0
        times = {path.name: path.stat().st_mtime for path in (tmp_path / "out").glob("[a-c].py")}
        assert (max(times.values()) > 1) == new


def test_packages_for_a_file_system_are_not_mixed_with_frozen_ones(archive, tmp_path, capsys):
    before = write_tree(tmp_path / "lib", {".upip/x": b"x 1\n"})
    assert freeze(archive({"a.py": b""}), "-p", before, "--force") == 1
    assert "holds packages that are installed for a board's file system" in capsys.readouterr().err
    assert read_tree(before) == {".upip/x": b"x 1\n"}

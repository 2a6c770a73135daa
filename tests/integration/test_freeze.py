"""`sdist-upip freeze`: releases → modules and a manifest for firmware."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from micropython import WebAssembly
from sdist_upip.archive.writer import write_archive
from sdist_upip.cli.main import main
from sdist_upip.errors import ProjectError
from sdist_upip.freeze.modules import freeze_releases
from sdist_upip.resources.module import read_resource_module
from support.deployments import application, compile_to_mpy, make_release
from support.paths import ROOT
from support.trees import read_tree, write_tree

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


def test_directory_must_be_apart_from_the_projects(tmp_path, capsys):
    project = tmp_path / "a/my_app"
    shutil.copytree(ROOT / "examples/my_app", project)
    before = read_tree(project)
    assert freeze(project, "-p", project / "out", "--force") == 1
    error = f"--path {project}/out is in the project {project}, whose sources"
    assert error in capsys.readouterr().err
    assert read_tree(project) == before


def test_files_of_others_are_replaced_by_force_only(archive, tmp_path, capsys):
    directory = write_tree(tmp_path / "modules", {"a.py": b"theirs"})
    path = archive({"a.py": b""})
    assert freeze(path, "-p", directory) == 1
    assert "already exists with other content" in capsys.readouterr().err
    assert read_tree(directory) == {"a.py": b"theirs"}
    assert freeze(path, "-p", directory, "--force") == 0
    assert listed(directory) == ["a.py"]


def test_several_archives_share_a_directory(archive, tmp_path, capsys):
    first = archive({"ns/a.py": b"", "ns/a.bin": b"1", "www/x": b"2"}, "first")
    second = archive({"ns/b.py": b"import pkg_resources", "ns/b.bin": b"3", "y": b"4"}, "second")
    assert freeze(first, second, "-p", tmp_path / "out") == 0
    files = read_tree(tmp_path / "out")
    assert read_resource_module(files["ns/R.py"]) == {"a.bin": b"1", "b.bin": b"3"}
    assert read_resource_module(files["R.py"]) == {"www/x": b"2", "y": b"4"}


def test_unmet_requirements_are_reported(archive, tmp_path, capsys):
    requires = {"my_app.egg-info/requires.txt": b"Other.Lib==1.0\nmicropython-foo\n"}
    paths = archive({"a.py": b"", **requires}), archive({"b.py": b""}, "other-lib")
    assert freeze(*paths, "-p", tmp_path / "out") == 0
    assert capsys.readouterr().err == (
        "warning: my_app-1.0 requires micropython-foo, which is not among the frozen packages\n"
    )


def test_compiled_modules_are_frozen_too(archive, tmp_path):
    source = {"a/b.py": b"import pkg_resources", "c.py": b""}
    files = {**compile_to_mpy(source, WebAssembly("1.29")), "a/data": b""}
    assert freeze(archive(files), "-p", tmp_path / "out") == 0
    assert sorted(listed(tmp_path / "out")) == ["a/R.py", "a/b.mpy", "c.mpy", "pkg_resources.py"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [("b.mpy", "was compiled as 'a.py'"), ("a.mpy", "is not a .mpy"), ("sys.mpy", "is not a .mpy")],
)
def test_compiled_module_of_another_name(path, problem):
    compiled = compile_to_mpy({"a.py": b""}, WebAssembly("1.29"))["a.mpy"]
    data = {"b.mpy": compiled, "a.mpy": compiled[:5], "sys.mpy": b"print(1)"}[path]
    with pytest.raises(ProjectError, match=problem) as caught:
        freeze_releases([make_release({path: data})], b"")
    assert str(caught.value).endswith(f"Compile it with mpy-cross -s {path[:-4]}.py.")


def test_names_beyond_ascii(archive, tmp_path):
    assert freeze(archive({"größe/maß.py": b"", "größe/ü": b""}), "-p", tmp_path / "out") == 0
    assert listed(tmp_path / "out") == ["größe/R.py", "größe/maß.py"]


def test_a_file_that_is_not_an_archive(tmp_path, capsys):
    (tmp_path / "x.tar.gz").write_bytes(b"x")
    assert freeze(tmp_path / "x.tar.gz", "-p", tmp_path) == 1
    assert "This is not a gzip file." in capsys.readouterr().err
    assert freeze(tmp_path / "none.tar.gz", "-p", tmp_path) == 1
    assert "Cannot read" in capsys.readouterr().err


def test_the_directory_is_required():
    command = [sys.executable, "-m", "sdist_upip", "freeze", "x.tar.gz"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert result.returncode == 2

"""Modules in a directory with a manifest: those of others stay, and an error changes nothing."""

import os

import pytest

from sdist_upip.board.pkg_resources import PACKAGE
from sdist_upip.errors import OutputError, ProjectError
from sdist_upip.files.transaction import STAGE
from sdist_upip.freeze.frozen_directory import freeze_into, refuse_projects
from sdist_upip.freeze.manifest import Manifest, digest, read_manifest, write_manifest
from sdist_upip.resources.module import read_resource_module
from support.deployments import make_release
from support.paths import ROOT
from support.trees import read_tree, write_tree

PKG_RESOURCES = (ROOT / "src/sdist_upip/device/pkg_resources.py").read_bytes()


def freeze(directory, *releases, force=False):
    """Freeze releases, each as its files."""
    named = [make_release(files, f"app-{n}") for n, files in enumerate(releases)]
    return freeze_into(directory, named, force=force)


def refuse(directory, *releases, match, kind=OutputError):
    """Freeze, and be refused: the error matches `match`, and the directory is as before."""
    before = read_tree(directory) if directory.exists() else None
    with pytest.raises(kind, match=match):
        freeze(directory, *releases)
    assert (read_tree(directory) if directory.exists() else None) == before


def test_modules_resources_and_a_manifest_are_written(tmp_path):
    files = {"a/__init__.py": b"import pkg_resources", "a/data.bin": b"\0"}
    frozen = freeze(tmp_path / "new/out", files, {"b.py": b""})
    tree = read_tree(tmp_path / "new/out")
    assert sorted(frozen.modules) == ["a/R.py", "a/__init__.py", "b.py", "pkg_resources.py"]
    assert read_resource_module(tree["a/R.py"]) == {"data.bin": b"\0"}
    assert tree["pkg_resources.py"] == PKG_RESOURCES
    manifest = tree.pop("manifest.py")
    assert tree == frozen.modules
    found = read_manifest(manifest)
    assert found.digests == {path: digest(data) for path, data in tree.items()}
    assert found.packages == frozen.packages
    assert list(found.packages) == ["app-0", "app-1", PACKAGE]


def test_the_next_run_replaces_and_removes_what_the_last_one_wrote(tmp_path):
    directory = write_tree(tmp_path / "modules", {"_boot.py": "port"})
    freeze(directory, {"a/__init__.py": b"1", "a/gone/x.py": b"", "a/gone/y.bin": b"2"})
    freeze(directory, {"a/__init__.py": b"import pkg_resources"})
    assert sorted(read_tree(directory)) == [
        *("_boot.py", "a/__init__.py", "manifest.py", "pkg_resources.py")
    ]


@pytest.mark.parametrize(
    "theirs",
    [
        {"manifest.py": b"include('x')\n"},
        {"manifest.py": write_manifest(Manifest({"a/__init__.py": None})) + b"freeze('.')\n"},
        {"manifest.py": write_manifest(Manifest({"a/__init__.py": None})) + b"# mine\n"},
        {"a/__init__.py": b"theirs"},
        {"a/R.py": b"R = {}"},
    ],
)
def test_files_of_others_are_replaced_by_force_only(tmp_path, theirs):
    directory = write_tree(tmp_path / "modules", theirs)
    files = {"a/__init__.py": b"", "a/data": b""}
    refuse(directory, files, match="already exists with other content. Move it, or pass --force")
    assert read_tree(directory) == theirs
    freeze(directory, files, force=True)
    manifest = read_manifest(read_tree(directory)["manifest.py"]).digests
    assert sorted(manifest) == ["a/R.py", "a/__init__.py"]
    assert all(manifest.values())


@pytest.mark.parametrize("later", ["a.py", "b.py"], ids=["replace", "remove"])
def test_edited_files_are_replaced_and_removed_by_force_only(tmp_path, later):
    directory = tmp_path / "modules"
    freeze(directory, {"a.py": b"1"})
    write_tree(directory, {"a.py": b"1  # work"})
    refuse(directory, {later: b"2"}, match=r"/a\.py: already exists with other content")
    freeze(directory, {later: b"2"}, force=True)
    assert read_tree(directory).keys() == {"manifest.py", later}
    freeze(directory, {"c.py": b""})
    assert read_tree(directory).keys() == {"manifest.py", "c.py"}


def test_a_file_of_another_that_is_equal_has_no_hash_and_is_never_removed(tmp_path):
    write_tree(tmp_path, {"a.py": b"theirs"})
    for _ in range(2):
        freeze(tmp_path, {"a.py": b"theirs", "b.py": b""})
        manifest = read_manifest((tmp_path / "manifest.py").read_bytes()).digests
        assert manifest == {"a.py": None, "b.py": digest(b"")}
    freeze(tmp_path, {"c.py": b""})
    assert read_tree(tmp_path).keys() == {"a.py", "c.py", "manifest.py"}


def test_a_module_where_the_manifest_goes(tmp_path):
    match = r"^'manifest\.py' is a module of a release, but the manifest needs .* Rename the module"
    refuse(tmp_path / "out", {"manifest.py": b""}, match=match, kind=ProjectError)


def test_releases_that_differ_change_nothing(tmp_path):
    freeze(tmp_path, {"a.py": b"1"})
    match = r"^app_0-1\.0 and app_1-1\.0 differ in 'a\.py'"
    refuse(tmp_path, {"a.py": b"2"}, {"a.py": b"3"}, match=match, kind=ProjectError)


def test_packages_for_a_file_system_are_not_mixed_with_frozen_ones(tmp_path):
    write_tree(tmp_path, {".upip/x": b"x 1\n"})
    with pytest.raises(OutputError) as caught:
        freeze(tmp_path, {"a.py": b""}, force=True)
    assert str(caught.value) == (
        f"{tmp_path} contains packages that are installed for the file system of a board. "
        "Choose another directory for modules to freeze."
    )
    assert read_tree(tmp_path) == {".upip/x": b"x 1\n"}


def test_an_interrupted_change_is_finished_first(tmp_path):
    journal = '{"put": ["a.py", "manifest.py"], "remove": [], "seal": "manifest.py"}'
    manifest = write_manifest(Manifest({"a.py": digest(b"1")}))
    staged = {f"{STAGE}/0": b"1", f"{STAGE}/1": manifest, f"{STAGE}/journal.json": journal}
    freeze(write_tree(tmp_path, staged), {"b.py": b""})
    assert read_tree(tmp_path).keys() == {"b.py", "manifest.py"}


def test_a_change_that_cannot_be_read_is_put_right_by_force(tmp_path):
    """The run is killed while the manifest is missing, and then the journal is damaged."""
    old, new = {"a.py": b"1", "b.py": b"1"}, {"a.py": b"2", "b.py": b"2", "c.py": b"2"}
    freeze(tmp_path / "whole", new)
    directory = tmp_path / "out"
    freeze(directory, old)
    (directory / "manifest.py").unlink()
    write_tree(directory, {"a.py": "2", f"{STAGE}/1": "2", f"{STAGE}/journal.json": ""})
    match = r"\.sdist-upip is not an interrupted change .* Run the command again with --force"
    refuse(directory, new, match=match)
    freeze(directory, new, force=True)
    assert read_tree(directory) == read_tree(tmp_path / "whole")
    freeze(directory, old)


def test_a_manifest_removes_no_file_outside(tmp_path):
    write_tree(tmp_path, {"mine.py": b"mine"})
    manifest = write_manifest(Manifest({"../mine.py": digest(b"mine"), "b.py": digest(b"1")}))
    write_tree(tmp_path / "out", {"manifest.py": manifest, "b.py": b"1"})
    refuse(
        tmp_path / "out", {"c.py": b""}, match=r"manifest\.py: already exists with other content"
    )
    freeze(tmp_path / "out", {"c.py": b""}, force=True)
    assert sorted(read_tree(tmp_path)) == ["mine.py", "out/b.py", "out/c.py", "out/manifest.py"]


def test_a_file_is_new_when_others_are_gone(tmp_path):
    """Since a port's build looks only at the times of files that are there."""
    both = {"a.py": b"", "b.py": b""}, {"c.py": b""}
    for releases, new in ((both, True), (both, False), (both[:1], True), (both[:1], False)):
        for path in tmp_path.glob("*"):
            os.utime(path, (1, 1))
        freeze(tmp_path, *releases)
        times = {path.name: path.stat().st_mtime for path in tmp_path.glob("[a-c].py")}
        assert (max(times.values()) > 1) == new


@pytest.mark.parametrize(
    ("directory", "relation"),
    [
        ("a/my_app", "is"),
        ("link", "is"),
        ("a/my_app/../my_app", "is"),
        ("a/my_app/out/x", "is in"),
        ("link/out", "is in"),
        ("a", "contains"),
    ],
)
def test_the_directory_must_be_apart_from_the_projects(tmp_path, directory, relation):
    project = tmp_path / "a/my_app"
    project.mkdir(parents=True)
    (tmp_path / "link").symlink_to(project)
    with pytest.raises(OutputError) as caught:
        refuse_projects(tmp_path / directory, [tmp_path / "other", project])
    assert str(caught.value) == (
        f"--path {tmp_path / directory} {relation} the project {project}, whose sources must not "
        "be mixed with frozen files. Choose a directory outside the project."
    )


@pytest.mark.parametrize("directory", ["b", "a/my_app2", "a/my", "a/other/my_app"])
def test_a_directory_that_is_apart(tmp_path, directory):
    refuse_projects(tmp_path / directory, [tmp_path / "a/my_app"])
    refuse_projects(tmp_path / directory, [])

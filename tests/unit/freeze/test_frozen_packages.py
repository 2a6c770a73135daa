"""The packages of a directory of frozen modules, and commands that frozen modules refuse."""

from importlib.metadata import version

import pytest
from packaging.version import Version

from sdist_upip.board.pkg_resources import PACKAGE
from sdist_upip.errors import OutputError
from sdist_upip.files.transaction import STAGE
from sdist_upip.freeze.frozen_directory import freeze_into
from sdist_upip.freeze.frozen_packages import read_packages, refuse_frozen, refuse_uninstall
from sdist_upip.freeze.manifest import Manifest, digest, write_manifest
from support.deployments import make_release
from support.trees import write_tree


def freeze(directory, *releases, force=False):
    """Freeze releases, each as its files."""
    named = [make_release(files, f"app-{n}") for n, files in enumerate(releases)]
    return freeze_into(directory, named, force=force)


def test_packages_are_not_mixed_with_frozen_ones(tmp_path):
    refuse_frozen(tmp_path / "missing")
    refuse_frozen(tmp_path)
    write_tree(tmp_path, {"manifest.py": "include('x')\n"})
    refuse_frozen(tmp_path)
    refuse_uninstall(tmp_path)
    write_tree(tmp_path, {"manifest.py": write_manifest(Manifest({}))})
    with pytest.raises(OutputError) as caught:
        refuse_frozen(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} holds modules that are to be frozen. Choose another directory, or pass "
        "--freeze."
    )
    with pytest.raises(OutputError) as caught:
        refuse_uninstall(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} holds modules that are to be frozen, and nothing can be uninstalled there. "
        "Freeze again, and name only the packages that stay."
    )


def test_the_packages_of_the_last_run_are_listed(tmp_path):
    assert read_packages(tmp_path / "missing") is None
    assert read_packages(tmp_path) is None
    assert freeze(tmp_path, {"a.py": b""}, {"b.py": b"import pkg_resources"}).replaced == {}
    first = {"app-0": "1.0", "app-1": "1.0", PACKAGE: str(Version(version("sdist-upip")))}
    assert read_packages(tmp_path) == (first, [])
    frozen = freeze(tmp_path, {"c.py": b""}, force=True)
    assert (frozen.packages, frozen.replaced) == ({"app-0": "1.0"}, first)
    assert read_packages(tmp_path) == ({"app-0": "1.0"}, [])
    freeze(tmp_path)
    assert read_packages(tmp_path) == ({}, [])


def test_files_that_are_not_as_frozen_are_listed(tmp_path):
    write_tree(tmp_path, {"theirs.py": b"1"})
    freeze(tmp_path, {"a.py": b"1", "b.py": b"1", "c.py": b"1", "theirs.py": b"1"})
    write_tree(tmp_path, {"a.py": b"2"})
    (tmp_path / "b.py").unlink()
    assert read_packages(tmp_path)[1] == ["a.py", "b.py"]
    (tmp_path / "theirs.py").unlink()
    assert read_packages(tmp_path)[1] == ["a.py", "b.py", "theirs.py"]


def test_a_manifest_of_an_earlier_version_has_no_packages(tmp_path):
    """The next run still recognizes it, and adds them."""
    manifest = write_manifest(Manifest({"a.py": digest(b"1")}))
    write_tree(tmp_path, {"a.py": b"1", "manifest.py": manifest})
    with pytest.raises(OutputError) as caught:
        read_packages(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/manifest.py is from an earlier version of sdist-upip and does not list "
        "packages. Freeze the packages again."
    )
    assert freeze(tmp_path, {"b.py": b""}).replaced == {}
    assert read_packages(tmp_path) == ({"app-0": "1.0"}, [])
    assert not (tmp_path / "a.py").exists()


def test_packages_of_an_interrupted_change(tmp_path):
    write_tree(tmp_path, {f"{STAGE}/journal.json": "{}"})
    with pytest.raises(OutputError, match="has an interrupted change of sdist-upip"):
        read_packages(tmp_path)
    write_tree(tmp_path, {".upip/a": "a 1\n"})
    assert read_packages(tmp_path) is None

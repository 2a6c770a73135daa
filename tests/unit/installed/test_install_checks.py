"""Checks of staged packages: conflicts as upip finds them, and what this computer cannot write."""

import builtins
import errno
import os
import re
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from sdist_upip.errors import ConfigError, OutputError, ResolutionError
from sdist_upip.installed.device_archive import read_device_archive
from sdist_upip.installed.install_checks import (
    check_file_conflicts,
    check_installed_requirements,
    check_permissions,
    check_targets,
)
from sdist_upip.installed.package import InstalledPackage
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.installed.record_store import RecordStore
from sdist_upip.requirements.requirement import Requirement
from support.package_installs import evaluate, install_by_upip, install_here, package, refuse
from support.trees import read_tree, write_tree


def installed(name, *paths, version="1", requires=()):
    """Return a package with files at `paths`."""
    return InstalledPackage(name, version, tuple((path, "00" * 32) for path in paths), requires)


CLASHES = {
    "twice": [("a", {"x": "1"}), ("b", {"x": "1"})],
    "file in the other's directory": [("a", {"x/y/z": "1"}), ("b", {"x/y": "1"})],
    "directory in place of the other's file": [("a", {"x": "1"}), ("b", {"x/y/z": "1"})],
    "in one command": [("b", {"x": "1"}, "c", {"x": "1"})],
    "none": [("a", {"x/y": "1"}), ("b", {"x/z": "1"})],
    "new version": [("a", {"x": "1", "y": "1"}), ("a", {"x": "2", "z/a": "2"})],
    "file to directory": [("a", {"x": "1"}), ("a", {"x/y": "1"})],
    "directory to file": [("a", {"x/y": "1"}), ("a", {"x": "1"})],
    "handed over": [("a", {"x": "1", "y": "1"}), ("a", {"x": "1"}, "b", {"y": "1"})],
    "not handed over": [("a", {"x": "1", "y": "1"}), ("b", {"y": "1"})],
    "exchanged": [
        ("a", {"x": "1"}, "b", {"y": "1"}),
        ("a", {"y": "2"}, "b", {"x": "2"}),
    ],
}


@pytest.mark.parametrize("name", CLASHES)
def test_clashes_are_those_of_upip(upip, tmp_path, name):
    outcomes = []
    for number, install in enumerate((install_here, install_by_upip)):
        lib = tmp_path / str(number)
        refused = []
        for step in CLASHES[name]:
            packages = [
                package(step[i], str(len(refused)), step[i + 1]) for i in range(0, len(step), 2)
            ]
            try:
                install(lib, *packages)
                refused.append(False)
            except (OutputError, ValueError) as error:
                refused.append(True)
                assert "both have" in str(error) or " a directory" in str(error) or number
        outcomes.append((refused, read_tree(lib)))
    assert outcomes[0] == outcomes[1]
    assert any(outcomes[0][0]) is (name not in ("none", "new version", "handed over", "exchanged"))


def test_messages_of_clashes_name_both_sides(lib):
    install_here(lib, package("a", files={"x/y.py": "1"}))
    refuse(lib, package("b", files={"x/y.py": "1"}), match=r"^b and a both have x/y\.py\. Install")
    refuse(lib, package("b", files={"x": "1"}), match=r"^b and a both have x\. Install")
    refuse(lib, package("b", files={"x/y.py/z": "1"}), match=r"^b and a both have x/y\.py\. ")


def test_what_lies_in_the_way(upip, tmp_path):
    lib = tmp_path / "lib"
    (lib / "x").mkdir(parents=True)
    (lib / "y").write_text("mine")
    for files, match in (
        ({"x": "1"}, "lib/x is a directory, and b has a file there. Move it"),
        ({"y/z/a.py": "1"}, "lib/y is a file, and b needs a directory there. Move it"),
    ):
        refuse(lib, package("b", files=files), match=match)
        with pytest.raises(ValueError, match="would replace"):
            install_by_upip(lib, package("b", files=files))
    install_here(lib, package("b", files={"y": "theirs"}))
    assert (lib / "y").read_text() == "theirs", "a file that no package owns is taken over"


def needing(*specs):
    return [f"x{spec}" for spec in specs]


@pytest.mark.parametrize(
    ("requires", "fits"),
    [
        ([">=2"], True),
        (["<2"], False),
        (["; extra == 'b'", "<2 ; extra == 'a'"], True),
        (["<2 ; python_version < '3'"], True),
        (["<2 ; python_version > '3'"], False),
        ([">=2rc1", "!=2.1"], True),
        ([], True),
    ],
)
def test_what_installed_packages_need_is_what_upip_says(upip, tmp_path, requires, fits):
    for lib, install in ((tmp_path / "1", install_here), (tmp_path / "2", install_by_upip)):
        install(lib, package("user", "1", None, needing(*requires)), package("x", "2"))
        new = package("x", "2.0"), package("other", "3", None, ["x"])
        if fits:
            install(lib, *new)
            continue
        with pytest.raises((ResolutionError, ValueError)) as error:
            install(lib, *new)
        expected = r"x: user 1 \(installed\) (needs|requires) <2, but other 3 (took|selected) 2\.0"
        assert re.match(expected, str(error.value))
    assert read_tree(tmp_path / "1") == read_tree(tmp_path / "2")


def test_who_is_replaced_too_is_not_asked(lib):
    install_here(lib, package("user", "1", None, ["x<2"]), package("x", "1"))
    message = refuse(lib, package("x", "2"), match=r"but you selected 2\.", kind=ResolutionError)
    assert message.endswith("Install a release of user that works with it, or uninstall it.")
    install_here(lib, package("x", "2"), package("user", "2", None, ["x>=2"]))


def test_the_caller_reads_the_requirements(lib):
    needs = ["X>5; os_name == 'x'", "other; os_name == 'x'"]
    install_here(lib, package("user", "1", None, needs), package("x", "1"))
    texts = []

    def read(text):
        texts.append(text)
        return Requirement("x", (), SpecifierSet(">5"))

    with PackageDirectory(lib) as directory:
        directory.stage("x", "6.dev1", read_device_archive(package("x")[2]))
        directory.check(read)
    assert texts == needs[:1]  # what nobody installs is not asked for


def test_names_that_the_file_system_cannot_hold_are_found_before_files_move(lib, monkeypatch):
    """As FAT has it, on a card."""
    install_here(lib, package("a"))
    real = open

    def open_on_fat(path, *arguments, **options):
        if "ö" in str(path):
            raise OSError(errno.EINVAL, "Invalid argument", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(builtins, "open", open_on_fat)
    refuse(lib, package("b", files={"b/xöy.py": "1", "b/z": "1"}), match="y.py: Invalid argument")
    install_here(lib, package("b", files={"b/x-y_1.py": "1"}))


@pytest.mark.parametrize(
    ("staged", "others", "message"),
    [
        ([installed("b", "x")], [installed("a", "x")], "b and a both have x."),
        ([installed("b", "x"), installed("c", "x")], [], "c and b both have x."),
        ([installed("b", "x/y/z")], [installed("a", "x/y")], "b and a both have x/y."),
        ([installed("b", "x/y")], [installed("a", "x/y/z")], "b and a both have x/y."),
        ([installed("b", "x")], [installed("a", "x/y/z")], "b and a both have x."),
        ([installed("b", "x/y/z/u")], [installed("c", "x"), installed("a", "x/y")], "b and c both"),
        ([installed("b", "x", "y"), installed("c", "y/z")], [], "c and b both have y."),
    ],
)
def test_a_conflict_of_two_packages(staged, others, message):
    with pytest.raises(OutputError) as caught:
        check_file_conflicts(staged, others)
    assert str(caught.value).startswith(message)
    assert str(caught.value).endswith(" Install only one of them.") or not message.endswith(".")


@pytest.mark.parametrize(
    ("paths", "what"),
    [
        (["x", "y", "x"], "x twice"),
        (["x", "x/y"], "x as a file and as a directory"),
        (["x/y/z", "x/y"], "x/y as a file and as a directory"),
        (["a/b/c/d", "a/b"], "a/b as a file and as a directory"),
    ],
)
def test_a_package_that_conflicts_with_itself(paths, what):
    with pytest.raises(OutputError) as caught:
        check_file_conflicts([installed("b", *paths)], [])
    assert str(caught.value) == (
        f"b has {what}, so one would replace the other. Ask its author to build it again."
    )


@pytest.mark.parametrize(
    ("staged", "others"),
    [
        ([], [installed("a", "x"), installed("b", "x")]),
        ([installed("a", "x/y"), installed("b", "x/z")], [installed("c", "x/u/v", "w")]),
        ([installed("a", "x")], [installed("b", "xy", "x.py", "y/x")]),
    ],
)
def test_packages_without_a_conflict(staged, others):
    check_file_conflicts(staged, others)


@pytest.mark.parametrize(
    ("tree", "path", "message"),
    [
        ({"x/y": ""}, "x", "{root}/x is a directory, and b has a file there. Move it away."),
        ({"x": ""}, "x/y", "{root}/x is a file, and b needs a directory there. Move it away."),
        ({"x/y": ""}, "x/y/z", "{root}/x/y is a file, and b needs a directory there. Move it"),
    ],
)
def test_a_target_that_is_taken(tmp_path, tree, path, message):
    store = RecordStore(write_tree(tmp_path, tree))
    with pytest.raises(OutputError) as caught:
        check_targets([installed("a", "free"), installed("b", path)], store)
    assert str(caught.value).startswith(message.format(root=tmp_path))
    assert read_tree(tmp_path) == dict.fromkeys(tree, b"")


def test_only_unusual_names_are_tried(tmp_path):
    tried = []

    class Store(RecordStore):
        def try_name(self, part):
            tried.append(part)

    paths = "a/b-c_1.py", "größe/x:y.py", "größe/A.B", "d./e f", "d./-", "..x/y"
    write_tree(tmp_path, {"a/b-c_1.py": ""})
    check_targets([installed("a", *paths), installed("b", "x:y.py/z")], Store(tmp_path))
    assert tried == ["d.", "e f", "größe", "x:y.py"]


def test_directories_that_are_not_writable(tmp_path, monkeypatch):
    store = RecordStore(write_tree(tmp_path, {"a/b/x": "", "other/y": ""}))
    packages = [installed("a", "a/b/x", "a/new/z", "top")]
    asked = []

    def access(path, mode):
        asked.append(Path(path))
        assert mode == os.W_OK | os.X_OK
        return path not in refused

    monkeypatch.setattr(os, "access", access)
    refused = {tmp_path / "other"}
    check_permissions(packages, store)
    assert asked == [tmp_path, tmp_path / "a", tmp_path / "a/b"]
    for path in asked[::-1]:
        refused = {path}
        with pytest.raises(OutputError) as caught:
            check_permissions(packages, store)
        assert str(caught.value) == f"{path} is not writable. Check permissions and ownership."


def test_a_directory_on_another_file_system(tmp_path, monkeypatch):
    store = RecordStore(write_tree(tmp_path, {"a/b/x": ""}))
    real = Path.stat

    def stat(path, **options):
        status = real(path, **options)
        if path == tmp_path / "a/b":
            status = os.stat_result((*status[:2], status.st_dev + 1, *status[3:10]))
        return status

    monkeypatch.setattr(Path, "stat", stat)
    check_permissions([installed("a", "a/x")], store)
    with pytest.raises(OutputError) as caught:
        check_permissions([installed("a", "a/b/x")], store)
    assert str(caught.value) == (
        f"{tmp_path}/a/b is on another file system than {tmp_path}, so files cannot be moved "
        "there. Install to a directory on one file system."
    )


def test_permissions_of_a_path_behind_a_link(tmp_path):
    (tmp_path / "a").symlink_to("elsewhere")
    with pytest.raises(OutputError, match=r"/a is a symbolic link, and a/x of a package is behind"):
        check_permissions([installed("a", "a/x")], RecordStore(tmp_path))


@pytest.mark.parametrize(
    ("staged", "staying", "message"),
    [
        ([installed("x", version="2")], [installed("u", requires=("x>=1", "y<1"))], None),
        (
            [installed("x", version="2")],
            [installed("u", requires=("y>9", "x<2; extra == 'z'"))],
            None,
        ),
        (
            [installed("x", version="2")],
            [installed("u", version="5", requires=("X<2",))],
            "x: u 5 (installed) requires <2, but you selected 2. Install a release of u that works "
            "with it, or uninstall it.",
        ),
        (
            [
                installed("x", version="2"),
                installed("o", requires=("x",)),
                installed("p", version="3", requires=("x>1", "z")),
                installed("q", requires=("x; extra == 'z'",)),
            ],
            [installed("t"), installed("u", requires=("x!=2",))],
            "x: u 1 (installed) requires !=2, but p 3 selected 2. Install a release of u that",
        ),
    ],
)
def test_requirements_of_packages_that_stay(staged, staying, message):
    if message is None:
        check_installed_requirements(staged, staying, evaluate)
        return
    with pytest.raises(ResolutionError) as caught:
        check_installed_requirements(staged, staying, evaluate)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("error", [ConfigError, ResolutionError])
def test_an_error_of_a_requirement_names_its_package(error):
    def fail(text):
        raise error("Set --platform.")

    staying = [installed("u", version="5", requires=("other", "x; sys_platform == 'rp2'"))]
    with pytest.raises(error) as caught:
        check_installed_requirements([installed("x")], staying, fail)
    assert str(caught.value) == (
        "u 5 (installed) requires \"x; sys_platform == 'rp2'\": Set --platform."
    )


def test_a_requirement_that_cannot_be_read_names_its_package():
    staying = [installed("u", requires=("x >= ",))]
    match = r"^u 1 \(installed\) requires 'x >= ': Invalid requirement"
    with pytest.raises(ResolutionError, match=match):
        check_installed_requirements([installed("x")], staying, evaluate)

"""A directory of packages as install, list and uninstall use it: whole changes, and clear
refusals."""

import errno
import os
import re
import resource
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from sdist_upip.errors import ConfigError, OutputError, ResolutionError
from sdist_upip.installed.device_archive import DeviceArchive, read_device_archive
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.metadata.install_paths import find_host_defect
from sdist_upip.requirements.requirement import Requirement
from support.archives import make_archive
from support.package_installs import install_by_upip, install_here
from support.trees import read_tree


def package(name, version="1", files=None, requires=()):
    return name, version, make_archive(name, version, files, requires)


@pytest.fixture
def lib(tmp_path):
    return tmp_path / "lib"


def refuse(lib, *packages, match, kind=OutputError):
    """Install, and be refused: the error matches `match`, and the directory is as before."""
    before = read_tree(lib) if lib.exists() else None
    with pytest.raises(kind, match=match) as error:
        install_here(lib, *packages)
    assert (read_tree(lib) if lib.exists() else None) == before
    return str(error.value)


def test_what_is_installed_is_listed_and_removed(lib):
    install_here(lib, package("B_b", "2", {"b/x.py": "1"}), package("a", "1.0", requires=["b-b"]))
    with PackageDirectory(lib) as directory:
        assert directory.names() == ["a", "b-b"]
        assert directory.get("A").requires == ("b-b",)
        assert directory.get("B.B").version == "2"
        assert directory.get("c") is None
        assert directory.get_unmodified("c") is None
        assert directory.get_unmodified("b-b") == directory.get("b-b")
        directory.uninstall(["b_B", "b-b"])
        assert directory.names() == ["a"]
    assert sorted(read_tree(lib)) == [".upip/a", "a.py"]
    with PackageDirectory(lib) as directory:
        directory.uninstall(["a"])
    assert list(lib.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_text("2"),
        lambda file: file.unlink(),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), os.mkfifo(file)),
    ],
)
def test_a_changed_file_is_found(upip, lib, change):
    install_here(lib, package("a", files={"a/x.py": "1", "a/y.py": "1"}))
    change(lib / "a/y.py")
    with PackageDirectory(lib) as directory:
        assert directory.get_unmodified("a") is None
        assert directory.modified(directory.get("a")) == ["a/y.py"]
        assert directory.get("a").version == "1"


def test_an_empty_file_that_is_missing_is_found_here(lib):
    install_here(lib, package("a", files={"a/__init__.py": ""}))
    (lib / "a/__init__.py").unlink()
    with PackageDirectory(lib) as directory:
        assert directory.get_unmodified("a") is None


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


@pytest.mark.parametrize("staged", [False, True])
def test_what_is_not_installed_leaves_no_stray(lib, staged):
    if staged:
        install_here(lib, package("a"))
    before = read_tree(lib) if staged else None
    with PackageDirectory(lib) as directory:
        directory.stage("a", "2", DeviceArchive((("a.py", b"2"), ("b/c.py", b"2")), ()))
        directory.discard()
        directory.stage("c", "2", DeviceArchive((("c.py", b"2"),), ()))
    assert (read_tree(lib) if lib.exists() else None) == before


def test_directories_made_for_nothing_go_again(tmp_path):
    with pytest.raises(KeyboardInterrupt), PackageDirectory(tmp_path / "a/b/lib") as directory:
        directory.stage("c", "2", DeviceArchive((("c.py", b"2"),), ()))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_files_move_is_finished_at_once(lib, monkeypatch):
    install_here(lib, package("a", files={"a/x": "1", "a/y": "1", "a/old": "1"}))
    real = Path.replace
    interrupts = [KeyboardInterrupt]

    def replace(source, target):
        if str(target).endswith("a/y") and interrupts:
            raise interrupts.pop()
        return real(source, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        install_here(lib, package("a", "2", {"a/x": "2", "a/y": "2"}))
    tree = read_tree(lib)
    assert sorted(tree) == [".upip/a", "a/x", "a/y"]
    assert (tree["a/x"], tree["a/y"]) == (b"2", b"2")


def test_an_error_while_files_move_is_finished_by_the_next_run(lib, monkeypatch):
    install_here(lib, package("a", files={"a/x": "1", "a/y": "1"}))
    real = Path.replace

    def replace(source, target):
        if str(target).endswith("a/y"):
            raise OSError(errno.EIO, "Input/output error", str(source), None, str(target))
        return real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(
            OutputError, match=r"Cannot change .*a/y: Input/.* completes the change\.$"
        ):
            install_here(lib, package("a", "2", {"a/x": "2", "a/y": "2"}))
    with PackageDirectory(lib) as directory:
        assert directory.get_unmodified("a").version == "2"


def test_a_full_disk_changes_nothing(lib):
    install_here(lib, package("a", files={"a/x": "1"}))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
    try:
        refuse(
            lib,
            package("a", "2", {"a/x": b"2" * 9000}),
            match=r"Cannot write .*: File too large\. Nothing is installed\. Free disk",
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_root_that_is_no_directory(tmp_path):
    (tmp_path / "file").write_text("1")
    for path in ("file", "file/lib"):
        with pytest.raises(OutputError, match="file"):
            install_here(tmp_path / path, package("a"))
    assert read_tree(tmp_path) == {"file": b"1"}


def test_a_root_that_is_a_link_to_nowhere(tmp_path):
    (tmp_path / "lib").symlink_to("gone")
    with pytest.raises(OutputError, match=r"lib is not a directory\. Pass a directory with --path"):
        install_here(tmp_path / "lib", package("a"))


def test_records_that_are_no_directory(tmp_path):
    for number, make in enumerate(
        (Path.touch, lambda path: path.symlink_to(tmp_path), lambda path: path.symlink_to("gone"))
    ):
        lib = tmp_path / str(number)
        lib.mkdir()
        make(lib / ".upip")
        with pytest.raises(
            OutputError, match=r"\.upip is not a directory, and the records .* Move it"
        ):
            install_here(lib, package("a"))
        assert [path.name for path in lib.iterdir()] == [".upip"]


def test_links_to_elsewhere_are_not_followed(lib, tmp_path):
    install_here(lib, package("a", files={"a/x.py": "1", "a/deep/y.py": "1"}))
    (lib / "a").rename(tmp_path / "elsewhere")
    (lib / "a").symlink_to(tmp_path / "elsewhere")
    with PackageDirectory(lib) as directory:
        assert directory.get_unmodified("a"), "reading through a link does no harm"
        with pytest.raises(OutputError, match=r"lib/a is a symbolic link, and a/.* is behind it"):
            directory.uninstall(["a"])
    refuse(lib, package("a", "2", {"a/x.py": "2"}), match="lib/a is a symbolic link")
    refuse(lib, package("b", "2", {"a/deep/new/x.py": "2"}), match="lib/a is a symbolic link")
    (lib / "gone").symlink_to("nowhere")
    refuse(lib, package("b", "2", {"gone/x.py": "2"}), match="lib/gone is a symbolic link")
    assert sorted(read_tree(tmp_path / "elsewhere")) == ["deep/y.py", "x.py"]


def test_a_root_may_be_a_link_and_may_be_at_home(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "lib").symlink_to("real")
    monkeypatch.setenv("HOME", str(tmp_path))
    install_here(Path("~/lib"), package("a"))
    assert sorted(read_tree(tmp_path / "real")) == [".upip/a", "a.py"]
    with pytest.raises(ConfigError, match=r"home directory is not known\. Write the path out"):
        PackageDirectory(Path("~nobody-of-this-name/lib"))


def test_only_one_at_a_time(lib, tmp_path):
    lib.mkdir()
    (tmp_path / "link").symlink_to("lib")
    with PackageDirectory(lib):
        for path in (lib, tmp_path / "link", tmp_path / "x/../lib"):
            with pytest.raises(OutputError, match=r"is locked by another sdist-upip process\. Try"):
                PackageDirectory(path).__enter__()
        with PackageDirectory(tmp_path / "other"):
            pass
    with PackageDirectory(lib):
        pass
    assert read_tree(tmp_path) == {"lib": b"", "link": b""}


def test_without_a_cache_the_lock_is_elsewhere(lib, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with PackageDirectory(lib):
        assert len(list((tmp_path / "temporary").iterdir())) == 1
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(OutputError, match=r"cannot be locked \(.*file: "):
        PackageDirectory(lib).__enter__()


def test_an_unknown_name_removes_nothing(lib):
    install_here(lib, package("a"), package("b"))
    before = read_tree(lib)
    with PackageDirectory(lib) as directory:
        with pytest.raises(
            OutputError, match=r"^c-c is not installed in .* Run sdist-upip list -p .*lib for"
        ):
            directory.uninstall(["a", "C.C"])
        for name, shown in (("", "An empty name"), ("../a", "-/a"), ("journal.txt", "journal-txt")):
            with pytest.raises(OutputError, match=f"^{shown} is not installed in "):
                directory.uninstall([name])
        directory.uninstall([])
    assert read_tree(lib) == before


def test_who_uses_what_goes(lib):
    install_here(
        lib,
        package("a", "1", None, ["B.b>=1; sys_platform == 'rp2'", "b-b", "c; extra == 'x'"]),
        package("b-b", "1", None, ["c"]),
        package("c"),
    )
    with PackageDirectory(lib) as directory:
        assert [(r.name, name) for r, name in directory.find_dependents(["b_b", "C"])] == [
            ("a", "b-b")
        ]
        assert [(r.name, name) for r, name in directory.find_dependents(["c"])] == [("b-b", "c")]
        assert directory.find_dependents(["a", "gone"]) == []


def test_paths_that_this_computer_cannot_hold(lib, monkeypatch):
    """As Windows has it: C:/x is no file below the directory, whatever an archive or a record
    says."""
    install_here(lib, package("b", files={"C:/x": "1"}))
    before = read_tree(lib)
    monkeypatch.setattr(
        "sdist_upip.installed.record_store.find_host_defect",
        lambda path: find_host_defect(path, "nt"),
    )
    match = (
        r"'C:/x' of a package cannot be a file below .*: Windows does not allow .* Use upip on the"
    )
    refuse(lib, package("a", files={"C:/x": ""}), match=match)
    with PackageDirectory(lib) as directory, pytest.raises(OutputError, match=match):
        directory.uninstall(["b"])
    assert read_tree(lib) == before


def test_names_that_the_file_system_cannot_hold_are_found_before_files_move(lib, monkeypatch):
    """As FAT has it, on a card."""
    install_here(lib, package("a"))
    real = Path.open

    def open_on_fat(path, *arguments, **options):
        if ":" in path.name:
            raise OSError(errno.EINVAL, "Invalid argument", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_on_fat)
    refuse(lib, package("b", files={"b/x:y.py": "1", "b/z": "1"}), match="y.py: Invalid argument")
    install_here(lib, package("b", files={"b/x-y_1.py": "1"}))

"""A directory of packages as install, list and uninstall use it: whole changes, and clear
refusals."""

import errno
import os
import resource
from importlib.metadata import version
from pathlib import Path

import pytest

from sdist_upip.board.pkg_resources import PACKAGE
from sdist_upip.errors import ConfigError, OutputError
from sdist_upip.installed.device_archive import DeviceArchive, read_device_archive
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.limits import SIZE_LIMIT
from sdist_upip.metadata.install_paths import find_host_defect
from support.package_installs import evaluate, install_here, package, recover_by_upip, refuse
from support.trees import read_tree, write_tree


@pytest.fixture
def lib(tmp_path):
    return tmp_path / "lib"


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


def test_files_and_records_that_the_medium_has_lost(lib, monkeypatch):
    """As on the FAT of a board after a power cut."""
    install_here(lib, package("a", files={"a/x.py": "1"}), package("b"), package("c"))
    real = os.open

    def open_file(path, *options, **more):
        if Path(path) in (lib / "a/x.py", lib / ".upip/b"):
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(path, *options, **more)

    monkeypatch.setattr(os, "open", open_file)
    with PackageDirectory(lib) as directory:
        assert directory.modified(directory.get("a")) == ["a/x.py"]
        assert list(directory.damaged()) == ["b"]
        assert directory.uninstall(["a", "b"]) == ["b"]
        assert directory.names() == ["c"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/b", ""])
def test_what_is_not_among_the_records_is_not_read(lib, name):
    install_here(lib, package("a"))
    with PackageDirectory(lib) as directory:
        assert directory.get(name) is None


def test_a_file_larger_than_any_that_is_installed_is_modified(lib):
    install_here(lib, package("a", files={"a/x.py": "1"}))
    os.truncate(lib / "a/x.py", SIZE_LIMIT + 1)
    with PackageDirectory(lib) as directory:
        assert directory.modified(directory.get("a")) == ["a/x.py"]


def test_an_empty_file_that_is_missing_is_found_here(lib):
    install_here(lib, package("a", files={"a/__init__.py": ""}))
    (lib / "a/__init__.py").unlink()
    with PackageDirectory(lib) as directory:
        assert directory.get_unmodified("a") is None


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
    real = os.replace
    interrupts = [KeyboardInterrupt]

    def replace(source, target):
        if str(target).endswith("a/y") and interrupts:
            raise interrupts.pop()
        return real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        install_here(lib, package("a", "2", {"a/x": "2", "a/y": "2"}))
    tree = read_tree(lib)
    assert sorted(tree) == [".upip/a", "a/x", "a/y"]
    assert (tree["a/x"], tree["a/y"]) == (b"2", b"2")


def test_an_error_while_files_move_is_finished_by_the_next_run(lib, monkeypatch):
    install_here(lib, package("a", files={"a/x": "1", "a/y": "1"}))
    real = os.replace

    def replace(source, target):
        if str(target).endswith("a/y"):
            raise OSError(errno.EIO, "Input/output error", str(source), None, str(target))
        return real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
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


@pytest.fixture
def full_disk():
    """No file can get content, as on a disk without free blocks."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_packages_are_listed_on_a_full_disk(lib, request):
    install_here(lib, package("a"))
    before = read_tree(lib)
    request.getfixturevalue("full_disk")
    with PackageDirectory(lib, create=False) as directory:
        assert directory.names() == ["a"]
        assert directory.modified(directory.get("a")) == []
    assert read_tree(lib) == before


def test_a_package_is_removed_on_a_full_disk(lib, request):
    install_here(lib, package("a"), package("b"))
    request.getfixturevalue("full_disk")
    with PackageDirectory(lib, create=False) as directory:
        directory.uninstall(["a"])
        assert directory.names() == ["b"]
    assert sorted(read_tree(lib)) == [".upip/b", "b.py"]


def test_several_packages_need_space_to_be_removed_as_a_whole(lib, request):
    install_here(lib, package("a"), package("b"))
    before = read_tree(lib)
    request.getfixturevalue("full_disk")
    with (
        pytest.raises(OutputError, match=r"Nothing is removed\. .* one package at a time\."),
        PackageDirectory(lib, create=False) as directory,
    ):
        directory.uninstall(["a", "b"])
    assert read_tree(lib) == before


def test_a_damaged_record_is_removed_on_a_full_disk(lib, request):
    install_here(lib, package("a"), package("b"))
    (lib / ".upip/a").write_text("")
    request.getfixturevalue("full_disk")
    with PackageDirectory(lib, create=False) as directory:
        assert directory.uninstall(["a"]) == ["a"]
        assert directory.names() == ["b"]


def test_a_missing_directory_is_not_created_to_be_listed(tmp_path):
    with PackageDirectory(tmp_path / "a/lib", create=False) as directory:
        assert directory.names() == []
        assert directory.damaged() == {}
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(OutputError, match="a is not installed in "):
            directory.uninstall(["a"])


def test_a_root_that_is_not_a_directory(tmp_path):
    (tmp_path / "file").write_text("1")
    for path in ("file", "file/lib"):
        with pytest.raises(OutputError, match="file"):
            install_here(tmp_path / path, package("a"))
    assert read_tree(tmp_path) == {"file": b"1"}


def test_a_root_that_is_a_link_to_nowhere(tmp_path):
    (tmp_path / "lib").symlink_to("gone")
    with pytest.raises(OutputError, match=r"lib is not a directory\. Pass a directory with --path"):
        install_here(tmp_path / "lib", package("a"))


def test_records_that_are_not_a_directory(tmp_path):
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
    write_tree(lib, {".upip/b": f"b 1\nfile {'0' * 64} C:/x\n", "C:/x": "1"})
    before = read_tree(lib)
    monkeypatch.setattr(
        "sdist_upip.installed.record_store.find_host_defect",
        lambda path: find_host_defect(path, "nt"),
    )
    match = (
        r"'C:/x' of a package cannot be a file below .*: Windows does not allow .* Use upip on the"
    )
    with PackageDirectory(lib) as directory, pytest.raises(OutputError, match=match):
        directory.uninstall(["b"])
    assert read_tree(lib) == before


IMPORT = {"a.py": "import pkg_resources\n"}


def install_complete(lib, *packages):
    """Install packages as `sdist-upip install` does, and return what was added, or None."""
    with PackageDirectory(lib) as directory:
        for name, version, data in packages:
            directory.stage(name, version, read_device_archive(data))
        added = directory.add_pkg_resources()
        directory.check(evaluate)
        directory.commit()
    return added.name if added else None


def test_pkg_resources_comes_once_with_the_first_that_imports_it(lib):
    assert install_complete(lib, package("plain", files={"plain.py": "# pkg_resources"})) is None
    assert install_complete(lib, package("a", files=IMPORT)) == PACKAGE
    assert "pkg_resources.py" in read_tree(lib)
    assert install_complete(lib, package("b", files={"b.py": IMPORT["a.py"]})) is None
    with PackageDirectory(lib) as directory:
        assert directory.names() == ["a", "b", "plain", PACKAGE]


def test_pkg_resources_comes_for_packages_that_stay(lib):
    install_here(lib, package("a", files=IMPORT))
    assert install_complete(lib) == PACKAGE
    (lib / "pkg_resources.py").write_text("damaged")
    assert install_complete(lib, package("b")) == PACKAGE
    assert (lib / "pkg_resources.py").read_bytes() != b"damaged"


@pytest.mark.parametrize(
    "path", ["pkg_resources.py", "pkg_resources.mpy", "pkg_resources/__init__.py"]
)
@pytest.mark.parametrize("way", ["staged", "staying", "file"])
def test_pkg_resources_that_is_there_stays(lib, path, way):
    theirs = package("theirs", files={path: "theirs"})
    if way == "file":
        write_tree(lib, {path: "theirs"})
    if way == "staying":
        install_here(lib, theirs)
    others = [theirs] if way == "staged" else []
    assert install_complete(lib, package("a", files=IMPORT), *others) is None
    tree = read_tree(lib)
    assert f".upip/{PACKAGE}" not in tree
    assert tree[path] == b"theirs"


def test_pkg_resources_that_a_new_release_no_longer_has(lib):
    install_here(lib, package("a", files={"pkg_resources.py": "theirs"}))
    assert install_complete(lib, package("a", "2", files=IMPORT)) == PACKAGE
    assert read_tree(lib)["pkg_resources.py"] != b"theirs"


@pytest.mark.parametrize("path", ["pkg_resources.py", "pkg_resources/__init__.py"])
def test_a_package_that_has_pkg_resources_replaces_the_added_one(lib, path, caplog):
    install_complete(lib, package("a", files=IMPORT))
    assert install_complete(lib, package("theirs", files={path: "theirs"})) is None
    tree = read_tree(lib)
    assert sorted(tree) == sorted([".upip/a", ".upip/theirs", "a.py", path])
    assert tree[path] == b"theirs"
    assert caplog.messages == [
        f"Removing {PACKAGE} {version('sdist-upip')}, because theirs 1 has pkg_resources too."
    ]


@pytest.mark.parametrize("by_upip", [False, True])
def test_a_replacement_of_pkg_resources_that_is_interrupted(upip, lib, monkeypatch, by_upip):
    """The journal has steps of both kinds, which upip on a board completes too."""
    install_complete(lib, package("a", files=IMPORT))
    with monkeypatch.context() as patch:
        patch.setattr(PackageDirectory, "_recover", lambda self: None)
        install_complete(lib, package("theirs", files={"pkg_resources.py": "theirs"}))
    assert (lib / ".upip/journal.txt").read_text() == f"+theirs -{PACKAGE}"
    if by_upip:
        recover_by_upip(lib)
    else:
        with PackageDirectory(lib):
            pass
    tree = read_tree(lib)
    assert sorted(tree) == [".upip/a", ".upip/theirs", "a.py", "pkg_resources.py"]
    assert tree["pkg_resources.py"] == b"theirs"


def test_upip_lists_and_removes_the_added_pkg_resources(upip, lib):
    install_complete(lib, package("a", files=IMPORT))
    assert upip.list(str(lib)) == [("a", "1"), (PACKAGE, version("sdist-upip"))]
    upip.uninstall(PACKAGE, str(lib))
    assert sorted(read_tree(lib)) == [".upip/a", "a.py"]


def test_packages_that_would_miss_pkg_resources(lib):
    install_complete(lib, package("a", files=IMPORT), package("b"))
    with PackageDirectory(lib) as directory:
        assert directory.find_broken_importers(["b"]) == []
        assert directory.find_broken_importers([PACKAGE]) == [directory.get("a")]
        assert directory.find_broken_importers([PACKAGE, "A"]) == []
    (lib / "pkg_resources.mpy").write_text("theirs")
    with PackageDirectory(lib) as directory:
        assert directory.find_broken_importers([PACKAGE]) == []

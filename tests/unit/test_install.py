"""Installing from a directory of archives: what is written and locked, and nothing on an error."""

import hashlib
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from sdist_upip import install as story
from sdist_upip.board.pkg_resources import PACKAGE
from sdist_upip.errors import (
    ArchiveError,
    ConfigError,
    DownloadError,
    OutputError,
    ResolutionError,
)
from sdist_upip.index.link import Link
from sdist_upip.install import InstallationResult, InstallOptions, fetch_releases, install
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.installed.record_store import RecordStore
from sdist_upip.release import Member, UnpackedRelease
from sdist_upip.requirements.arguments import parse_requirements
from sdist_upip.requirements.target import Target
from support.archives import make_archive, member, raw_archive
from support.trees import read_tree, write_tree


@pytest.fixture
def add(tmp_path):
    """A function that adds an archive to the directory of archives, and returns its path."""

    def add(name, version, *requires, files=None):
        path = tmp_path / f"archives/{name}-{version}.tar.gz"
        write_tree(
            tmp_path, {f"archives/{path.name}": make_archive(name, version, files, requires)}
        )
        return path

    return add


@pytest.fixture
def options(tmp_path):
    """A function from arguments to options that find archives in the directory alone."""

    def make(*arguments, **facts):
        facts.setdefault("find_links", (str(tmp_path / "archives"),))
        return InstallOptions(parse_requirements(arguments), **facts)

    return make


@pytest.fixture
def run(make_client, options, lib):
    """A function that installs, and returns what happened as (name, before, after, written)."""

    def run(*arguments, **facts):
        client = make_client(offline=True)
        with PackageDirectory(lib) as directory:
            results = install(options(*arguments, **facts), client, directory)
        return [(one.name, one.before, one.after, one.written) for one in results]

    return run


@pytest.fixture
def refuse(run, tmp_path):
    """A function that expects an error and no change of any file; returns the message."""

    def refuse(kind, *arguments, **facts):
        before = read_tree(tmp_path)
        with pytest.raises(kind) as caught:
            run(*arguments, **facts)
        assert read_tree(tmp_path) == before
        return str(caught.value)

    return refuse


@pytest.fixture
def lock(tmp_path):
    return tmp_path / "locks/pylock.toml"


@pytest.mark.parametrize(
    ("arguments", "lock", "from_lock", "writes_lock"),
    [
        ([], None, False, False),
        (["a"], None, False, False),
        ([], Path("pylock.toml"), True, False),
        (["a"], Path("pylock.toml"), False, True),
    ],
)
def test_a_lock_is_read_or_written(options, arguments, lock, from_lock, writes_lock):
    made = options(*arguments, lock=lock)
    assert (made.from_lock, made.writes_lock) == (from_lock, writes_lock)


def test_paths_in_a_lock_are_relative_to_its_directory(options, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert options("a", lock=Path("locks/pylock.toml")).lock_directory == tmp_path / "locks"
    assert options("a", lock=Path("/srv/pylock.toml")).lock_directory == Path("/srv")
    assert options("a").lock_directory == tmp_path.parent


def test_a_board_that_is_not_known_is_the_default():
    made = InstallOptions([])
    assert made.target == Target()
    assert (made.find_links, made.indexes, made.mpy) == ((), (), "")
    assert (made.lock, made.pre, made.upgrade, made.convert) == (None, False, False, False)


def test_a_package_and_its_dependencies(run, add, lib):
    add("my-app", "1.0", "dep>=1,<2", files={"my_app/__init__.py": "import dep\n"})
    for version in ("0.5", "1.0", "2.0"):
        add("dep", version)
    assert run("My_App") == [("dep", None, "1.0", True), ("my-app", None, "1.0", True)]
    tree = read_tree(lib)
    assert set(tree) == {".upip/dep", ".upip/my-app", "dep.py", "my_app/__init__.py"}
    assert tree["dep.py"] == b"version = '1.0'\n"
    assert run("my-app") == [("dep", "1.0", "1.0", False), ("my-app", "1.0", "1.0", False)]
    assert read_tree(lib) == tree


def test_the_results_are_those_of_the_directory(make_client, options, add, lib):
    add("a", "1.0")
    with PackageDirectory(lib) as directory:
        results = install(options("a"), make_client(offline=True), directory)
        assert results == [InstallationResult("a", None, "1.0", True)]
        assert directory.get("a").version == "1.0"


def test_named_packages_get_newer_and_with_upgrade_all(run, add):
    add("a", "1.0", "dep")
    add("dep", "1.0")
    run("a")
    add("a", "2.0", "dep")
    add("dep", "2.0")
    assert run("a") == [("a", "1.0", "2.0", True), ("dep", "1.0", "1.0", False)]
    assert run("a", upgrade=True) == [("a", "2.0", "2.0", False), ("dep", "1.0", "2.0", True)]


def test_a_modified_package_is_installed_again(run, add, lib):
    add("a", "1.0")
    run("a")
    (lib / "a.py").write_text("modified")
    assert run("a") == [("a", "1.0", "1.0", True)]
    assert (lib / "a.py").read_text() == "version = '1.0'\n"


def test_pre_releases_if_asked_for(run, add):
    add("a", "1.0")
    add("a", "2.0rc1")
    assert run("a") == [("a", None, "1.0", True)]
    assert run("a", pre=True) == [("a", "1.0", "2.0rc1", True)]


def test_markers_are_those_of_the_board(run, refuse, add, caplog):
    add("a", "1.0", "dep; sys_platform == 'rp2'")
    add("dep", "1.0")
    assert refuse(ConfigError, "a").endswith("depends on the board. Set --platform.")
    assert run("a", target=Target("esp32")) == [("a", None, "1.0", True)]
    assert run("a", target=Target("rp2"))[1] == ("dep", None, "1.0", True)
    assert run("a; sys_platform == 'win32'", target=Target("rp2")) == []
    assert "its marker is false for this board" in caplog.text


def test_an_archive_that_is_named(run, add):
    path = add("a", "1.0", "dep")
    add("dep", "1.0")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    results = run(f"{path}#sha256={digest}")
    assert results == [("a", None, "1.0", True), ("dep", None, "1.0", True)]


def test_with_mpy_a_package_of_sources_does_not_stay(run, add, monkeypatch):
    add("a", "1.0", files={"a.py": "1"})
    add("b", "1.0", files={"b.txt": "1", "main.py": "1"})
    run("a", "b")
    compiled = []

    def compile_files(files, version, title):
        compiled.append((version, title))
        return tuple((path.replace("a.py", "a.mpy"), data) for path, data in files)

    monkeypatch.setattr("sdist_upip.mpy.modules.compile_files", compile_files)
    assert run("a", "b", mpy="1.28") == [("a", "1.0", "1.0", True), ("b", "1.0", "1.0", False)]
    assert compiled == [("1.28", "a 1.0")]
    assert run("a", "b", mpy="1.28") == [("a", "1.0", "1.0", False), ("b", "1.0", "1.0", False)]


def test_an_error_changes_nothing(run, refuse, add, tmp_path):
    add("a", "1.0", "dep<2")
    add("dep", "1.0")
    run("a")
    add("a", "2.0")
    add("dep", "2.0")
    write_tree(tmp_path, {"archives/bad-1.0.tar.gz": "not an archive"})
    add("same", "1.0", files={"dep.py": ""})
    add("late", "1.0", "a==2.0", "gone")
    lock = tmp_path / "pylock.toml"
    for kind, arguments, start in (
        (ResolutionError, ["nope"], "nope: No .tar.gz archive and no wheel found in "),
        (
            ResolutionError,
            ["late"],
            "gone (required by late 1.0): No .tar.gz archive and no wheel found in ",
        ),
        (ResolutionError, ["dep>3"], "dep: No version satisfies all requirements (available: 2.0"),
        (ArchiveError, ["a", "bad"], "bad 1.0: This is not a gzip file."),
        (OutputError, ["a", "same"], "same and dep both have dep.py. Install only one of them."),
        (DownloadError, [f"{add('b', '1.0')}#sha256={'0' * 64}"], "b 1.0: "),
    ):
        for facts in ({}, {"lock": lock}):
            assert refuse(kind, *arguments, **facts).startswith(start), arguments
    error = refuse(ResolutionError, "dep==2.0", lock=lock)
    assert error.startswith("dep: a 1.0 (installed) requires <2, but you selected 2.0.")


def test_a_lock_that_cannot_be_written_changes_nothing(refuse, add, tmp_path):
    add("a", "1.0")
    (tmp_path / "locks").write_text("a file")
    error = refuse(ArchiveError, "a", lock=tmp_path / "locks/pylock.toml")
    assert error.startswith(f"Cannot write {tmp_path}/locks/pylock.toml: ")


@pytest.mark.parametrize("exists", [False, True])
def test_a_commit_that_fails_leaves_the_lock(run, refuse, add, lock, monkeypatch, exists):
    add("a", "1.0")
    if exists:
        run("a", lock=lock)
    add("a", "2.0")

    def begin(*_):
        raise OSError(28, "No space left on device", "journal.tmp")

    with monkeypatch.context() as patch:
        patch.setattr(RecordStore, "begin", begin)
        assert refuse(OutputError, "a", lock=lock).startswith("Cannot write journal.tmp: No space")
    assert run("a", lock=lock) == [("a", "1.0" if exists else None, "2.0", True)]
    assert "a-2.0.tar.gz" in lock.read_text()


def test_a_lock_in_the_place_of_a_directory_changes_nothing(refuse, add, tmp_path):
    add("a", "1.0")
    write_tree(tmp_path, {"pylock.toml/x": ""})
    error = refuse(ArchiveError, "a", lock=tmp_path / "pylock.toml")
    assert error.startswith(f"Cannot write {tmp_path}/pylock.toml: Is a directory. Nothing is")


def test_a_lock_installs_the_same_again(run, add, lib, lock, tmp_path):
    archive = add("a", "1.0", "dep")
    add("dep", "1.0")
    run("a", lock=lock)
    text = lock.read_text()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert 'path = "../archives/a-1.0.tar.gz"' in text
    assert digest in text
    assert text.index('name = "a"') < text.index('name = "dep"')
    add("dep", "2.0")
    assert run(lock=lock) == [("a", "1.0", "1.0", False), ("dep", "1.0", "1.0", False)]
    (lib / "dep.py").write_text("modified")
    assert run(lock=lock) == [("a", "1.0", "1.0", False), ("dep", "1.0", "1.0", True)]
    assert run("a", lock=lock)[1] == ("dep", "1.0", "2.0", True)
    assert "dep-2.0.tar.gz" in lock.read_text()
    lock.write_text(text)
    assert run(lock=lock)[1] == ("dep", "2.0", "1.0", True)
    assert lock.read_text() == text


def test_a_lock_has_all_packages_whatever_is_installed(run, add, lock):
    add("a", "1.0", "dep")
    add("dep", "1.0")
    run("a", lock=lock)
    text = lock.read_bytes()
    assert run("a", lock=lock) == [("a", "1.0", "1.0", False), ("dep", "1.0", "1.0", False)]
    assert lock.read_bytes() == text
    run("dep==1.0")
    add("dep", "2.0")
    assert run("a", lock=lock)[1] == ("dep", "1.0", "2.0", True)


def test_a_lock_states_the_platform(run, add, lock):
    add("a", "1.0", "dep; sys_platform == 'rp2'")
    run("a", lock=lock, target=Target("esp32"))
    expected = r'"implementation_name == \"micropython\" and sys_platform == \"esp32\"",'
    assert expected in lock.read_text()


def test_a_lock_finds_its_files_in_find_links(run, refuse, add, lock, tmp_path):
    archive = add("a", "1.0")
    run("a", lock=lock)
    write_tree(tmp_path, {"other/a-1.0.tar.gz": archive.read_bytes()})
    archive.unlink()
    assert "does not exist. Put the file there" in refuse(DownloadError, lock=lock)
    assert run(lock=lock, find_links=(str(tmp_path / "other"),)) == [("a", "1.0", "1.0", False)]


def test_a_lock_refuses_a_file_that_was_altered(run, refuse, add, lock):
    add("a", "1.0")
    run("a", lock=lock)
    add("a", "1.0", files={"a.py": "evil"})
    assert "hash mismatch: expected sha256 " in refuse(DownloadError, lock=lock)


@pytest.fixture
def built(monkeypatch, add):
    """The source trees that were built; each becomes the archive of a release 1.0."""
    trees = []

    def build(roots, scratch):
        links = []
        for root in roots:
            if isinstance(root, Path):
                trees.append(root)
                archive = add(root.name, "1.0")
                root = Link(archive.name, str(archive), source_tree=root)
            links.append(root)
        return links

    monkeypatch.setattr(story, "build_source_trees", build)
    return trees


def test_source_trees_are_built_and_locked(run, built, tmp_path, lock):
    tree = tmp_path / "work"
    tree.mkdir()
    assert run(f"{tree}/", lock=lock) == [("work", None, "1.0", True)]
    assert '{ name = "work", directory = { path = "../work" } }' in lock.read_text()
    assert built == [tree]
    assert run(lock=lock) == [("work", "1.0", "1.0", False)]
    assert [path.resolve() for path in built] == [tree, tree]


def test_nothing_is_built_for_a_lock_that_cannot_be_verified(refuse, built, lock):
    head = 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\n'
    vcs = 'vcs = {type = "git", url = "https://g", commit-id = "0"}\n'
    text = f'{head}directory = {{path = "a"}}\n[[packages]]\nname = "b"\n{vcs}'
    write_tree(lock.parent, {lock.name: text})
    assert "b comes from a repository" in refuse(ConfigError, lock=lock)
    assert built == []


def test_temporary_files_go(run, refuse, add, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    add("a", "1.0")
    run("a")
    refuse(ResolutionError, "nope")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_releases_to_freeze(make_client, options, add, lock, tmp_path):
    add("a", "1.0", "dep", files={"a.py": "1", "a/b.bin": b"\0"})
    add("dep", "1.0")
    expected = [
        UnpackedRelease("a", "1.0", (Member("a.py", b"1"), Member("a/b.bin", b"\0"))),
        UnpackedRelease("dep", "1.0", (Member("dep.py", b"version = '1.0'\n"),)),
    ]
    with fetch_releases(options("a", lock=lock), make_client(offline=True)) as releases:
        assert releases == expected
        assert not lock.exists()
    assert set(read_tree(tmp_path)) == {
        *("archives/a-1.0.tar.gz", "archives/dep-1.0.tar.gz", "locks/pylock.toml")
    }
    add("dep", "2.0")
    with fetch_releases(options(lock=lock), make_client(offline=True)) as releases:
        assert releases == expected
    lock.unlink()
    with (
        pytest.raises(ResolutionError, match=r"^nope: "),
        fetch_releases(options("a", "nope", lock=lock), make_client(offline=True)),
    ):
        pytest.fail("there is no such release")
    assert not lock.exists()


def test_releases_that_cannot_be_frozen_leave_the_lock(make_client, options, add, lock, tmp_path):
    add("a", "1.0")
    before = read_tree(tmp_path)
    with (
        pytest.raises(OutputError, match="in the way"),
        fetch_releases(options("a", lock=lock), make_client(offline=True)),
    ):
        raise OutputError("A file is in the way.")
    assert read_tree(tmp_path) == before


def test_every_file_is_reported(make_client, options, add, lib):
    add("a", "1.0", "dep")
    add("dep", "1.0")
    names = []
    with PackageDirectory(lib) as directory:
        install(
            options("a"),
            make_client(offline=True),
            directory,
            lambda name: names.append(name) or (lambda done, total: None),
        )
    assert set(names) == {"a-1.0.tar.gz", "dep-1.0.tar.gz"}


def test_what_an_sdist_does_not_tell_is_a_warning(run, tmp_path, caplog):
    files = {
        "pyproject.toml": "[build-system]\n",
        "x/__init__.py": "",
        "other/__init__.py": "",
        "tests/__init__.py": "",
    }
    members = [member(f"x-1.0/{path}", text.encode()) for path, text in files.items()]
    write_tree(tmp_path, {"archives/x-1.0.tar.gz": raw_archive(*members)})
    assert run("x") == [("x", None, "1.0", True)]
    assert caplog.messages == [
        "x 1.0: other/ of the sdist is not installed. Add --convert if the package needs it.",
        "x 1.0: the sdist has no PKG-INFO, so its requirements are not known. Install what it "
        "needs, too.",
    ]


def test_pkg_resources_comes_with_a_package_that_imports_it(run, add, lib):
    add("a", "1.0", files={"a.py": "import pkg_resources\n"})
    add("z", "1.0")
    assert run("a", "z") == [
        ("a", None, "1.0", True),
        (PACKAGE, None, metadata.version("sdist-upip"), True),
        ("z", None, "1.0", True),
    ]
    tree = read_tree(lib)
    assert run("a") == [("a", "1.0", "1.0", False)]
    assert read_tree(lib) == tree
    (lib / "pkg_resources.py").unlink()
    (lib / ".upip" / PACKAGE).write_text(f"{PACKAGE} 0.1\n")
    assert run("a")[1] == (PACKAGE, "0.1", metadata.version("sdist-upip"), True)
    assert read_tree(lib) == tree


def test_pkg_resources_comes_from_a_lock_too(run, add, lib, lock):
    add("a", "1.0", files={"a.py": "import pkg_resources\n"})
    lock.parent.mkdir()
    run("a", lock=lock)
    assert PACKAGE not in lock.read_text()
    tree = read_tree(lib)
    shutil.rmtree(lib)
    assert [name for name, *_ in run(lock=lock)] == ["a", PACKAGE]
    assert read_tree(lib) == tree
    assert run(lock=lock) == [("a", "1.0", "1.0", False)]
    assert read_tree(lib) == tree


def test_dependencies_that_are_left_out(run, refuse, add, lock, caplog):
    add("a", "1.0", "gone", "dep")
    add("dep", "1.0")
    error = refuse(ResolutionError, "a")
    assert error.endswith(
        "If the board has it, pass --without gone, or --no-deps to install no dependencies."
    )
    assert run("a", deps=False) == [("a", None, "1.0", True)]
    assert run("a", without=frozenset({"gone"}), lock=lock) == [
        ("a", "1.0", "1.0", False),
        ("dep", None, "1.0", True),
    ]
    assert 'without = [\n    "gone",\n]' in lock.read_text()
    assert run(lock=lock) == [("a", "1.0", "1.0", False), ("dep", "1.0", "1.0", False)]
    assert run(lock=lock, without=frozenset({"dep"})) == [("a", "1.0", "1.0", False)]
    caplog.set_level("WARNING")
    caplog.clear()
    assert run("dep", without=frozenset({"gone"})) == [("dep", "1.0", "1.0", False)]
    assert caplog.messages == ["--without gone had no effect: no other package requires it."]
    assert refuse(ConfigError, "a", without=frozenset({"a"})).startswith(
        "a is to be installed, and"
    )


def test_a_dependency_that_is_left_out_is_not_missed_later(run, add):
    add("a", "1.0", "gone>=1")
    add("b", "1.0")
    add("gone", "0.5")
    run("a", without=frozenset({"gone"}))
    assert run("b") == [("b", None, "1.0", True)]
    assert run("b", "a", without=frozenset({"gone"})) == [
        ("a", "1.0", "1.0", False),
        ("b", "1.0", "1.0", False),
    ]

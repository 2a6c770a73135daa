"""Lock files are those of PEP 751, the same bytes each time, and read back; so are those of other
tools."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.pylock import (
    Package,
    PackageArchive,
    PackageDirectory,
    PackageSdist,
    PackageWheel,
    Pylock,
)
from packaging.version import Version

from sdist_upip.errors import ConfigError
from sdist_upip.lock.pylock import check_lock_path, encode_lock, list_files, read_lock
from support.locks import ENTRY, FOREIGN, HEAD, SHA, board, read, reread

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def make(name, *, index=None, requires=(), version="1.0", **file):
    """Return the package of a source archive; without more, of one at an index."""
    filename = f"{name.replace('-', '_')}-{version}.tar.gz"
    sdist = PackageSdist(
        name=filename,
        **{"url": f"https://i.example/{filename}", "hashes": {"sha256": SHA}, **file},
    )
    dependencies = [{"name": one} for one in requires] or None
    return Package(
        name=name, version=Version(version), index=index, dependencies=dependencies, sdist=sdist
    )


def make_wheel(filename, version="1.0"):
    wheel = PackageWheel(name=filename, url=f"https://i.example/{filename}", hashes={"sha256": SHA})
    return Package(name=filename.partition("-")[0], version=Version(version), wheels=[wheel])


def test_a_lock_is_as_the_standard_has_it():
    packages = [
        make("other", path="../archives/other-1.0.tar.gz", url=None, size=5),
        make("my-app", index="https://i.example/simple/", requires=("other", "not-locked")),
        make_wheel("pure-1.0-py3-none-any.whl"),
        Package(name="work", directory=PackageDirectory(path="../work")),
    ]
    data = encode_lock(packages, "rp2")
    assert data == encode_lock(reversed(packages), "rp2")
    assert (
        data.decode()
        == f'''\
lock-version = "1.0"
environments = [
    "implementation_name == \\"micropython\\" and sys_platform == \\"rp2\\"",
]
created-by = "sdist-upip"

[[packages]]
name = "my-app"
version = "1.0"
dependencies = [
    {{ name = "other" }},
]
index = "https://i.example/simple/"

[packages.sdist]
name = "my_app-1.0.tar.gz"
url = "https://i.example/my_app-1.0.tar.gz"

[packages.sdist.hashes]
sha256 = "{SHA}"

[[packages]]
name = "other"
version = "1.0"

[packages.sdist]
name = "other-1.0.tar.gz"
path = "../archives/other-1.0.tar.gz"
size = 5

[packages.sdist.hashes]
sha256 = "{SHA}"

[[packages]]
name = "pure"
version = "1.0"

[[packages.wheels]]
name = "pure-1.0-py3-none-any.whl"
url = "https://i.example/pure-1.0-py3-none-any.whl"

[packages.wheels.hashes]
sha256 = "{SHA}"

[[packages]]
name = "work"

[packages.directory]
path = "../work"
'''
    )


def test_a_lock_reads_back(tmp_path):
    packages = [
        make("a", index="https://i.example/simple/", requires=("b", "d"), size=7),
        make("b", path="ü n/b-1.0.tar.gz", url=None),
        make_wheel("c-1.0.0-py3-none-any.whl", "1.0.0"),
        Package(name="d", directory=PackageDirectory(path="d")),
        Package(
            name="old-lib",
            archive=PackageArchive(
                url="https://i.example/old-lib-0.5_1.tar.gz", hashes={"sha256": SHA}
            ),
        ),
    ]
    assert reread(packages, tmp_path) == packages
    assert reread([], tmp_path) == []


@pytest.mark.parametrize("name", ["lock.toml", "pylock.a.b.toml", "pylock", "my.pylock.toml"])
def test_other_file_names_are_refused(name):
    with pytest.raises(ConfigError, match="a lock file is named pylock"):
        check_lock_path(Path("x") / name)
    with pytest.raises(ConfigError, match="a lock file is named pylock"):
        read_lock(Path("x") / name, board)
    check_lock_path(Path("x/pylock.board.toml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff", "is not UTF-8"),
        (b"[", "is not valid TOML"),
        (b'lock-version = "2.0"\ncreated-by = "x"\npackages = []', r"only 1\.0 is\. Lock again"),
        (
            b'created-by = "x"\npackages = []',
            r"is not a valid lock file \(PEP 751\): Missing required value",
        ),
        (HEAD.encode(), "Missing required value in 'packages'"),
        (HEAD.encode() + b"packages = [1]", "Unexpected type int"),
    ],
)
def test_files_that_are_not_locks_are_refused(text, message, tmp_path):
    (tmp_path / "pylock.toml").write_bytes(text)
    with pytest.raises(ConfigError, match=message):
        read_lock(tmp_path / "pylock.toml", board)


def test_a_lock_that_does_not_exist(tmp_path):
    with pytest.raises(ConfigError, match=r"Cannot read .*\. Name packages to write a lock there"):
        read_lock(tmp_path / "pylock.toml", board)


def test_a_lock_of_another_tool_is_read_for_the_board(tmp_path):
    both, wheel = read(tmp_path, FOREIGN)
    assert (both.name, both.version, both.dependencies) == (
        *("both", Version("1.0")),
        [{"name": "wheel-only", "version": "2.0"}],
    )
    assert (wheel.name, wheel.version, wheel.dependencies) == ("wheel-only", Version("2.0"), None)


def test_a_lock_for_other_boards_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"is a lock for other boards \(.*esp32"):
        reread([make("x")], tmp_path, platform="esp32")
    assert reread([make("x")], tmp_path, platform="rp2") == [make("x")]
    with pytest.raises(ConfigError, match=r"is not a sys\.platform\. Pass a name"):
        encode_lock([], "rp2' or \"")


def test_a_package_twice_for_one_board_is_refused(tmp_path):
    entry = f'[[packages]]\nname = "x"\nsdist = {{url = "https://i/x-1.tar.gz", {ENTRY}}}\n'
    with pytest.raises(ConfigError, match="has x twice for one board"):
        read(tmp_path, HEAD + entry + entry)


def test_the_files_of_a_package(tmp_path):
    both, wheel = read(tmp_path, FOREIGN)
    assert list(list_files(both)) == [
        (both.sdist, "both-1.0.tar.gz"),
        (both.wheels[0], "both-1.0-cp39-cp39-win32.whl"),
        (both.wheels[1], "both-1.0-py3-none-any.whl"),
    ]
    assert list(list_files(wheel)) == [(wheel.wheels[0], "wheel_only-2.0-py3-none-any.whl")]
    assert list(list_files(Package(name="x", directory=PackageDirectory(path="x")))) == []


@pytest.mark.parametrize(
    "location",
    [
        {"url": "https://i/a%20b/x%2B-1.tar.gz?token=2#sha256=0"},
        {"path": "a/x+-1.tar.gz"},
        {"path": "a\\x+-1.tar.gz"},
        {"path": "x+-1.tar.gz", "url": "https://i/y-1.tar.gz"},
    ],
)
def test_the_file_name_of_an_archive_is_in_its_path_or_url(location):
    archive = PackageArchive(**location, hashes={"sha256": SHA})
    found = list(list_files(Package(name="x", archive=archive)))
    assert found == [(archive, "x+-1.tar.gz")]


_names = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
_packages = st.lists(
    st.builds(
        lambda name, version, index, requires, size: make(
            name, version=version, index=index, size=size, requires=sorted(requires)
        ),
        _names,
        st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}(rc[0-9])?(\+[a-z0-9]+)?", fullmatch=True),
        st.none() | st.just("https://i.example/simple"),
        st.sets(_names, max_size=3),
        st.none() | st.integers(0, 2**40),
    ),
    max_size=4,
    unique_by=lambda package: package.name,
)


@settings(max_examples=40)
@given(_packages)
def test_all_that_is_locked_reads_back(tmp_path_factory, packages):
    directory = tmp_path_factory.mktemp("lock")
    names = {package.name for package in packages}
    found = reread(packages, directory)
    assert len(found) == len(packages)
    for package in packages:
        (other,) = [one for one in found if one.name == package.name]
        assert other.sdist == package.sdist
        assert (other.version, other.index) == (package.version, package.index)
        requires = {entry["name"] for entry in package.dependencies or ()}
        locked = {entry["name"] for entry in other.dependencies or ()}
        assert locked == names.intersection(requires)
    Pylock.from_dict(tomllib.loads((directory / "pylock.toml").read_text()))


def test_dependencies_that_are_taken_as_installed(tmp_path, caplog):
    packages = [make("a", requires=["b"]), make("b")]
    data = encode_lock(packages, without={"z", "b"})
    assert tomllib.loads(data.decode())["tool"] == {"sdist-upip": {"without": ["b", "z"]}}
    assert "tool" not in tomllib.loads(encode_lock(packages).decode())
    path = tmp_path / "pylock.toml"
    path.write_bytes(data)
    assert [package.name for package in read_lock(path, board)] == ["a"]
    assert read_lock(path, board, {"a", "z"}) == []
    assert caplog.messages == []
    assert len(read_lock(path, board, {"q"})) == 1
    assert caplog.messages == [f"--without q had no effect: {path} does not have it."]


@pytest.mark.parametrize(
    "table", ['without = "a"', "without = [1]", 'without = ["a b"]', "without = {a = 1}"]
)
def test_a_key_that_is_not_a_list_of_names(tmp_path, table):
    with pytest.raises(ConfigError, match=r"\[tool\.sdist-upip\] without is not a list of package"):
        read(tmp_path, f"{HEAD}packages = []\n[tool.sdist-upip]\n{table}\n")


@pytest.mark.parametrize(
    "table", ["[tool]", "[tool.other]", "[tool.sdist-upip]", '[tool.sdist-upip]\nwithout = ["A_b"]']
)
def test_tables_of_tools(tmp_path, table):
    assert read(tmp_path, f"{HEAD}packages = []\n{table}\n") == []


def test_our_table_is_a_table(tmp_path):
    with pytest.raises(ConfigError, match="is not a list of package names"):
        read(tmp_path, f"{HEAD}packages = []\n[tool]\nsdist-upip = 1\n")

"""Lock files are PEP 751's, the same bytes each time, and read back; so are those of others."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.pylock import Pylock

from sdist_upip.errors import ConfigError, NotForDevicesError
from sdist_upip.lock.pylock import Locked, check_lock_path, read_lock, write_lock
from support.trees import write_tree
from support.wheels import FILES, make_wheel

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SHA = "ab" * 32
HEAD = 'lock-version = "1.0"\ncreated-by = "someone"\n'
ENTRY = f'hashes = {{sha256 = "{SHA}"}}'


def board(marker):
    """Tell what markers say of a board."""
    names = {"implementation_name": "micropython", "sys_platform": "rp2", "python_version": "3.4"}
    return marker.evaluate(names)


def make(name, **more):
    filename = more.get("filename", f"{name.replace('-', '_')}-1.0.tar.gz")
    facts = {"filename": filename, "version": "1.0", "url": f"https://i.example/{filename}"}
    return Locked(name=name, **{**facts, "sha256": SHA, **more})


def read(directory, text):
    (directory / "pylock.toml").write_text(text)
    return read_lock(directory / "pylock.toml", board)


def reread(packages, directory, **more):
    (directory / "pylock.toml").write_bytes(write_lock(packages, directory, **more))
    return read_lock(directory / "pylock.toml", board)


def test_a_lock_is_as_the_standard_wants_it(tmp_path):
    archives = tmp_path / "archives"
    packages = [
        make("other", path=archives / "other-1.0.tar.gz", url=None, size=5),
        make("my-app", index="https://i.example/simple/", requires=("other", "not-locked")),
        make("pure", filename="pure-1.0-py3-none-any.whl"),
        Locked("work", None, None, path=tmp_path / "work"),
    ]
    data = write_lock(packages, tmp_path / "locks", "rp2")
    assert data == write_lock(reversed(packages), tmp_path / "locks", "rp2")
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
    packages = (
        make("a", index="https://i.example/simple/", requires=("b", "d"), size=7),
        make("b", path=tmp_path / "ü n/b-1.0.tar.gz", url=None),
        make("c", filename="C-1.0.0-py3-none-any.whl", version="1.0.0"),
        Locked("d", None, None, path=tmp_path / "d"),
        make("e-f", filename="E.f-01.0.tar.gz", version="01.0"),
        make("old-lib", filename="old-lib-0.5_1.tar.gz", version="0.5_1"),
    )
    assert reread(packages, tmp_path) == packages
    assert reread((), tmp_path) == ()


def test_the_spelling_of_a_version_is_that_of_the_file_name(tmp_path):
    package = make("x", filename="X-1.0.0c1.tar.gz", version="1.0.0c1")
    assert reread([package], tmp_path) == (package,)
    text = (tmp_path / "pylock.toml").read_text()
    assert 'version = "1.0.0rc1"' in text


def test_no_credentials_are_written(tmp_path):
    secret = "https://me:secret@i.example:8443"
    package = make("x", url=f"{secret}/x-1.0.tar.gz#sha256=0", index=f"{secret}/simple/")
    text = write_lock([package], tmp_path).decode()
    assert "secret" not in text
    assert "//i.example:8443/x-1.0.tar.gz" in text


def test_addresses_of_files_are_paths(tmp_path):
    package = make("x", url=(tmp_path / "a b/x-1.0.tar.gz").as_uri())
    assert 'path = "a b/x-1.0.tar.gz"' in write_lock([package], tmp_path).decode()
    (found,) = reread([package], tmp_path)
    assert (found.url, found.path) == (None, tmp_path / "a b/x-1.0.tar.gz")


@pytest.mark.parametrize("name", ["lock.toml", "pylock.a.b.toml", "pylock", "my.pylock.toml"])
def test_other_file_names_are_refused(name):
    with pytest.raises(ConfigError, match="a lock file is named pylock"):
        check_lock_path(Path("x") / name)
    check_lock_path(Path("x/pylock.board.toml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff", "is no TOML"),
        (b"[", "is no TOML"),
        (b'lock-version = "2.0"\ncreated-by = "x"\npackages = []', "only 1.0 is; lock again"),
        (b'created-by = "x"\npackages = []', "no lock as PEP 751 has it: Missing required value"),
        (HEAD.encode(), "Missing required value in 'packages'"),
        (HEAD.encode() + b"packages = [1]", "Unexpected type int"),
    ],
)
def test_what_is_no_lock_is_refused(text, message, tmp_path):
    (tmp_path / "pylock.toml").write_bytes(text)
    with pytest.raises(ConfigError, match=message):
        read_lock(tmp_path / "pylock.toml", board)


def test_a_lock_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read .*; name packages to lock them there"):
        read_lock(tmp_path / "pylock.toml", board)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            'sdist = {url = "https://i/x-1.tar.gz", hashes = {md5 = "0"}}',
            r"x-1\.tar\.gz has md5 and no sha256 of 64 digits",
        ),
        (
            'sdist = {url = "https://i/x-1.tar.gz", hashes = {sha256 = "0"}}',
            "has sha256 and no sha256 of 64 digits",
        ),
        ('vcs = {type = "git", url = "https://g", commit-id = "0"}', "comes from a repository"),
        ('directory = {path = "x", editable = true}', "x is editable, and nothing on a board is"),
        (f'archive = {{url = "https://i/y-1.tar.gz", {ENTRY}}}', "is not named after x"),
        (
            f'archive = {{url = "https://i/x-1.tar.gz", subdirectory = "y", {ENTRY}}}',
            "is to be built in 'y' of it",
        ),
    ],
)
def test_what_cannot_be_verified_is_refused(entry, message, tmp_path):
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, f'{HEAD}[[packages]]\nname = "x"\n{entry}\n')


@pytest.mark.parametrize(
    "entry",
    [
        f'wheels = [{{url = "https://i/x-1-cp39-cp39-win32.whl", {ENTRY}}}]',
        f'sdist = {{url = "https://i/x-1.zip", {ENTRY}}}',
        f'archive = {{url = "https://i/x-1.zip", {ENTRY}}}',
    ],
)
def test_a_package_without_any_file_for_devices_is_named(entry, tmp_path):
    with pytest.raises(NotForDevicesError, match=r"x has no file that .* only x-1"):
        read(tmp_path, f'{HEAD}[[packages]]\nname = "x"\n{entry}\n')


FOREIGN = f"""
lock-version = "1.0"
created-by = "pdm"
requires-python = ">=3.9"
environments = ["sys_platform == 'linux'", "sys_platform != 'linux'"]
extras = ["gui"]
dependency-groups = ["default", "dev"]
default-groups = ["default"]

[[packages]]
name = "both"
version = "1.0"
marker = "\\"default\\" in dependency_groups"
index = "https://i.example/simple"
sdist = {{name = "both-1.0.tar.gz", url = "https://f.example/9/both-1.0.tar.gz", {ENTRY}}}
wheels = [
    {{name = "both-1.0-cp39-cp39-win32.whl", url = "https://f.example/w", hashes = {{md5 = "0"}}}},
    {{name = "both-1.0-py3-none-any.whl", url = "https://f.example/both-1.0-py3-none-any.whl", {
    ENTRY
}}},
]
dependencies = [{{name = "wheel-only", version = "2.0"}}]
[[packages]]
name = "wheel-only"
version = "2.0"
marker = "'dev' not in dependency_groups or 'gui' in extras"
wheels = [{{url = "https://f.example/wheel_only-2.0-py3-none-any.whl", {ENTRY}}}]
[[packages]]
name = "for-linux"
version = "1.0"
marker = "sys_platform == 'linux'"
vcs = {{type = "git", url = "https://g.example", commit-id = "0"}}
[[packages]]
name = "tool"
version = "1.0"
marker = "'dev' in dependency_groups and python_version >= '3.0'"
vcs = {{type = "git", url = "https://g.example", commit-id = "0"}}
"""


def test_a_lock_of_another_tool_is_read_for_the_board(tmp_path):
    both, wheel = read(tmp_path, FOREIGN)
    assert (both.filename, both.requires) == ("both-1.0.tar.gz", ("wheel-only",))
    assert both.wheel.filename == "both-1.0-py3-none-any.whl"
    assert wheel == Locked(
        *("wheel-only", "2.0", "wheel_only-2.0-py3-none-any.whl"),
        url="https://f.example/wheel_only-2.0-py3-none-any.whl",
        sha256=SHA,
    )


def test_a_lock_of_uv_is_read(tmp_path):
    (tmp_path / "links").mkdir()
    wheel = make_wheel(tmp_path / "links", FILES)
    write_tree(tmp_path, {"x.in": "x\n"})
    command = [shutil.which("uv", path=str(Path(sys.executable).parent)), "pip", "compile", "x.in"]
    command += ["--no-index", "--find-links", "links", "--offline", "-o", "pylock.toml", "-q"]
    subprocess.run([*command, "--no-config"], cwd=tmp_path, check=True)
    (locked,) = read_lock(tmp_path / "pylock.toml", board)
    assert (locked.name, locked.version, locked.path) == ("x", "1.0", wheel)
    assert locked.sha256 == hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_a_lock_for_other_boards_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"is a lock for other boards: .*esp32"):
        reread([make("x")], tmp_path, platform="esp32")
    assert reread([make("x")], tmp_path, platform="rp2") == (make("x"),)
    with pytest.raises(ConfigError, match=r"is no sys\.platform; give one"):
        write_lock([], tmp_path, "rp2' or \"")


def test_a_package_twice_for_one_board_is_refused(tmp_path):
    entry = f'[[packages]]\nname = "x"\nsdist = {{url = "https://i/x-1.tar.gz", {ENTRY}}}\n'
    with pytest.raises(ConfigError, match="has x twice for one board"):
        read(tmp_path, HEAD + entry + entry)


_names = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
_packages = st.lists(
    st.builds(
        lambda name, version, index, needs, size: make(
            name,
            version=version,
            filename=f"{name.replace('-', '_')}-{version}.tar.gz",
            index=index,
            size=size,
            requires=tuple(sorted(needs)),
        ),
        _names,
        st.from_regex(r"[a-z0-9._+]+", fullmatch=True),
        st.none() | st.just("https://i.example/simple"),
        st.sets(_names, max_size=3),
        st.none() | st.integers(0, 2**40),
    ),
    max_size=4,
    unique_by=lambda package: package.name,
)


@settings(max_examples=40)
@given(_packages)
def test_whatever_is_locked_reads_back(tmp_path_factory, packages):
    directory = tmp_path_factory.mktemp("lock")
    names = {package.name for package in packages}
    found = reread(packages, directory)
    for package in packages:
        (other,) = [one for one in found if one.name == package.name]
        assert other.filename == package.filename
        assert other.version == package.version
        assert set(other.requires) == names.intersection(package.requires)
    Pylock.from_dict(tomllib.loads((directory / "pylock.toml").read_text()))

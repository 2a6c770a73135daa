"""What is locked of each candidate, and where the file of a locked package is found again."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from urllib.parse import unquote

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
from packaging.utils import canonicalize_name
from packaging.version import Version

from sdist_upip.errors import ConfigError, DownloadError, NotForDevicesError
from sdist_upip.filenames import parse_version, read_archive_name, split_release
from sdist_upip.index.link import Link
from sdist_upip.installed.device_archive import DeviceArchive
from sdist_upip.lock.lockfile import find_locked, lock_candidate
from sdist_upip.lock.pylock import encode_lock
from sdist_upip.resolve.candidates import Candidate
from sdist_upip.resolve.preparer import PreparedArchive
from support.hostile_names import HOSTILE_PARTS
from support.locks import ENTRY, FOREIGN, HEAD, SHA, read, reread
from support.trees import write_tree

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DATA = b"data"
DIGEST = hashlib.sha256(DATA).hexdigest()
HASHES = {"sha256": DIGEST}


class Client:
    """The links of find-links places, and the hash of the file behind each of their URLs."""

    def __init__(self, places=None, digests=None):
        self.places = places or {}
        self.digests = digests or {}

    def find_links(self, place, name):
        return [link for link in self.places[place] if name in link.projects]

    def download(self, url, hashes):
        if self.digests[url] != hashes["sha256"]:
            raise DownloadError(f"{url}: Hash mismatch.")


@pytest.fixture
def fetched(tmp_path_factory):
    """The file that every link leads to."""
    path = tmp_path_factory.mktemp("cache") / "file"
    path.write_bytes(DATA)
    return path


def lock(name, link, fetched, directory, version="1.0", requires=()):
    """Return what is locked of the release in the file of `link`."""
    candidate = Candidate(
        name, version, parse_version(version) or Version("0"), links=(link,), requires=requires
    )
    prepared = PreparedArchive(DeviceArchive((), ()), fetched, link)
    return lock_candidate(candidate, prepared, directory)


def link_to(filename, **facts):
    return Link(filename, **{"url": f"https://i.example/{filename}", **facts})


def find(package, tmp_path, client=None, find_links=()):
    """Return where a package of the lock in `tmp_path` is."""
    return find_locked(package, tmp_path / "pylock.toml", client or Client(), find_links)


def read_one(directory, entry):
    (package,) = read(directory, f'{HEAD}[[packages]]\nname = "x"\n{entry}\n')
    return package


def test_a_release_of_an_index(fetched, tmp_path):
    link = link_to("my_app-1.0.tar.gz", comes_from="https://i.example/simple/")
    package = lock("my-app", link, fetched, tmp_path, requires=("dep", "other"))
    sdist = PackageSdist(
        name="my_app-1.0.tar.gz", url="https://i.example/my_app-1.0.tar.gz", size=4, hashes=HASHES
    )
    assert package == Package(
        name="my-app",
        version=Version("1.0"),
        index="https://i.example/simple/",
        dependencies=[{"name": "dep"}, {"name": "other"}],
        sdist=sdist,
    )


def test_a_wheel(fetched, tmp_path):
    package = lock("c", link_to("C-1.0.0-py3-none-any.whl"), fetched, tmp_path, "1.0.0")
    wheel = PackageWheel(
        name="C-1.0.0-py3-none-any.whl",
        url="https://i.example/C-1.0.0-py3-none-any.whl",
        size=4,
        hashes=HASHES,
    )
    assert package == Package(name="c", version=Version("1.0.0"), wheels=[wheel])


def test_the_wheel_that_an_archive_was_replaced_by_is_locked(fetched, tmp_path):
    archive, wheel = link_to("x-1.0.tar.gz"), link_to("x-1.0-py3-none-any.whl")
    candidate = Candidate("x", "1.0", Version("1.0"), links=(archive, wheel))
    prepared = PreparedArchive(DeviceArchive((), ()), fetched, wheel)
    package = lock_candidate(candidate, prepared, tmp_path)
    assert (package.sdist, package.wheels[0].name) == (None, wheel.filename)


def test_local_files_and_projects_have_paths_relative_to_the_lock(fetched, tmp_path):
    archive = tmp_path / "archives" / "other-1.0.tar.gz"
    link = Link(archive.name, str(archive), comes_from=str(archive.parent))
    package = lock("other", link, fetched, tmp_path / "locks")
    assert (package.sdist.path, package.sdist.url) == ("../archives/other-1.0.tar.gz", None)
    assert package.index is None
    link = Link("work-1.0.tar.gz", "/tmp/work-1.0.tar.gz", source_tree=tmp_path / "work")
    package = lock("work", link, fetched, tmp_path / "locks")
    assert package == Package(name="work", directory=PackageDirectory(path="../work"))


def test_a_relative_path_is_relative_to_the_current_directory(fetched, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    link = Link("a-1.0.tar.gz", "dist/a-1.0.tar.gz")
    package = lock("a", link, fetched, tmp_path / "locks")
    assert package.sdist.path == "../dist/a-1.0.tar.gz"


def test_a_file_name_without_a_version_of_the_standard(fetched, tmp_path):
    package = lock("old-lib", link_to("old-lib-0.5_1.tar.gz"), fetched, tmp_path, "0.5_1")
    archive = PackageArchive(url="https://i.example/old-lib-0.5_1.tar.gz", size=4, hashes=HASHES)
    assert package == Package(name="old-lib", archive=archive)


def test_the_spelling_of_a_version_is_that_of_the_file_name(fetched, tmp_path):
    package = lock("x", link_to("X-1.0.0c1.tar.gz"), fetched, tmp_path, "1.0.0c1")
    (found,) = reread([package], tmp_path)
    (link,) = find(found, tmp_path)
    assert link.filename == "X-1.0.0c1.tar.gz"
    assert 'version = "1.0.0rc1"' in (tmp_path / "pylock.toml").read_text()


def test_no_credentials_are_written(fetched, tmp_path):
    secret = "https://me:secret@i.example:8443"
    link = Link("x-1.0.tar.gz", f"{secret}/x-1.0.tar.gz#sha256=0", comes_from=f"{secret}/simple/")
    text = encode_lock([lock("x", link, fetched, tmp_path)]).decode()
    assert "secret" not in text
    assert 'url = "https://i.example:8443/x-1.0.tar.gz"\n' in text
    assert 'index = "https://i.example:8443/simple/"\n' in text


def test_file_urls_are_paths(fetched, tmp_path):
    path = tmp_path / "a b" / "x-1.0.tar.gz"
    write_tree(tmp_path, {"a b/x-1.0.tar.gz": DATA})
    package = lock("x", Link(path.name, path.as_uri()), fetched, tmp_path)
    assert 'path = "a b/x-1.0.tar.gz"' in encode_lock([package]).decode()
    assert package.sdist.url is None
    (found,) = reread([package], tmp_path)
    assert [link.path for link in find(found, tmp_path)] == [path]
    sdist = PackageSdist(name=path.name, url=path.as_uri(), hashes=HASHES)
    other = Package(name="x", version=Version("1.0"), sdist=sdist)
    assert [link.path for link in find(other, tmp_path)] == [path]


def version_of(filename, name):
    named = read_archive_name(filename, name)
    return named[1] if named else filename.removesuffix(".tar.gz").split("-")[1]


def test_a_lock_reads_back(fetched, tmp_path):
    index = "https://i.example/simple/"
    (tmp_path / "ü n").mkdir()
    local = tmp_path / "ü n" / "b-1.0.tar.gz"
    local.write_bytes(DATA)
    links = {
        "a": link_to("a-1.0.tar.gz", comes_from=index),
        "b": Link(local.name, str(local)),
        "c": link_to("C-1.0.0-py3-none-any.whl"),
        "e-f": link_to("E.f-01.0.tar.gz"),
        "old-lib": link_to("old-lib-0.5_1.tar.gz"),
        "micropython-cmd": link_to("micropython-cmd-3.4.0-2.tar.gz"),
        "x-1-0": link_to("x-1.0-2.tar.gz"),
    }
    packages = [
        lock(name, link, fetched, tmp_path, version_of(link.filename, name), ("b", "d"))
        for name, link in links.items()
    ]
    tree = Link("d-1.tar.gz", "d-1.tar.gz", source_tree=tmp_path / "d")
    packages.append(lock("d", tree, fetched, tmp_path))
    found = {package.name: package for package in reread(packages, tmp_path)}
    assert found == {package.name: package for package in packages}
    assert found["a"].index == index
    assert found["a"].dependencies == [{"name": "b"}, {"name": "d"}]
    assert find(found.pop("d"), tmp_path) == tmp_path / "d"
    for name, package in found.items():
        link = links[name]
        assert find(package, tmp_path) == [Link(link.filename, link.url, HASHES, size=4)]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            'sdist = {url = "https://i/x-1.tar.gz", hashes = {md5 = "0"}}',
            r"x-1\.tar\.gz has md5, but no sha256 of 64 digits\. Lock again",
        ),
        (
            'sdist = {url = "https://i/x-1.tar.gz", hashes = {sha256 = "0"}}',
            "has sha256, but no sha256 of 64 digits",
        ),
        ('vcs = {type = "git", url = "https://g", commit-id = "0"}', "comes from a repository"),
        ('directory = {path = "x", editable = true}', "x is editable, which boards do not support"),
        (f'archive = {{url = "https://i/y-1.tar.gz", {ENTRY}}}', "is not named after x"),
        (
            f'archive = {{url = "https://i/x-1.tar.gz", subdirectory = "y", {ENTRY}}}',
            "is to be built in its directory 'y'",
        ),
        (
            f'sdist = {{url = "https://i/x-1.tar.gz", {ENTRY}}}\n'
            'wheels = [{url = "https://i/x-1-py3-none-any.whl", hashes = {md5 = "0"}}]',
            r"x-1-py3-none-any\.whl has md5, but no sha256",
        ),
    ],
)
def test_packages_that_cannot_be_verified_are_refused(entry, message, tmp_path):
    package = read_one(tmp_path, entry)
    with pytest.raises(ConfigError, match=message):
        find(package, tmp_path)


@pytest.mark.parametrize("key", ["archive", "sdist"])
@pytest.mark.parametrize("part", HOSTILE_PARTS)
def test_files_whose_name_is_not_one_segment_are_refused(key, part, tmp_path):
    name = split_release(unquote(part).removesuffix(".tar.gz"))[0]
    text = f"{HEAD}[[packages]]\nname = {json.dumps(canonicalize_name(name))}\n"
    text += f'{key} = {{url = "https://i/{part}", {ENTRY}}}\n'
    with pytest.raises(ConfigError, match=r"the file name|is not a valid lock file"):
        for package in read(tmp_path, text):
            find(package, tmp_path)


@pytest.mark.parametrize(
    "name", ["../x-1.tar.gz", "/x-1.tar.gz", "a/x-1.tar.gz", "a\\\\x-1.tar.gz"]
)
def test_names_of_files_that_lead_elsewhere_are_refused(name, tmp_path):
    with pytest.raises((ConfigError, NotForDevicesError)):
        find(
            read_one(tmp_path, f'sdist = {{name = "{name}", url = "https://i/y", {ENTRY}}}'),
            tmp_path,
        )


@pytest.mark.parametrize(
    "entry",
    [
        f'wheels = [{{url = "https://i/x-1-cp39-cp39-win32.whl", {ENTRY}}}]',
        f'sdist = {{url = "https://i/x-1.zip", {ENTRY}}}',
        f'archive = {{url = "https://i/x-1.zip", {ENTRY}}}',
    ],
)
def test_a_package_without_any_file_for_devices_is_named(entry, tmp_path):
    package = read_one(tmp_path, entry)
    with pytest.raises(
        NotForDevicesError, match=r"x has neither a \.tar\.gz nor a wheel of pure Python, only x-1"
    ):
        find(package, tmp_path)


def test_a_lock_of_another_tool(tmp_path):
    both, wheel = read(tmp_path, FOREIGN)
    assert [link.filename for link in find(both, tmp_path)] == [
        "both-1.0.tar.gz",
        "both-1.0-py3-none-any.whl",
    ]
    filename = "wheel_only-2.0-py3-none-any.whl"
    expected = Link(filename, f"https://f.example/{filename}", {"sha256": SHA})
    assert find(wheel, tmp_path) == [expected]


def test_a_path_then_find_links_then_the_url(tmp_path):
    entry = f'sdist = {{url = "https://i/x-1.tar.gz", path = "x-1.tar.gz", {ENTRY}, size = 4}}'
    package = read_one(tmp_path, entry)
    url, path, found = "https://i/x-1.tar.gz", tmp_path / "x-1.tar.gz", "https://f/x-1.tar.gz"
    client = Client({"f": [link_to("x-2.tar.gz"), link_to("x-1.tar.gz", url=found)]}, {found: SHA})
    expected = {"hashes": {"sha256": SHA}, "size": 4}
    assert find(package, tmp_path) == [Link(path.name, url, **expected)]
    assert find(package, tmp_path, client, ["f"]) == [Link(path.name, found, **expected)]
    path.touch()
    assert find(package, tmp_path, client, ["f"]) == [Link(path.name, str(path), **expected)]


@pytest.mark.parametrize("directory", ["~", "~x", "file:", "https:"])
def test_a_path_that_looks_like_something_else_is_a_path(tmp_path, monkeypatch, directory):
    monkeypatch.chdir(tmp_path)
    package = read_one(tmp_path, f'sdist = {{path = "{directory}/x-1.tar.gz", {ENTRY}}}')
    found = link_to("x-1.tar.gz")
    client, lock_path = Client({"f": [found]}, {found.url: SHA}), Path("pylock.toml")
    (link,) = find_locked(package, lock_path, client, ["f"])
    assert link.url == found.url
    path = tmp_path / directory / "x-1.tar.gz"
    path.parent.mkdir()
    path.touch()
    (link,) = find_locked(package, lock_path, client, ["f"])
    assert link.path == path


def test_a_file_of_find_links_that_is_another_is_passed_over(tmp_path, caplog):
    package = read_one(tmp_path, f'sdist = {{url = "https://i/x-1.tar.gz", {ENTRY}}}')
    places = {place: [link_to("x-1.tar.gz", url=f"https://{place}/x-1.tar.gz")] for place in "fg"}
    digests = {"https://f/x-1.tar.gz": DIGEST, "https://g/x-1.tar.gz": SHA}
    (link,) = find(package, tmp_path, Client(places, digests), ["f", "g"])
    assert link.url == "https://g/x-1.tar.gz"
    assert "https://f/x-1.tar.gz: Hash mismatch. Trying other locations." in caplog.text
    (link,) = find(package, tmp_path, Client(places, digests), ["f"])
    assert link.url == "https://i/x-1.tar.gz"


def test_a_file_that_is_nowhere(tmp_path):
    package = read_one(tmp_path, f'sdist = {{path = "a/x-1.tar.gz", {ENTRY}}}')
    match = r"^x: The file .*/a/x-1\.tar\.gz of the lock does not exist\. Put the file there"
    with pytest.raises(DownloadError, match=match):
        find(package, tmp_path, Client({"f": []}), ["f"])


@pytest.mark.parametrize("subdirectory", ["", "sub"])
def test_a_project(tmp_path, subdirectory):
    more = f', subdirectory = "{subdirectory}"' if subdirectory else ""
    package = read_one(tmp_path, f'directory = {{path = "x"{more}}}')
    assert find(package, tmp_path) == tmp_path / "x" / subdirectory


_names = st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,9}){0,4}", fullmatch=True)
_releases = st.dictionaries(
    _names,
    st.tuples(
        st.from_regex(r"[a-z0-9._+]{1,60}", fullmatch=True),
        st.just("") | st.just("https://i.example/simple"),
        st.sets(_names, max_size=3),
    ),
    max_size=4,
)


@settings(max_examples=40)
@given(_releases)
def test_all_that_is_locked_is_found_again(tmp_path_factory, releases):
    directory = tmp_path_factory.mktemp("lock")
    (directory / "file").write_bytes(DATA)
    packages = []
    for name, (version, index, requires) in releases.items():
        link = link_to(f"{name.replace('-', '_')}-{version}.tar.gz", comes_from=index)
        names = tuple(sorted(requires))
        packages.append(lock(name, link, directory / "file", directory, version, names))
    found = reread(packages, directory)
    assert {package.name for package in found} == releases.keys()
    for package in found:
        version, index, requires = releases[package.name]
        (link,) = find(package, directory)
        filename = f"{package.name.replace('-', '_')}-{version}.tar.gz"
        assert link.filename == filename
        assert link.hashes == HASHES
        assert package.index == (index or None)
        locked = {entry["name"] for entry in package.dependencies or ()}
        assert locked == requires.intersection(releases)
    Pylock.from_dict(tomllib.loads((directory / "pylock.toml").read_text()))

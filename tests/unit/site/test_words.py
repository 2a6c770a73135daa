"""Words become device archives, each word by itself; what a site has stays."""

import gzip
import random
from contextlib import contextmanager
from hashlib import sha256

import pytest
from packaging.pylock import Pylock

from sdist_upip.archive.tar import write_tar
from sdist_upip.builders.repack import is_plain
from sdist_upip.errors import (
    ArchiveError,
    BuildNeededError,
    ConfigError,
    DownloadError,
    NotForDevicesError,
    ResolutionError,
)
from sdist_upip.index.archive_cache import ArchiveCache
from sdist_upip.index.client import IndexClient
from sdist_upip.index.link import Link
from sdist_upip.index.pip_settings import PipSettings
from sdist_upip.install import InstallOptions
from sdist_upip.installed.device_archive import read_device_archive
from sdist_upip.requirements.arguments import parse_requirements
from sdist_upip.requirements.target import Target
from sdist_upip.site.catalog import Catalog
from sdist_upip.site.ingest import read_site_release
from sdist_upip.site.settings import SiteSettings
from sdist_upip.site.words import make_direct_candidates, open_words
from sdist_upip.toml import parse_toml
from support.archives import make_archive, make_release, pack_tar, stored_gzip
from support.catalogs import make_catalog
from support.pax_archives import make_pax_archive, make_sdist, write_pax
from support.wheels import pure_wheel


@contextmanager
def words(*arguments, catalog=None, sources=None, **options):
    """Have the words of `arguments`; find-links is the directory `places`, if it is given."""
    allow_missing = options.pop("allow_missing", False)
    if places := options.pop("places", None):
        options["find_links"] = [str(places)]
    install_options = InstallOptions(parse_requirements(map(str, arguments)), **options)
    with (
        ArchiveCache(None) as cache,
        IndexClient(PipSettings(), cache) as client,
        open_words(
            install_options,
            client,
            None,
            catalog or Catalog(),
            lambda name: sources or {},
            allow_missing=allow_missing,
        ) as found,
    ):
        yield found


def names(found):
    return [source.path.name for source in found.archives()]


def put(directory, name, version, requires=(), files=None):
    directory.mkdir(exist_ok=True)
    path = directory / f"{name}-{version}.tar.gz"
    path.write_bytes(make_archive(name, version, files, requires))
    return path


@pytest.fixture
def places(tmp_path):
    """A directory of archives, as an index has them."""
    directory = tmp_path / "places"
    put(directory, "a", "1.0")
    put(directory, "a", "2.0", ["b>=1"])
    put(directory, "a", "3.0rc1")
    put(directory, "b", "1.0")
    put(directory, "b", "1.5", ["c"])
    put(directory, "c", "1.0")
    return directory


def test_archives_that_small_boards_cannot_read_are_repacked(tmp_path, caplog):
    release = make_release(
        "x", "1.0", {"x.py": b"x = 1\n", "big.bin": random.Random(1).randbytes(9000) * 2}
    )
    pax, window = tmp_path / "pax/x-1.0.tar.gz", tmp_path / "window/x-1.0.tar.gz"
    pax.parent.mkdir()
    window.parent.mkdir()
    pax.write_bytes(make_pax_archive(release))
    with gzip.open(window, "wb") as file:  # its header has the name of the file
        file.write(write_tar(release.root, release.members))
    for path in (pax, window):
        with words(path) as found:
            (source,) = found.archives()
            made = source.path.read_bytes()
        assert source.path.name == path.name
        assert source.source == sha256(path.read_bytes()).hexdigest()
        assert is_plain(made) and not is_plain(path.read_bytes())
        before = read_device_archive(path.read_bytes())
        assert dict(read_device_archive(made).files) == dict(before.files)
    assert not caplog.records


def test_an_archive_that_cannot_be_repacked_stays_with_a_warning(tmp_path, caplog):
    path = tmp_path / "x-1.0.tar.gz"
    path.write_bytes(pack_tar(write_pax("x-1.0", {"x.py": b"", f"{'d' * 60}/{'e' * 60}.py": b""})))
    with words(path) as found:
        (source,) = found.archives()
    assert source.path == path
    assert "devices read 100. Shorten the name. The site has it as it is." in caplog.text


def test_archives_are_taken_as_they_are(tmp_path):
    one, two = put(tmp_path, "x", "1.0"), put(tmp_path, "x", "2.0", ["gone"])
    with words(one, two) as found:
        sources = list(found.archives())
    assert [source.path for source in sources] == [one, two]
    assert [source.comes_from for source in sources] == [str(one), str(two)]
    assert [source.source for source in sources] == [
        sha256(path.read_bytes()).hexdigest() for path in (one, two)
    ]


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        (["a"], {}, ["a-2.0", "b-1.5", "c-1.0"]),
        (["a<2"], {}, ["a-1.0"]),
        (["a==1.0", "a"], {}, ["a-1.0", "a-2.0", "b-1.5", "c-1.0"]),
        (["a"], {"pre": True}, ["a-3.0rc1"]),
        (["a"], {"deps": False}, ["a-2.0"]),
        (["a"], {"without": frozenset({"b"})}, ["a-2.0"]),
        (["b<1.5", "a"], {}, ["b-1.0", "a-2.0", "b-1.5", "c-1.0"]),
        (['a ; sys_platform == "rp2"'], {"target": Target("esp32")}, []),
        (['a<2 ; sys_platform == "rp2"'], {"target": Target("rp2")}, ["a-1.0"]),
    ],
)
def test_names_bring_all_they_need(arguments, options, expected, places):
    with words(*arguments, places=places, **options) as found:
        assert names(found) == [f"{stem}.tar.gz" for stem in expected]


SITE = {"a": {"2.0": ["b>=1"]}, "b": {"1.0": []}}


@pytest.mark.parametrize(
    ("arguments", "options", "expected", "kept"),
    [
        (["a"], {}, [], [("a", "2.0")]),
        (["a==2"], {}, [], [("a", "2.0")]),
        (["a==1"], {}, ["a-1.0"], []),
        (["a"], {"upgrade": True}, ["b-1.5", "c-1.0"], [("a", "2.0")]),
        (["b"], {}, ["b-1.5", "c-1.0"], []),
        (["b<1.5"], {}, [], [("b", "1.0")]),
    ],
)
def test_releases_of_a_site_stay(arguments, options, expected, kept, places):
    with words(*arguments, catalog=make_catalog(SITE), places=places, **options) as found:
        assert names(found) == [f"{stem}.tar.gz" for stem in expected]
        assert found.kept == kept


def test_an_upgrade_keeps_what_no_index_has(places):
    catalog = make_catalog({"own": {"1.0": []}, "a": {"9.0": []}})
    with words("own", "a", catalog=catalog, places=places, upgrade=True) as found:
        assert names(found) == []
        assert found.kept == [("own", "1.0"), ("a", "9.0")]


def test_archives_of_the_command_satisfy_requirements(tmp_path, places):
    own = put(tmp_path, "b", "1.2")
    with words("a", own, places=places) as found:
        assert names(found) == ["b-1.2.tar.gz", "a-2.0.tar.gz"]


def test_requirements_of_archives_are_fetched_when_asked_for(tmp_path, places):
    archive = put(tmp_path, "x", "1.0", ["a"])
    with words(archive, places=places) as found:
        assert names(found) == ["x-1.0.tar.gz"]
        fetched = list(found.fetch("x 1.0", ["a", 'd ; extra == "net"']))
        assert [one.path.name for one in fetched] == [
            "a-2.0.tar.gz",
            "b-1.5.tar.gz",
            "c-1.0.tar.gz",
        ]
        again = list(found.fetch("y 1.0", ["b>=1", "c"]))
        assert again == []


def test_a_requirement_that_no_place_has_names_who_requires_it(places):
    with words("a", places=places) as found, pytest.raises(ResolutionError) as caught:
        list(found.fetch("x 1.0", ["gone>=1"]))
    first, reason, advice = caught.value.lines
    assert first == "x 1.0 requires gone>=1, which the site does not have."
    assert reason.startswith("gone: No .tar.gz archive and no wheel found in ")
    assert "--without NAME" in advice
    assert "--allow-missing" in advice


def test_what_is_missing_may_be_left_to_another_index(places):
    with words("b==1.0", places=places, allow_missing=True) as found:
        fetched = list(found.fetch("x 1.0", ["gone", "a==2.0", "b"]))
        assert [one.path.name for one in fetched] == ["a-2.0.tar.gz"]
        assert list(found.fetch("y 1.0", ["gone"])) == []


def test_what_a_name_requires_may_be_missing(places):
    put(places, "x", "1.0", ["y"])
    put(places, "y", "1.0", ["gone", "c"])
    with pytest.raises(ResolutionError, match="gone"), words("x", places=places):
        pass
    with words("x", places=places, allow_missing=True) as found:
        assert names(found) == ["x-1.0.tar.gz"]
        for required, added in (["y", "y"], ["gone", None], ["c", "c"]):
            fetched = [one.path.name for one in found.fetch("a release", [required])]
            assert fetched == ([f"{added}-1.0.tar.gz"] if added else [])
    with words("x", places=places, allow_missing=True, deps=False) as found:
        assert names(found) == ["x-1.0.tar.gz"]


def test_a_wheel_becomes_a_device_archive_for_pip_too(tmp_path):
    wheel = tmp_path / "x-1.0-py3-none-any.whl"
    wheel.write_bytes(pure_wheel("x", "1.0", {"x/__init__.py": "X = 1\n"}, ["y>=1"]))
    with words(wheel) as found:
        (source,) = found.archives()
        release = read_site_release(source, SiteSettings())
    assert source.comes_from == str(wheel)
    assert source.source == sha256(wheel.read_bytes()).hexdigest()
    assert release.record.filename == "x-1.0.tar.gz"
    assert release.record.requires == ("y>=1",)
    assert [file.path for file in release.record.files] == ["x/__init__.py"]
    assert "setup.py" in [member.path for member in release.record.members]
    assert not source.path.exists()  # temporary files are gone


def test_a_source_distribution_becomes_a_device_archive(tmp_path):
    sdist = tmp_path / "x-1.0.tar.gz"
    sdist.write_bytes(make_sdist("x", "1.0", {"x/__init__.py": b"X = 1\n"}))
    with words(sdist) as found:
        (source,) = found.archives()
        release = read_site_release(source, SiteSettings())
    assert source.source == sha256(sdist.read_bytes()).hexdigest()
    assert [file.path for file in release.record.files] == ["x/__init__.py"]
    assert "setup.py" in [member.path for member in release.record.members]


def test_an_sdist_has_the_files_that_install_takes(tmp_path):
    files = {"x/__init__.py": b"", "x/data.txt": b"1", "x/typed.pyi": b"", "other.py": b""}
    data = make_sdist("x", "1.0", files)
    (tmp_path / "x-1.0.tar.gz").write_bytes(data)
    with words(tmp_path / "x-1.0.tar.gz") as found:
        (source,) = found.archives()
        release = read_site_release(source, SiteSettings())
    installed = read_device_archive(data, "x")
    assert {one.path: release.contents[one.sha256] for one in release.record.files} == dict(
        installed.files
    )


def test_files_that_are_not_taken_are_named_and_nothing_for_authors(tmp_path, caplog):
    sdist = tmp_path / "x-1.0.tar.gz"
    members = {
        "x/__init__.py": "import os.path",
        "x/README.md": "",
        "setup.py": "setup()",
        "y.py": "",
    }
    sdist.write_bytes(make_archive("x", "1.0", members))
    with words(sdist) as found:
        list(found.archives())
    assert [entry.getMessage() for entry in caplog.records if entry.levelname == "WARNING"] == [
        "x 1.0: y.py of the sdist is not installed. Add --convert if the package needs it."
    ]


def test_a_build_is_used_only_if_it_is_asked_for(tmp_path, monkeypatch):
    sdist = tmp_path / "x-1.0.tar.gz"
    sdist.write_bytes(make_sdist("x", "1.0", {"x/__init__.py": b"", "x/more.py": b""}))
    calls = []

    def build(path, directory, settings):
        calls.append((path, dict(settings)))
        target = directory / "x-1.0.tar.gz"
        target.write_bytes(make_archive("x", "1.0", {"built.py": ""}))
        return target

    monkeypatch.setattr("sdist_upip.builders.convert.convert_for_install", build)
    for convert, expected in ((False, ["x/__init__.py", "x/more.py"]), (True, ["built.py"])):
        with words(sdist, convert=convert) as found:
            (source,) = found.archives()
            release = read_site_release(source, SiteSettings())
        assert sorted(file.path for file in release.record.files) == expected
        assert source.source == sha256(sdist.read_bytes()).hexdigest()
    assert calls == [(sdist, {"steps": "metadata", "pip-compatible": "true"})]


@pytest.mark.parametrize("lock", [None, "pylock.toml"])
def test_what_cannot_be_met_is_said_of_the_site(places, lock, monkeypatch):
    monkeypatch.chdir(places)
    message = r"a: No version satisfies .*\nThe site does not change\. Widen a range"
    with (
        pytest.raises(ResolutionError, match=f"(?s){message}") as error,
        words("a>9", places=places, lock=lock) as found,
    ):
        list(found.archives())
    assert "Nothing is installed" not in str(error.value)


def test_the_wheel_beside_a_source_distribution_is_taken(tmp_path):
    sdist, wheel = tmp_path / "x-1.0.tar.gz", tmp_path / "x-1.0-py3-none-any.whl"
    sdist.write_bytes(make_sdist("x", "1.0", {"x/__init__.py": b"", "x/more.py": b""}))
    wheel.write_bytes(pure_wheel("x", "1.0", {"x/__init__.py": ""}))
    for arguments in ((sdist, wheel), (wheel, sdist)):
        with words(*arguments) as found:
            (source,) = found.archives()
            release = read_site_release(source, SiteSettings())
        assert [file.path for file in release.record.files] == ["x/__init__.py"]


def test_files_that_are_not_of_one_release_stay_apart():
    files = ["x-1.0.tar.gz", "x-1.0.0-py3-none-any.whl", "x-2.0-py3-none-any.whl"]
    files += ["x-1.0-cp311-cp311-linux_x86_64.whl", "y-1.0-py3-none-any.whl"]
    found = make_direct_candidates(Link(name, name) for name in files)
    assert [[link.filename for link in one.links] for one in found] == [
        files[:2],
        *([name] for name in files[2:]),
    ]


def test_files_that_the_site_has_are_not_converted_again(tmp_path):
    wheel = tmp_path / "x-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not even a wheel")
    sources = {sha256(wheel.read_bytes()).hexdigest(): "x-1.0.tar.gz"}
    sdist = tmp_path / "x-1.0.tar.gz"
    sdist.write_bytes(b"not even an archive")
    for arguments in ([wheel], [sdist, wheel]):
        with words(*arguments, sources=sources) as found:
            assert list(found.archives()) == []
            assert found.kept == [("x", "1.0")]


def test_a_wheel_and_the_archive_made_of_it_are_both_known(tmp_path):
    wheel = tmp_path / "x-1.0-py3-none-any.whl"
    wheel.write_bytes(pure_wheel("x", "1.0", {"x/__init__.py": ""}))
    archive = tmp_path / "x-1.0.tar.gz"
    with words(wheel) as found:
        (source,) = found.archives()
        archive.write_bytes(source.path.read_bytes())
        metadata = read_site_release(source, SiteSettings()).metadata
    assert metadata.startswith(b"Metadata-Version: 2.2\n")  # so installers build nothing for it
    hashes = [sha256(path.read_bytes()).hexdigest() for path in (archive, wheel)]
    for arguments in ((archive, wheel), (wheel, archive)):
        with words(*arguments) as found:
            made = [(one.source, one.path.read_bytes()) for one in found.archives()]
        assert made == [(one, archive.read_bytes()) for one in hashes]
        for known, new in ((hashes[0], hashes[1:]), (hashes[1], [])):
            with words(*arguments, sources={known: archive.name}) as found:
                assert [one.source for one in found.archives()] == new
                assert found.kept == [("x", "1.0")]
        with words(*arguments, sources=dict.fromkeys(hashes, archive.name)) as found:
            assert list(found.archives()) == []
    other = put(tmp_path, "x", "1.0", (), {"x.py": "other = 1\n"})
    with words(other, wheel) as found:
        assert [source.path for source in found.archives()] == [other]


def test_an_archive_that_the_site_has_with_another_name_is_opened(tmp_path):
    path = put(tmp_path, "x", "1.0")
    source = sha256(path.read_bytes()).hexdigest()
    for known, expected in (("x-1.0.tar.gz", []), ("X-1.0.tar.gz", ["x-1.0.tar.gz"])):
        with words(path, sources={source: known}) as found:
            assert names(found) == expected


@pytest.mark.parametrize(
    ("filename", "content", "error", "message"),
    [
        ("x-1.0.tar.gz", None, DownloadError, "No such file"),
        ("x-1.0.tar.gz", b"not gzip", ArchiveError, "not a gzip file"),
        ("x-1.0.tar.gz", stored_gzip(bytes(1024)), ArchiveError, "The tar is empty"),
        ("x-1.0-py3-none-any.whl", b"not a zip", ArchiveError, "is not a valid zip file"),
        (
            "x-1.0.tar.gz",
            make_sdist("x", "1.0", {"a/__init__.py": b"", "x.c": b""}),
            NotForDevicesError,
            "C extensions",
        ),
    ],
)
def test_a_file_that_is_not_an_archive_is_named(filename, content, error, message, tmp_path):
    path = tmp_path / filename
    if content is not None:
        path.write_bytes(content)
    with words(path) as found, pytest.raises(error, match=message) as caught:
        list(found.archives())
    assert str(path) in str(caught.value)
    assert str(caught.value).count(str(path)) == 1


def test_a_file_that_states_no_release_is_refused_at_once(tmp_path):
    with (
        pytest.raises(ConfigError, match="is not named NAME-VERSION"),
        words(tmp_path / "x.tar.gz"),
    ):
        pass


def test_a_lock_is_written_with_one_release_of_each(tmp_path, places):
    lock = tmp_path / "pylock.toml"
    own = put(tmp_path, "b", "1.0")
    catalog = make_catalog(SITE)
    with words("a", own, places=places, lock=lock, catalog=catalog) as found:
        assert names(found) == ["a-2.0.tar.gz", "b-1.0.tar.gz"]
        assert not lock.exists()
        with found.staged_lock():
            pass
    written = Pylock.from_dict(parse_toml(lock.read_bytes()))
    assert [(one.name, str(one.version)) for one in written.packages] == [
        ("a", "2.0"),
        ("b", "1.0"),
    ]
    with words(lock=lock, places=places) as found:
        assert names(found) == ["a-2.0.tar.gz", "b-1.0.tar.gz"]
        assert list(found.fetch("a 2.0", ["b"])) == []


def test_a_lock_does_not_have_two_releases_of_one_package(tmp_path, places):
    lock = tmp_path / "pylock.toml"
    files = put(tmp_path, "x", "1.0"), put(tmp_path, "x", "2.0")
    with pytest.raises(ConfigError, match="are both x"), words(*files, lock=lock):
        pass
    with (
        pytest.raises(ResolutionError, match=r"(?s)a==1.*a==2"),
        words("a==1", "a==2", places=places, lock=lock),
    ):
        pass


def test_a_build_is_advised_if_the_files_are_not_clear(tmp_path):
    sdist = tmp_path / "x-1.0.tar.gz"
    sdist.write_bytes(
        make_archive("x", "1.0", {"pyproject.toml": "", "a/__init__.py": "", "b/__init__.py": ""})
    )
    with words(sdist) as found, pytest.raises(BuildNeededError, match="Add --convert"):
        list(found.archives())

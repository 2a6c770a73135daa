"""A device archive becomes a release of a site, and an unsafe one is refused by its name."""

import hashlib
import pickle
import random

import pytest

from sdist_upip.archive.reader import GZIP_HEADER
from sdist_upip.errors import ArchiveError, ConfigError, NotForDevicesError
from sdist_upip.site.ingest import compile_contents, read_site_release
from sdist_upip.site.records import SiteFile
from sdist_upip.site.release import SourceArchive
from sdist_upip.site.settings import SiteSettings
from support.archives import make_archive, make_release, stored_gzip
from support.hostile_archives import ACCEPTED, HOSTILE
from support.odd_archives import END, METADATA, archive, entry, pack
from support.pax_archives import make_pax_archive

FILES = {
    "x/__init__.py": "import pkg_resources\n" * 20,
    "x/R.py": "R={'a.txt':b'text'}\n",
    "x/native.mpy": b"M\x06\x13\x1f" + bytes(20),
}


_SOURCE_ONLY = SiteSettings()


def read(directory, data, filename="x-1.0.tar.gz", settings=_SOURCE_ONLY):
    path = directory / filename
    path.write_bytes(data)
    return read_site_release(SourceArchive(path, f"from/{filename}", "of a wheel"), settings)


def refuse(directory, data, filename="x-1.0.tar.gz"):
    """Return the message for an archive without the place that it begins with."""
    with pytest.raises(ArchiveError) as caught:
        read(directory, data, filename)
    message = str(caught.value)
    assert message.startswith(f"from/{filename}: ")
    return message.removeprefix(f"from/{filename}: ")


def test_a_release_is_read(tmp_path):
    data = make_archive("x", "1.0", FILES, ["y>=2"])
    found = read(tmp_path, data)
    record = found.record
    digests = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in _TEXTS.items()}
    assert (found.name, found.declared, found.archive) == ("x", "x", data)
    assert found.metadata.startswith(b"Metadata-Version: 2.1\nName: x\n")
    assert record.version == "1.0"
    assert record.filename == "x-1.0.tar.gz"
    assert record.sources == ("of a wheel",)
    assert record.sha256 == hashlib.sha256(data).hexdigest()
    assert record.metadata_sha256 == hashlib.sha256(found.metadata).hexdigest()
    assert (record.size, record.unpacked, record.window) == (len(data), 5120, 4096)
    assert record.requires == ("y>=2",)
    assert record.files == (
        SiteFile("x/__init__.py", digests["x/__init__.py"], 420),
        SiteFile("x/native.mpy", hashlib.sha256(FILES["x/native.mpy"]).hexdigest(), 24),
        SiteFile("x/a.txt", digests["x/a.txt"], 4),
    )
    assert record.compiled is None
    assert record.abi == "mpy-6.3.4"
    assert (record.imports_pkg_resources, record.provides_pkg_resources) == (True, False)
    assert found.contents[digests["x/a.txt"]] == b"text"
    assert len(found.contents) == 3


_TEXTS = {"x/__init__.py": FILES["x/__init__.py"], "x/a.txt": "text"}


def test_the_shares_of_members_make_the_archive(tmp_path):
    record = read(tmp_path, make_archive("x", "1.0", FILES)).record
    assert [member.path for member in record.members] == ["PKG-INFO", *FILES]
    assert record.members[1].size == 420
    assert sum(member.packed for member in record.members) + record.overhead == record.size


def test_extended_headers_and_directories_belong_to_no_other_file(tmp_path):
    plain = read(tmp_path, pack(_tar(entry("x-1.0/x.py", b"x" * 100)))).record
    directory = entry("x-1.0/x/", kind=b"5")
    more = read(tmp_path, pack(_tar(directory, entry("x-1.0/x.py", b"x" * 100)))).record
    assert [one.path for one in more.members] == [one.path for one in plain.members]
    pax = read(tmp_path, make_pax_archive(make_release("x", "1.0", {"x.py": "x" * 100}))).record
    assert [one.path for one in pax.members] == ["PKG-INFO", "x.py"]
    for record in (plain, more, pax):
        assert sum(one.packed for one in record.members) + record.overhead == record.size


def _tar(*entries):
    return b"".join([entry("x-1.0/PKG-INFO", METADATA.encode()), *entries, END])


def test_a_release_is_sent_to_another_process(tmp_path):
    found = read(tmp_path, make_archive("x", "1.0", FILES))
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_time_is_that_of_the_newest_file(tmp_path, monkeypatch):
    old, new = (entry(f"x-1.0/{n}.py", b"1", mtime=b"%011o" % n) for n in (1000, 2000))
    assert read(tmp_path, pack(_tar(old, new))).record.time == 2000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234")
    assert read(tmp_path, pack(_tar(new, old))).record.time == 2000
    assert read(tmp_path, make_archive("x", "1.0")).record.time == 1234
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
        read(tmp_path, make_archive("x", "1.0"))


def test_modules_are_compiled_only_if_the_site_says_so(tmp_path, monkeypatch):
    assert compile_contents([("x.py", b"")], SiteSettings(), "x 1.0") is None
    compiled = (("x.mpy", b"M\x06"), ("a.txt", b"text"))
    calls = []
    monkeypatch.setattr(
        "sdist_upip.site.ingest.compile_files", lambda *call: calls.append(call) or compiled
    )
    data = make_archive("x", "1.0", {"x.py": "", "a.txt": "text"})
    found = read(tmp_path, data, settings=SiteSettings(mpy="1.28"))
    assert calls == [((("x.py", b""), ("a.txt", b"text")), "1.28", "x 1.0")]
    assert [file.path for file in found.record.compiled] == ["x.mpy", "a.txt"]
    assert sorted(found.contents.values()) == [b"", b"M\x06", b"text"]


@pytest.mark.parametrize("name", [n for n, row in HOSTILE.items() if not row.slow])
def test_what_boards_refuse_is_refused(name, tmp_path):
    row = HOSTILE[name]
    if row.reason == ACCEPTED:
        try:
            read(tmp_path, row.data, row.filename)
        except ArchiveError as error:
            assert any(text in str(error) for text in _MORE), error
    else:
        refuse(tmp_path, row.data, row.filename)


_MORE = ("is part of sdist-upip", "is not a version", "source distribution of another tool")
"""Why archives that boards install are not in a site as they are."""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            archive({"PKG-INFO": METADATA, "docs/a:b.md": "", "x.py": ""}),
            "contains ':'",
            id="a name that no board installs",
        ),
        pytest.param(
            pack(_tar(entry("x-1.0/x.egg-info/..", b""))),
            "'..' segment",
            id="a parent in a name that no board installs",
        ),
        pytest.param(
            pack(_tar(entry("x-1.0/PKG-INFO", METADATA.encode() + b"\nother"))),
            "occurs twice",
            id="two metadata files",
        ),
        pytest.param(
            pack(_tar(entry("y-1.0/x.py", b""))),
            "Expected one top-level directory, got 2, such as 'x-1.0' and 'y-1.0'",
            id="two directories",
        ),
    ],
)
def test_names_that_mean_other_files_are_refused(data, message, tmp_path):
    assert message in refuse(tmp_path, data)


def test_a_file_that_hides_others_from_new_installers_is_refused(tmp_path):
    hidden = entry("x-1.0/hidden.py", b"print(1)\n")
    record = b"13 size=%d\n" % len(hidden)
    pax = entry("x-1.0/pax", record, b"x")
    # Old installers take the size in the header, which is 0, so that they find the hidden file.
    data = pack(_tar(pax, entry("x-1.0/x.txt"), hidden))
    assert "Old installers read other files" in refuse(tmp_path, data)


@pytest.mark.parametrize(
    ("filename", "message"),
    [
        ("upip-1.0.tar.gz", "Each site has its own upip"),
        ("pkg_resources-1.0.tar.gz", "Each site has its own pkg-resources"),
        ("Pkg.Resources-1.0.tar.gz", "Each site has its own pkg-resources"),
        ("sdist_upip_pkg_resources-1.0.tar.gz", "which is part of sdist-upip"),
        ("aux-1.0.tar.gz", "'aux' is the name of a device, so Windows cannot have it"),
        ("con.x-1.0.tar.gz", "'con.x-1.0.tar.gz' is the name of a device"),
        (f"{'x' * 230}-1.0.tar.gz", "has 241 characters"),
        ("..-1.0.tar.gz", "not named NAME-VERSION"),
        ("x.tar.gz", "not named NAME-VERSION"),
    ],
)
def test_names_that_a_site_cannot_have_are_refused(filename, message, tmp_path):
    assert message in refuse(tmp_path, archive({"x.py": ""}), filename)


def test_old_archives_are_safe(tmp_path):
    noise = random.Random(1).randbytes(9000)
    far = stored_gzip(_tar(entry("x-1.0/a", noise), entry("x-1.0/b", noise)))
    assert read(tmp_path, far).record.window == 16384
    legacy = {"x.egg-info/PKG-INFO": METADATA, "x.egg-info/requires.txt": "a\n", "x.py": ""}
    found = read(tmp_path, archive(legacy))
    assert found.record.requires == ("a",)
    assert b"Requires-Dist: a\n" in found.metadata
    bare = read(tmp_path, archive({"data.bin": "1"}), "only-data-3.4.0-2.tar.gz")
    assert (bare.name, bare.record.version) == ("only-data", "3.4.0-2")
    assert [file.path for file in bare.record.files] == ["data.bin"]


def test_a_source_distribution_is_refused(tmp_path):
    data = archive({"PKG-INFO": METADATA, "src/x.py": ""})
    assert "source distribution of another tool" in refuse(tmp_path, data)
    with pytest.raises(NotForDevicesError):
        read(tmp_path, data)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    source = SourceArchive(tmp_path / "x-1.0.tar.gz", "from/x-1.0.tar.gz", "")
    with pytest.raises(ArchiveError, match=r"Cannot read from/x-1.0.tar.gz: No such file"):
        read_site_release(source, SiteSettings())
    assert "not a gzip file" in refuse(tmp_path, GZIP_HEADER[1:])

"""Records: upip reads those of the host, and damaged ones are reported."""

import pytest

from sdist_upip.errors import ArchiveError
from sdist_upip.installed.device_archive import DeviceArchive
from sdist_upip.installed.package import InstalledPackage
from support.upip_device import import_module

DIGEST = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
TEXT = f"""\
my-app 1.0
file {DIGEST} my_app/__init__.py
file {DIGEST} my_app/a b é.py
needs logging>=0.5; sys_platform != 'linux'
needs\x20
"""


def test_a_record_is_read_and_written_alike():
    record = InstalledPackage.from_record(TEXT.encode())
    assert record == InstalledPackage(
        "my-app",
        "1.0",
        (("my_app/__init__.py", DIGEST), ("my_app/a b é.py", DIGEST)),
        ("logging>=0.5; sys_platform != 'linux'", ""),
    )
    assert record.to_record() == TEXT.encode()
    assert record.paths == ("my_app/__init__.py", "my_app/a b é.py")


def test_upip_reads_it_alike(upip, tmp_path):
    (tmp_path / ".upip").mkdir()
    (tmp_path / ".upip/my-app").write_bytes(TEXT.encode())
    record = InstalledPackage.from_record(TEXT.encode())
    store = import_module("upip_store")
    assert upip.list(str(tmp_path)) == [(record.name, record.version)]
    assert tuple(store.files(str(tmp_path), "my-app")) == record.paths
    assert tuple(store.lines(str(tmp_path), "my-app", "needs ")) == record.requires


def test_the_record_of_an_archive():
    archive = DeviceArchive((("a.py", b""), ("b.py", b"1")), ("c",))
    record = InstalledPackage.from_archive("My_.App", "1.0", archive)
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (record.name, record.version, record.requires) == ("my-app", "1.0", ("c",))
    assert record.files[0] == ("a.py", empty)
    assert record.paths == ("a.py", "b.py")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 has no name and version"),
        ("my-app\n", "line 1"),
        ("My-App 1.0\n", "'My-App' is not a normalized name"),
        ("../x 1.0\n", "'../x' is not a normalized name"),
        ("my-app 1.0", "the last line is truncated"),
        (TEXT[:-9], "the last line is truncated"),
        (TEXT + "\n", "line 6 is ''"),
        (f"x 1\nfile {DIGEST} ../a\n", r"path '\.\./a' has a '\.' or '\.\.' segment"),
        (f"x 1\nfile {DIGEST} /a\n", "path '/a' is absolute"),
        (f"x 1\nfile {DIGEST} a\\b\n", "contains a backslash"),
        (f"x 1\nfile {DIGEST} a\x1bb\n", "contains a control character"),
        (f"x 1\nfile {DIGEST} .upip/y\n", "in the place of the records of packages"),
        (f"x 1\nfile {DIGEST} .UPIP\n", "in the place of the records of packages"),
        (f"x 1\nfile {DIGEST} .upip. ./y.new\n", "in the place of the records of packages"),
        (f"x 1\nfile {DIGEST} UPIP~1/y.new\n", "in the place of the records of packages"),
        (f"x 1\nfile {DIGEST} .Sdist-upip/journal.json\n", "in the place of the records"),
        (f"x 1\nfile {DIGEST[1:]} a\n", "line 2"),
        ("x 1\n\n", "line 2"),
        (TEXT.replace("\n", "\r\n"), r"'1\.0\\r' is not a version"),
        (TEXT.replace("\n", "\r\n").replace("\r", "", 1), "contains a control character"),
        ("x 1\nneed y\n", "line 2 is 'need y'"),
    ],
)
def test_a_damaged_record_says_where(text, message):
    with pytest.raises(ValueError, match=message):
        InstalledPackage.from_record(text.encode())


@pytest.mark.parametrize(
    "name", ["", "A", "a b", "-", "a-", "a--b", "a.b", "a_b", "..", "a\n", "é"]
)
def test_a_name_that_is_none(name):
    with pytest.raises(ValueError, match="is not a normalized name"):
        InstalledPackage(name, "1", (), ())


@pytest.mark.parametrize(
    "version", ["", "x", "1.0\n", " 1", "1 0", "1.0+x\x1b", "1.0+x\nfile 0 boot.py", "١"]
)
def test_a_version_that_is_none(version):
    with pytest.raises(ValueError, match="is not a version"):
        InstalledPackage("a", version, (), ())


def test_a_requirement_of_two_lines_adds_no_file():
    with pytest.raises(ValueError, match="has more than one line"):
        InstalledPackage("a", "1", (), (f"b\nfile {DIGEST} boot.py",))


@pytest.mark.parametrize("path", ["aux.py", "a b ./c", "x:y", "x~1.py", "upip_ca.der"])
def test_paths_of_earlier_versions_are_read_and_not_installed(path):
    text = f"x 1\nfile {DIGEST} {path}\n"
    assert InstalledPackage.from_record(text.encode()).paths == (path,)
    with pytest.raises(ArchiveError, match=r"^'x' '1' cannot be installed: the path .* Do not use"):
        InstalledPackage.from_archive("x", "1", DeviceArchive(((path, b""),), ()))


@pytest.mark.parametrize(
    ("name", "version", "message"),
    [
        ("go od", "1", r"^'go od' '1' cannot be installed: 'go od' is not a normalized name"),
        ("a", "1\n", r"^'a' '1\\n' cannot be installed: '1\\n' is not a version\. Do not use"),
    ],
)
def test_an_archive_without_name_or_version(name, version, message):
    with pytest.raises(ArchiveError, match=message):
        InstalledPackage.from_archive(name, version, DeviceArchive((), ()))


def test_upip_may_have_its_own_files():
    archive = DeviceArchive((("upip_http.py", b""),), ())
    assert InstalledPackage.from_archive("UPIP", "1", archive).paths == ("upip_http.py",)


def test_a_record_that_is_not_text():
    with pytest.raises(ValueError, match="decode"):
        InstalledPackage.from_record(b"x 1\nneeds \xff\n")


@pytest.mark.parametrize(
    ("need", "names"),
    [
        ("A_b.C>=1", ["a-b-c"]),
        ("a[x,y] (>1)", ["a"]),
        ("a @ https://x.example/a.tar.gz", ["a"]),
        ("a; sys_platform == 'extra'", ["a"]),
        ("a; extra == 'x'", []),
        ("a; 'x' == extra and os_name == ''", []),
        ("", []),
        ("???", []),
    ],
)
def test_the_names_that_a_package_needs(need, names):
    assert list(InstalledPackage("x", "1", (), (need,)).required_names) == names

"""`freeze` takes the files that `install` takes, and freezes what `install` would install."""

import gzip
import io
import tarfile
import zlib

import pytest

from sdist_upip.errors import ArchiveError, NotForDevicesError
from sdist_upip.freeze.package_files import read_release
from sdist_upip.installed.device_archive import read_device_archive
from support.odd_archives import archive, entry, pack, tar
from support.wheels import FILES, INFO, METADATA, make_wheel

HISTORIC = {
    "oled.py": b"WIDTH = 128\n",
    "oled.egg-info/PKG-INFO": b"Metadata-Version: 1.0\nName: oled\nVersion: 0.3\n",
    "oled.egg-info/requires.txt": b"framebuf\n",
}
EMPTY_ZIP = b"PK\5\6" + bytes(18)
LONG = f"oled/{'x' * 120}.py"


def historic(files=HISTORIC, form=tarfile.GNU_FORMAT, window=12, root="oled-0.3/", mode=9):
    """Return an archive as the historic command wrote it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=form) as tar:
        for path, data in files.items():
            info = tarfile.TarInfo(root + path)
            info.size = len(data)
            info.mtime = 1_700_000_000.5
            tar.addfile(info, io.BytesIO(data))
    packer = zlib.compressobj(mode, wbits=16 + window)
    return packer.compress(raw.getvalue()) + packer.flush()


def read(tmp_path, data, name="oled-0.3.tar.gz"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_release(path)


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({}, ["oled.py"]),
        ({"form": tarfile.PAX_FORMAT}, ["oled.py"]),
        ({"form": tarfile.USTAR_FORMAT}, ["oled.py"]),
        ({"window": 15}, ["oled.py"]),
        ({"root": "./oled-0.3/"}, ["oled.py"]),
        ({"files": {**HISTORIC, LONG: b""}}, ["oled.py", LONG]),
        ({"files": {**HISTORIC, LONG: b""}, "form": tarfile.PAX_FORMAT}, ["oled.py", LONG]),
        ({"files": {"@PaxHeader": b"x", "oled/@LongLink": b"x", **HISTORIC}}, ["oled.py"]),
        ({"files": {**HISTORIC, "setup.cfg": b"", "README.md": b"x"}}, ["oled.py"]),
    ],
)
def test_archives_of_the_historic_command(options, paths, tmp_path):
    data = historic(**options)
    release = read(tmp_path, data)
    assert release.root == "oled-0.3"
    assert [member.path for member in release] == [*paths, "oled.egg-info/requires.txt"]
    assert release.get("oled.egg-info/requires.txt").data == b"framebuf\n"
    if "@PaxHeader" not in options.get("files", ()):
        assert list(read_device_archive(data, "oled").files) == [
            (member.path, member.data) for member in list(release)[:-1]
        ]


@pytest.mark.parametrize("name", ["renamed.tar.gz", "oled.tar.gz", "file", "oled-0.3.tgz"])
def test_the_directory_names_the_release_if_the_file_does_not(name, tmp_path):
    assert read(tmp_path, historic(), name).root == "oled-0.3"


def test_an_archive_of_ours_may_have_any_name(tmp_path):
    assert read(tmp_path, archive(), "any").root == "x-1.0"


SDIST = {
    "PKG-INFO": b"Metadata-Version: 2.1\nName: oled\nVersion: 0.3\nRequires-Dist: a>=1\n"
    b"Requires-Dist: b ; extra == 'dev'\n",
    "setup.py": b"from setuptools import setup\nsetup()\n",
    "src/oled/__init__.py": b"",
    "tests/test_oled.py": b"",
}


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_source_distributions(form, tmp_path):
    release = read(tmp_path, historic(SDIST, form))
    assert {member.path: member.data for member in release} == {
        "oled/__init__.py": b"",
        "oled.egg-info/requires.txt": b"a\n",
    }


def test_a_plain_source_distribution_is_none_of_ours(tmp_path):
    data = archive({"PKG-INFO": "Name: x\n", "setup.py": "import x\n", "src/x.py": ""})
    assert [member.path for member in read(tmp_path, data, "x-1.0.tar.gz")] == ["x.py"]


def test_what_an_sdist_does_not_show(tmp_path, caplog):
    files = {"setup.py": b"import setuptools\n", "a.py": b"", "b.py": b""}
    with pytest.raises(NotForDevicesError, match="Convert it with sdist-upip repack, which"):
        read(tmp_path, historic(files))
    read(tmp_path, historic({**files, "oled.py": b""}))
    first, second = caplog.messages
    assert "a.py, b.py of the sdist is not frozen. If the package needs it, convert" in first
    assert "the sdist has no PKG-INFO, so its requirements are not known" in second


def test_wheels(tmp_path):
    wheel = make_wheel(
        tmp_path,
        {
            "x/__init__.py": "",
            "x/py.typed": "",
            f"{INFO}/METADATA": f"{METADATA}Requires-Dist: y (>=1)\n",
            f"{INFO}/WHEEL": FILES[f"{INFO}/WHEEL"],
        },
    )
    release = read_release(wheel)
    assert [member.path for member in release] == ["x/__init__.py", "x.egg-info/requires.txt"]
    assert release.get("x.egg-info/requires.txt").data == b"y\n"


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("x-1.0.tar.gz", b"x", "This is not a gzip file"),
        ("x-1.0.tar.gz", gzip.compress(b"x", mtime=0), "The tar is truncated"),
        ("x-1.0.whl", b"", "Restore the original file name"),
        ("x-1.0-py3-none-any.whl", b"", "is not a valid zip file"),
        ("x-1.0-py3-none-any.whl", EMPTY_ZIP, "expected one .dist-info directory"),
        ("x.tar.gz", pack(tar({}, entry("x/y.py"))), "Restore the original file name, NAME-VER"),
        ("x-1.0.tar.gz", pack(tar({}, entry("x-1.0/y.py", kind=b"2"))), "is a link"),
    ],
)
def test_other_files(name, data, error, tmp_path):
    with pytest.raises(ArchiveError, match=error) as caught:
        read(tmp_path, data, name)
    assert str(caught.value).startswith(str(tmp_path / name))
    assert str(caught.value).count(str(tmp_path)) == 1
    assert str(caught.value).count(name) == 1


def test_a_missing_file(tmp_path):
    with pytest.raises(ArchiveError, match=r"^Cannot read .*: No such file or directory\. Pass"):
        read_release(tmp_path / "x-1.0.tar.gz")

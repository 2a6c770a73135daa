"""What is installed of a wheel of pure Python."""

import pytest

from sdist_upip.errors import ArchiveError, LimitError, NotForDevicesError
from sdist_upip.installed import pure_wheel as module
from sdist_upip.installed.pure_wheel import read_pure_wheel
from support.wheels import FILES, INFO, METADATA, make_wheel, pure_wheel


def read(directory, files, requires=(), project="x"):
    path = directory / "x-1.0-py3-none-any.whl"
    path.write_bytes(pure_wheel("x", "1.0", files, requires))
    return read_pure_wheel(path, project)


def test_files_and_requirements(tmp_path):
    files = {**FILES, f"{INFO}/METADATA": f"{METADATA}Requires-Dist: y>=1\nRequires-Dist: z\n"}
    archive = read_pure_wheel(make_wheel(tmp_path, files), "x")
    assert dict(archive.files) == {
        "x/__init__.py": b"",
        "x/more.py": b"",
        "www/index.html": b"page",
    }
    assert archive.requires == ("y>=1", "z")


def test_files_for_computers_are_left_out(tmp_path):
    left_out = ("x/a.pyi", "x/py.typed", "x/a.pyc", "x/__pycache__/a", "setup.cfg", "README",
                "PKG-INFO", "x.egg-info/a", "x/libfoo.so", "x/foo.dll", "x/foo.a")  # fmt: skip
    archive = read(tmp_path, {"x/a.py": "1", "x/README": "2", **dict.fromkeys(left_out, "")})
    assert archive.files == (("x/a.py", b"1"), ("x/README", b"2"))


@pytest.mark.parametrize(
    ("files", "kind", "message"),
    [
        ({"x.so": ""}, NotForDevicesError, r"contains x\.so, which is compiled for a computer"),
        ({"x/y.abi3.so": "", "x/lib.so": ""}, NotForDevicesError, r"contains x/y\.abi3\.so, which"),
        ({"x/y.pyd": ""}, NotForDevicesError, r"contains x/y\.pyd, which"),
        ({".upip/x": ""}, ArchiveError, "in the place of the records"),
        ({"upip.py": ""}, ArchiveError, "in the place of upip itself"),
        ({"a:b.py": ""}, ArchiveError, "contains ':'"),
        ({"x.py": "", "X.py": ""}, ArchiveError, "which are one name on FAT"),
    ],
)
def test_what_is_refused(tmp_path, files, kind, message):
    with pytest.raises(ArchiveError, match=message) as caught:
        read(tmp_path, files)
    assert type(caught.value) is kind


def test_limits(tmp_path, monkeypatch):
    assert len(read(tmp_path, {}, ["y"] * 500).requires) == 500
    with pytest.raises(LimitError, match="more than 500 requirements"):
        read(tmp_path, {}, ["y"] * 501)
    monkeypatch.setattr(module, "SIZE_LIMIT", 5)
    assert len(read(tmp_path, {"x.py": "12345", "README": "123456"}).files) == 1
    with pytest.raises(LimitError, match=r"the files have 6 bytes\. No more than 5 are installed"):
        read(tmp_path, {"x.py": "123", "y.py": "456"})


def test_a_requirement_that_upip_does_not_read(tmp_path):
    with pytest.raises(ArchiveError, match="not printable ASCII"):
        read(tmp_path, {}, ["y; extra == 'é'"])


def test_upip_brings_its_own_files(tmp_path):
    assert read(tmp_path, {"upip.py": ""}, project="upip").files == (("upip.py", b""),)

"""`sdist-upip repack` of wheels, source distributions and legacy archives."""

import io
import tarfile

import pytest

from sdist_upip.builders.convert import needs_conversion
from sdist_upip.check.archive import check_archive
from support.backends import BACKENDS, FILES
from support.odd_archives import entry, pack, tar
from support.trees import read_members, write_tree
from support.warm_python import run_warm

PKG_INFO = "Metadata-Version: 1.0\nName: micropython-x.y\nVersion: 1.0\nSummary: UNKNOWN\n"
LEGACY = {
    "micropython_x.y.egg-info/PKG-INFO": PKG_INFO,
    "micropython_x.y.egg-info/requires.txt": "micropython-time\nmicropython-os>=0.5\n\n[dev]\nz\n",
    "PKG-INFO": PKG_INFO,
    "x/__init__.py": "from x import y\n",
    "x/y.py": "",
    "x/R.py": "R = {\n'a.txt': b'1',\n}\n",
}


def write_legacy(path, files, root="micropython-x.y-1.0"):
    """Write an archive as the legacy tool did: PAX headers for every member, a wide window."""
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"{root}/{name}")
            info.mtime, info.size = 1400000000.5, len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


def repack(source, *arguments):
    return run_warm("-m", "sdist_upip", "repack", source, *arguments, cwd=source.parent)


def test_a_legacy_archive_is_normalized_and_completed(tmp_path):
    source = write_legacy(tmp_path / "micropython-x.y-1.0.tar.gz", LEGACY)
    assert check_archive(source).problems
    result = repack(source, "--complete", "-o", f"{tmp_path}/out/")
    assert result.returncode == 0, result
    (archive,) = (tmp_path / "out").iterdir()
    assert archive.name == "micropython_x_y-1.0.tar.gz"
    members = read_members(archive)
    assert members.pop("PKG-INFO").decode().splitlines() == [
        "Metadata-Version: 2.1",
        "Name: micropython-x.y",
        "Version: 1.0",
        "Requires-Dist: micropython-time",
        "Requires-Dist: micropython-os>=0.5",
        'Requires-Dist: z; extra == "dev"',
        "Provides-Extra: dev",
    ]
    assert members.pop("micropython_x_y.egg-info/requires.txt") == (
        b"micropython-time\nmicropython-os\n"
    )
    kept = {path: text.encode() for path, text in LEGACY.items() if path.startswith("x/")}
    assert members == kept
    assert check_archive(archive).errors == 0
    assert not needs_conversion(archive)


def test_metadata_comes_from_egg_info_or_the_directory(tmp_path):
    without = {path: text for path, text in LEGACY.items() if path != "PKG-INFO"}
    source = write_legacy(tmp_path / "a.tar.gz", without)
    assert repack(source, "--complete", "-o", tmp_path / "b.tar.gz").returncode == 0
    assert b"Name: micropython-x.y\n" in read_members(tmp_path / "b.tar.gz")["PKG-INFO"]
    files = {"x.py": "", "some_thing.egg-info/requires.txt": "micropython-time\n"}
    bare = write_legacy(tmp_path / "c.tar.gz", files, root="some-thing-2.1")
    assert repack(bare, "--complete").returncode == 0
    members = read_members(tmp_path / "some_thing-2.1.tar.gz")
    assert members["PKG-INFO"] == (
        b"Metadata-Version: 2.1\nName: some-thing\nVersion: 2.1\nRequires-Dist: micropython-time\n"
    )


def test_settings_that_would_do_nothing_are_refused(tmp_path):
    source = write_legacy(tmp_path / "micropython_x_y-1.0.tar.gz", LEGACY)
    before = source.read_bytes()
    result = repack(source, "--pip-compatible")
    assert result.returncode == 1
    assert "Pass --complete to build it again." in result.stderr
    assert source.read_bytes() == before
    assert repack(source, "--pip-compatible", "--complete").returncode == 0
    assert "setup.py" in read_members(source)
    assert repack(source, "--complete").returncode == 0
    assert "setup.py" in read_members(source)
    result = repack(source, "--no-pip-compatible", "--complete")
    assert result.returncode == 0
    assert "setup.py" not in read_members(source)
    assert "x/R.py" in read_members(source)


def make_flit(tmp_path, kind):
    project = write_tree(tmp_path / "project", {**FILES, **BACKENDS["flit"]})
    result = run_warm("-m", "build", f"--{kind}", "--no-isolation", cwd=project)
    assert result.returncode == 0, result
    (made,) = (project / "dist").iterdir()
    return made


def test_a_wheel_is_converted_next_to_itself(tmp_path):
    wheel = make_flit(tmp_path, "wheel")
    result = repack(wheel, "--pip-compatible", "--resources", "files")
    assert result.returncode == 0, result
    archive = wheel.parent / "blinker_app-1.2.0.tar.gz"
    assert result.stdout.startswith(f"{archive}\n")
    assert sorted(read_members(archive)) == [
        "PKG-INFO",
        "blinker/__init__.py",
        "blinker/pins/__init__.py",
        "blinker/web/page.html",
        "blinker_app.egg-info/requires.txt",
        "setup.py",
    ]


def test_a_source_distribution_is_not_replaced(tmp_path):
    sdist = make_flit(tmp_path, "sdist")
    before = sdist.read_bytes()
    result = repack(sdist, "--no-isolation")
    assert result.returncode == 1
    assert (
        "is the source distribution itself. Pass another file or directory with -o."
        in result.stderr
    )
    assert sdist.read_bytes() == before
    assert repack(sdist, "--no-isolation", "-o", f"{tmp_path}/out/").returncode == 0
    assert "blinker/R.py" in read_members(tmp_path / "out" / sdist.name)


def test_an_ordinary_sdist_beside_a_wheel_is_not_replaced(tmp_path):
    wheel = make_flit(tmp_path, "wheel")
    sdist = wheel.parent / "blinker_app-1.2.0.tar.gz"
    files = {"pyproject.toml": "", "tests/test_blinker.py": "", "PKG-INFO": PKG_INFO}
    write_legacy(sdist, files, root="blinker_app-1.2.0")
    for content in (sdist.read_bytes(), sdist.read_bytes()[:-30]):
        sdist.write_bytes(content)
        for where in ((), ("-o", wheel.parent), ("-o", sdist)):
            result = repack(wheel, *where)
            assert result.returncode == 1
            assert "already exists and is not a device archive. Pass another file" in result.stderr
            assert sdist.read_bytes() == content
    device = write_legacy(tmp_path / "d" / sdist.name, {"x.py": ""})
    assert repack(device, "-o", wheel.parent).returncode == 1
    assert sdist.read_bytes() == content
    assert repack(wheel, "-o", tmp_path / "other.tar.gz").returncode == 0
    assert repack(wheel, "-o", tmp_path / "other.tar.gz").returncode == 0


def test_output_means_the_same_for_wheels_and_archives(tmp_path):
    archive = write_legacy(tmp_path / "micropython_x_y-1.0.tar.gz", LEGACY)
    for number, source in enumerate((make_flit(tmp_path, "wheel"), archive)):
        place = tmp_path / str(number)
        assert repack(source, "-o", f"{place}/new/").returncode == 0
        assert repack(source, "-o", f"{place}/foo.tgz").returncode == 0
        (made,) = (place / "new").iterdir()
        assert made.name.endswith("-1.0.tar.gz" if source == archive else "-1.2.0.tar.gz")
        assert (place / "foo.tgz").read_bytes() == made.read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "x-1.0-cp311-cp311-win32.whl",
            b"",
            "expected a wheel of pure Python 3, got tag cp311-cp311-win32",
        ),
        ("x-1.0-py3-none-any.whl", b"no zip", "is not a valid zip file"),
        ("x.tar.gz", b"no gzip", "This is not a gzip file"),
        ("x.tar.gz", None, "Cannot read"),
    ],
)
def test_a_file_that_is_not_an_archive_is_refused(name, data, message, tmp_path):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    result = repack(tmp_path / name)
    assert (result.returncode, result.stdout) == (1, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("size", [b"\x80" + b"\xff" * 11, b"\x80\0\0\0\x7f" + b"\xff" * 7])
def test_a_size_beyond_all_bounds_is_refused(size, tmp_path):
    (tmp_path / "x-1.tar.gz").write_bytes(pack(tar({}, entry("x-1/setup.py", size=size))))
    for arguments in ((), ("--complete",)):
        result = repack(tmp_path / "x-1.tar.gz", *arguments)
        assert (result.returncode, result.stdout) == (1, "")
        assert "Traceback" not in result.stderr
        assert "again" in result.stderr

"""A wheel becomes the archive that our command would make, and a broken one is refused."""

import base64
import contextlib
import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest

from backends import EXAMPLES
from conftest import ROOT, read_members, run_python, write_tree
from sdist_upip.builders.from_wheel import build_from_wheel
from sdist_upip.config import Config, read_config
from sdist_upip.errors import ArchiveError, NotForDevicesError, ProjectError
from sdist_upip.project.wheel import read_wheel

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools", "ignore::Warning:distutils")

INFO = "x-1.0.dist-info"
METADATA = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n"
FILES = {
    "x/__init__.py": "",
    "x/py.typed": "",
    "x-1.0.data/data/www/index.html": "page",
    "x-1.0.data/platlib/x/more.py": "",
    "x-1.0.data/scripts/x": "#!python\n",
    "x-1.0.data/headers/x.h": "",
    f"{INFO}/METADATA": METADATA + "License-File: LICENSE\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\nx = x:main\n",
    f"{INFO}/licenses/LICENSE": "You may.\n",
}


def record_line(path, data, algorithm="sha256"):
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()
    return f"{path},{algorithm}={digest},{len(data)}\n"


def make_wheel(
    directory,
    files,
    name="x-1.0-py3-none-any.whl",
    record=None,
    method=zipfile.ZIP_STORED,
    info=INFO,
):
    """Write a wheel; `record` maps the lines of its RECORD to other lines."""
    contents = {path: text.encode() for path, text in files.items()}
    lines = "".join(record_line(path, data) for path, data in contents.items())
    lines += f"{info}/RECORD,,\n"
    contents[f"{info}/RECORD"] = (record(lines) if record else lines).encode()
    with zipfile.ZipFile(directory / name, "w", method) as archive:
        for path, data in contents.items():
            archive.writestr(path, data)
    return directory / name


def test_a_wheel_becomes_a_device_archive(tmp_path):
    wheel = make_wheel(tmp_path, FILES)
    build = build_from_wheel(wheel, tmp_path / "dist", Config())
    assert sorted(read_members(build.archive.path)) == [
        *("PKG-INFO", "www/index.html", "x/__init__.py", "x/more.py")
    ]
    left = {item.source.removeprefix(f"{wheel.name}/"): item.reason for item in build.excluded}
    assert left == {
        "x/py.typed": "type information, which no device reads",
        "x-1.0.data/scripts/x": "script for the host",
        "x-1.0.data/headers/x.h": "outside every declared package",
    }


def test_licenses_and_entry_points_of_a_wheel_are_kept_on_request(tmp_path):
    config = Config(license_files="keep", pip_compatible=True)
    build = build_from_wheel(make_wheel(tmp_path, FILES), tmp_path / "dist", config)
    members = read_members(build.archive.path)
    assert members["x.egg-info/licenses/LICENSE"] == b"You may.\n"
    assert b"License-File: x.egg-info/licenses/LICENSE\n" in members["PKG-INFO"]
    assert b"x = x:main" in members["setup.py"]


@pytest.mark.parametrize(
    "tags", ["py3-none-any", "py2.py3-none-any", "py310-none-any", "micropython-none-any"]
)
def test_tags_of_pure_python_3_and_of_micropython_are_accepted(tags, tmp_path):
    assert read_wheel(make_wheel(tmp_path, FILES, f"x-1.0-{tags}.whl")).name == "x"


@pytest.mark.parametrize(
    "tags", ["py2-none-any", "cp312-cp312-linux_x86_64", "py3-none-win_amd64", "cp39-none-any"]
)
def test_other_tags_are_refused(tags, tmp_path):
    with pytest.raises(
        NotForDevicesError, match=r"a device runs pure Python 3; build a wheel with"
    ):
        read_wheel(make_wheel(tmp_path, FILES, f"x-1.0-{tags}.whl"))


def test_compiled_code_is_refused_unless_it_is_excluded(tmp_path):
    files = {**FILES, "x/fast.cpython-311-x86_64-linux-gnu.so": "\x7fELF"}
    wheel = make_wheel(tmp_path, files)
    with pytest.raises(ProjectError, match=r"extension module 'x\.fast' cannot run on a device"):
        build_from_wheel(wheel, tmp_path, Config())
    build = build_from_wheel(wheel, tmp_path, Config(exclude=("x/fast.*",)))
    assert "x/fast" not in " ".join(read_members(build.archive.path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({f"{INFO}/METADATA": None}, r"holds no x-1\.0\.dist-info/METADATA"),
        ({f"{INFO}/WHEEL": None}, r"holds no x-1\.0\.dist-info/WHEEL"),
        ({f"{INFO}/WHEEL": "Wheel-Version: 2.0\n"}, r"is of wheel format 2\.0"),
        ({f"{INFO}/METADATA": METADATA.replace("1.0", "1.1")}, "METADATA is of x 1.1"),
        ({f"{INFO}/licenses/LICENSE": None}, "names the license 'LICENSE', which is missing"),
        ({"y-1.0.dist-info/METADATA": METADATA}, r"holds 2 \.dist-info directories instead of one"),
        ({"../evil.py": ""}, r"the path '\.\./evil\.py' has a '\.' or '\.\.' segment"),
        ({"x-1.0.data/purelib/x/__init__.py": "1"}, "installs 'x/__init__.py' twice"),
        ({"x-1.0.data/lib/x.py": ""}, "is of no scheme that wheels have"),
        ({f"{INFO}/entry_points.txt": "\udce4"}, "entry_points.txt is not UTF-8"),
    ],
)
def test_a_broken_wheel_is_refused(change, message, tmp_path):
    files = {path: text for path, text in {**FILES, **change}.items() if text is not None}
    contents = {path: text.encode(errors="surrogateescape") for path, text in files.items()}
    contents[f"{INFO}/RECORD"] = (
        "".join(record_line(path, data) for path, data in contents.items()) + f"{INFO}/RECORD,,\n"
    ).encode()
    wheel = tmp_path / "x-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in contents.items():
            archive.writestr(path, data)
    with pytest.raises(ArchiveError, match=message):
        read_wheel(wheel)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            lambda lines: lines.replace("x/__init__.py,sha256=4", "x/__init__.py,sha256=5"),
            "differs",
        ),
        (lambda lines: lines.replace(",4\n", ",5\n"), "'x-1.0.data/data/www/index.html' differs"),
        (lambda lines: lines.replace("x/py.typed", "x/other"), "lists 'x/other', which is missing"),
        (lambda lines: lines.partition("\n")[2], "'x/__init__.py' is not listed in RECORD"),
        (
            lambda lines: lines.partition("\n")[2] + record_line("x/__init__.py", b"", "md5"),
            "has no hash of sha256 or better",
        ),
    ],
)
def test_every_file_is_verified_against_record(record, message, tmp_path):
    with pytest.raises(ArchiveError, match=message):
        read_wheel(make_wheel(tmp_path, FILES, record=record))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.whl", b"", "Invalid wheel filename"),
        ("x-1.0-py3-none-any.whl", b"no zip", "is no readable zip file"),
        ("missing-1.0-py3-none-any.whl", None, "No such file"),
    ],
)
def test_a_file_that_is_no_wheel_is_refused(name, data, message, tmp_path):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ArchiveError, match=message):
        read_wheel(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_wheel_with_flipped_bytes_is_refused(method, tmp_path):
    path = tmp_path / "x-1.0-py3-none-any.whl"
    make_wheel(tmp_path, {**FILES, "x/text.py": "".join(map(str, range(2000)))}, method=method)
    data = path.read_bytes()
    for position in range(0, len(data), 3):
        path.write_bytes(data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :])
        with contextlib.suppress(ArchiveError):
            read_wheel(path)


def build_wheel_with_setuptools(project, outdir):
    result = run_python(
        *("-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check", "-o", outdir),
        cwd=project,
    )
    assert result.returncode == 0, result
    (wheel,) = Path(outdir).glob("*.whl")
    return wheel


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("setting", ["", "--license-files=keep"])
def test_an_example_and_its_wheel_have_the_same_members(name, setting, build, tmp_path):
    project = shutil.copytree(ROOT / "examples" / name, tmp_path / name)
    expected = build(project, *filter(None, [setting]))
    wheel = build_wheel_with_setuptools(project, tmp_path / "wheels")
    config = read_config(project, {"license-files": "keep"} if setting else {})
    made = build_from_wheel(wheel, tmp_path / "again", config, project)
    assert read_members(made.archive.path) == expected


def test_sources_are_traced_and_what_no_wheel_holds_is_named(tmp_path):
    project = write_tree(
        tmp_path / "project",
        {
            "src/x/__init__.py": "",
            "src/x/forgotten.txt": "",
            "src/x/more.py": "other bytes",
            "www/style.css": "",
        },
    )
    config = Config(include=("www/*",))
    build = build_from_wheel(make_wheel(tmp_path, FILES), tmp_path / "dist", config, project)
    left = {item.source: item.reason for item in build.excluded}
    assert left["src/x/forgotten.txt"] == "not in the wheel that the project's backend builds"
    assert left["src/x/more.py"] == "another file is installed in its place"
    members = read_members(build.archive.path)
    assert members["x/more.py"] == b""
    assert members["www/style.css"] == b""

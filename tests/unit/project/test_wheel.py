"""Wheels are read strictly, and a broken one is refused."""

import contextlib
import tracemalloc
import zipfile

import pytest

from sdist_upip.errors import ArchiveError, NotForDevicesError
from sdist_upip.project.wheel import read_wheel
from support.wheels import FILES, INFO, METADATA, make_wheel, record_line

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools", "ignore::Warning:distutils")


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
        NotForDevicesError,
        match=r"expected a wheel of pure Python 3, got tag .*\. Build a wheel with the tag",
    ):
        read_wheel(make_wheel(tmp_path, FILES, f"x-1.0-{tags}.whl"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({f"{INFO}/METADATA": None}, r" x-1\.0\.dist-info/METADATA is missing"),
        ({f"{INFO}/WHEEL": None}, r" x-1\.0\.dist-info/WHEEL is missing"),
        ({f"{INFO}/WHEEL": "Wheel-Version: 2.0\n"}, r"expected wheel format 1\.x, got 2\.0"),
        (
            {f"{INFO}/METADATA": METADATA.replace("1.0", "1.1")},
            r"expected METADATA of x 1\.0, got x 1\.1",
        ),
        ({f"{INFO}/licenses/LICENSE": None}, "file 'LICENSE', listed in METADATA, is missing"),
        ({"y-1.0.dist-info/METADATA": METADATA}, r"expected one \.dist-info directory, got 2"),
        ({"../evil.py": ""}, r"the path '\.\./evil\.py' has a '\.' or '\.\.' segment"),
        ({"x-1.0.data/purelib/x/__init__.py": "1"}, r"two files have .* path 'x/__init__\.py'"),
        ({"x-1.0.data/lib/x.py": ""}, "'x-1.0.data/lib/x.py' is not in a known install"),
        ({"X-1.0.data/lib/x.py": ""}, "'X-1.0.data/lib/x.py' is not in a known install"),
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
            "does not match its hash or size in RECORD",
        ),
        (
            lambda lines: lines.replace(",4\n", ",5\n"),
            "'x-1.0.data/data/www/index.html' does not match its hash or size",
        ),
        (
            lambda lines: lines.replace("x/py.typed", "x/other"),
            "'x/other' is listed in RECORD but is missing",
        ),
        (lambda lines: lines.partition("\n")[2], "'x/__init__.py' is not listed in RECORD"),
        (
            lambda lines: lines.partition("\n")[2] + record_line("x/__init__.py", b"", "md5"),
            "has no hash of at least sha256 in RECORD",
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
        ("x-1.0-py3-none-any.whl", b"no zip", "is not a valid zip file"),
        ("missing-1.0-py3-none-any.whl", None, "No such file"),
    ],
)
def test_a_file_that_is_not_a_wheel_is_refused(name, data, message, tmp_path):
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


def test_a_wheel_of_more_than_the_limit_is_not_read(tmp_path):
    wheel = tmp_path / "x-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in "ab":
            archive.writestr(name, bytes(33 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match=r"No more than 67,108,864 are read\. Split"):
            read_wheel(wheel)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()

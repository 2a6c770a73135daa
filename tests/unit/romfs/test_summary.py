"""Summaries of images: how a board uses each file, and errors with the path."""

import pytest

from sdist_upip.errors import ArchiveError
from sdist_upip.mpy.abi import Abi
from sdist_upip.romfs.records import PACKAGES
from sdist_upip.romfs.summary import FileSummary, has_image, summarize_image
from sdist_upip.romfs.writer import write_image

FILES = {
    "lib/a.mpy": b"M\x06\x00\x1f",
    "lib/b.mpy": b"M\x06\x1f\x1f",
    "lib/c.mpy": b"M\x06",
    "lib/d.mpy": b"",
    "lib/e.py": b"1",
    "lib/f.bin": b"M\x06\x00\x1f",
}


@pytest.fixture
def image(tmp_path):
    """The path of an image that is followed by three bytes."""
    path = tmp_path / "lib.romfs"
    path.write_bytes(write_image(FILES, PACKAGES + b"a 1.0\n") + b"\xff" * 3)
    return path


def test_a_summary(image):
    summary = summarize_image(image)
    data = image.read_bytes()
    assert summary.image == str(image)
    assert (summary.size, summary.unused) == (len(data) - 3, 3)
    assert summary.packages == (("a", "1.0"),)
    assert summary.abis == (Abi(6), Abi(6, 3, 7))
    uses = ["flash", "copied", "invalid", "invalid", "compiled", "data"]
    assert [file.use for file in summary.files] == uses
    for file, (path, content) in zip(summary.files, FILES.items(), strict=True):
        offset = data.index(content, file.offset) if content else file.offset
        assert file == FileSummary(path, len(content), offset, file.use)


def test_images_are_recognized(image, tmp_path):
    assert has_image(image)
    (tmp_path / "gzip").write_bytes(b"\x1f\x8b\x08")
    (tmp_path / "empty").write_bytes(b"")
    assert not any(map(has_image, (tmp_path, *map(tmp_path.joinpath, ("gzip", "empty", "none")))))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, r"Cannot read .*lib\.romfs: No such file or directory"),
        (b"\xd2\xcd\x31\x05", r"Cannot read .*lib\.romfs\. The image is truncated"),
    ],
)
def test_errors_name_the_file(tmp_path, data, message):
    path = tmp_path / "lib.romfs"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ArchiveError, match=message):
        summarize_image(path)

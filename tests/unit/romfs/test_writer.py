"""Images: their bytes, and data that is aligned."""

import random

import pytest

from sdist_upip.romfs.reader import read_image
from sdist_upip.romfs.writer import ALIGNMENT, write_image

IMAGES = [
    pytest.param({}, b"\xd2\xcd\x31\x00", id="nothing"),
    pytest.param({"a.py": b""}, b"\xd2\xcd\x31\x80\x09\x05\x07\x04a.py\x02\x00", id="empty"),
    pytest.param({"a.py": b"x"}, b"\xd2\xcd\x31\x0a\x05\x08\x04a.py\x02\x01x", id="odd"),
    pytest.param(
        {"d/a.py": b"x"},
        b"\xd2\xcd\x31\x0e\x04\x0c\x01d\x05\x08\x04a.py\x02\x01x",
        id="directory",
    ),
    pytest.param(
        {"a.txt": b"text"},
        b"\xd2\xcd\x31\x10\x05\x0e\x05a.txt\x02\x80\x80\x04text",
        id="data at byte 16",
    ),
    pytest.param(
        {"a.txt": b"odd"},
        b"\xd2\xcd\x31\x12\x05\x0d\x05a.txt\x02\x80\x80\x03odd\x01\x01\n",
        id="a comment instead of a longer number, which would move the data",
    ),
]


def read_files(image):
    """Return {path: content} of an image."""
    return {
        file.path: image[file.offset : file.offset + file.size] for file in read_image(image).files
    }


@pytest.mark.parametrize(("files", "image"), IMAGES)
def test_images_have_the_bytes_of_the_format(files, image):
    assert write_image(files) == image


def make_files(seed):
    """Return files of all kinds and of sizes around those where the size of a number changes."""
    chance = random.Random(seed)
    sizes = (0, 1, 2, 3, 4, 5, 90, 110, 120, 125, 127, 128, 130, 400, 16_380, 16_384)
    files = {}
    for number in range(chance.randrange(1, 25)):
        depth = chance.randrange(4)
        name = chance.choice(["", "é", "°" * 40]) + str(number)
        parents = "".join(f"{chance.choice('abc')}/" for _ in range(depth))
        suffix = chance.choice([".py", ".mpy", ".txt", ""])
        files[f"lib/{parents}{name}{suffix}"] = chance.randbytes(chance.choice(sizes))
    return files


@pytest.mark.parametrize("seed", range(150))
def test_data_is_aligned_and_all_is_read_again(seed):
    files = make_files(seed)
    comment = b"" if seed % 3 else b"x" * random.Random(seed).randrange(1, 300)
    image = write_image(files, comment)
    assert read_files(image) == files
    assert len(image) % 2 == 0
    assert comment in image
    for file in read_image(image).files:
        if file.size and not file.path.endswith((".py", ".mpy")):
            assert file.offset % ALIGNMENT == 0, file


def test_the_order_of_files_does_not_matter():
    files = make_files(1)
    assert write_image(dict(reversed(files.items())), b"c") == write_image(files, b"c")


def test_entries_are_sorted_by_name_as_those_of_mpremote():
    files = {"lib/b.py": b"", "lib/a/x.py": b"", "lib/a.py": b""}
    paths = [file.path for file in read_image(write_image(files)).files]
    assert paths == ["lib/a/x.py", "lib/a.py", "lib/b.py"]


def test_padding_takes_few_bytes():
    files = {f"lib/{number}.txt": b"data!" for number in range(100)}
    modules = {f"lib/{number}.mpy": b"data!" for number in range(100)}
    assert len(write_image(files)) - len(write_image(modules)) <= 100 * (ALIGNMENT - 1) + 4

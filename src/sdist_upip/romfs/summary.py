"""Summaries of images: their packages and files, and whether a board needs RAM for their code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import ArchiveError
from ..files.regular import read_start
from ..limits import IMAGE_LIMIT
from ..mpy.abi import Abi, read_abi
from .reader import Image, ImageFile, is_image, read_image
from .records import MAGIC

FLASH, COPIED, COMPILED, DATA, INVALID = "flash", "copied", "compiled", "data", "invalid"
"""How a board uses a file: bytecode runs from flash, machine code is copied to RAM, source is
compiled there, data are read, and a .mpy file without a valid header cannot be imported."""


@dataclass(frozen=True, slots=True)
class FileSummary:
    """A file in an image: `size` and `offset` in bytes, and its `use` by a board."""

    path: str
    size: int
    offset: int
    use: str


@dataclass(frozen=True, slots=True)
class ImageSummary:
    """The content of an image. `size` is that of the image, `unused` what follows it in the file.

    `packages` are (name, version). `abis` are what the .mpy files require.
    """

    image: str
    size: int
    unused: int
    packages: tuple[tuple[str, str], ...]
    files: tuple[FileSummary, ...]
    abis: tuple[Abi, ...]


def has_image(path: Path) -> bool:
    """Return whether the file at `path` begins as an image. A file that is not there does not."""
    try:
        return is_image(read_start(path, len(MAGIC)))
    except OSError:
        return False


def summarize_image(path: Path) -> ImageSummary:
    """Return the summary of the image at `path`; raise ArchiveError if it cannot be read."""
    try:
        data = read_start(path, IMAGE_LIMIT + 1)
        image = read_image(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArchiveError(f"Cannot read {path}: {reason}. Pass the path of an image.") from error
    except ArchiveError as error:
        raise type(error)(f"Cannot read {path}. {error}") from error
    return _summarize(str(path), data, image)


def _summarize(name: str, data: bytes, image: Image) -> ImageSummary:
    files = []
    abis = set()
    for file in image.files:
        abi = _read_abi(data, file)
        if abi:
            abis.add(abi)
        files.append(FileSummary(file.path, file.size, file.offset, _find_use(file.path, abi)))
    unused = len(data) - image.size
    return ImageSummary(name, image.size, unused, image.packages, tuple(files), (*sorted(abis),))


def _read_abi(data: bytes, file: ImageFile) -> Abi | None:
    if not file.path.endswith(".mpy"):
        return None
    try:
        return read_abi(data[file.offset : file.offset + min(file.size, 4)])
    except ArchiveError:
        return None


def _find_use(path: str, abi: Abi | None) -> str:
    if path.endswith(".mpy"):
        if abi is None:
            return INVALID
        return COPIED if abi.architecture else FLASH
    return COMPILED if path.endswith(".py") else DATA

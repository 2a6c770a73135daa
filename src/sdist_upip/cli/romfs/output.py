"""The output of `sdist-upip show` for images of ROMFS: a table as text, or a part of the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...messages.output import Line, bold, dim, green
from ...messages.text import encodable, make_line
from ...romfs.summary import COMPILED, COPIED, DATA, FLASH, INVALID, ImageSummary

_USES = {
    FLASH: "runs from flash",
    COPIED: "machine code, copied to RAM",
    COMPILED: "source, compiled in RAM",
    DATA: "data",
    INVALID: "not a valid .mpy file",
}
_REST = "(names and padding)"


def image_as_json(summary: ImageSummary) -> dict[str, Any]:
    """Return the object of an image that docs/reference/json.md describes."""
    return {
        "image": summary.image,
        "size": summary.size,
        "unused": summary.unused,
        "packages": [{"name": name, "version": version} for name, version in summary.packages],
        "mpy": [abi.keyword for abi in summary.abis],
        "files": [
            {"path": file.path, "size": file.size, "offset": file.offset, "use": file.use}
            for file in summary.files
        ],
    }


def render_image(summary: ImageSummary, encoding: str) -> Iterator[Line]:
    """Yield the lines of the text about `summary`, for a terminal with `encoding`."""
    count = len(summary.files)
    yield (bold(make_line(summary.image)),)
    yield f"ROMFS: {summary.size:,} bytes, {count} file{'s' * (count != 1)}"
    yield ""
    names = [encodable(make_line(file.path), encoding) for file in summary.files]
    width = max(len(_REST), *map(len, names), 0)
    sizes = max(len("bytes"), len(f"{summary.size:,}"))
    yield (dim(f"{'file':<{width}}  {'bytes':>{sizes}}   share"),)
    for name, file in zip(names, summary.files, strict=True):
        use = _USES[file.use]
        yield (
            f"{name:<{width}}  {file.size:>{sizes},}  {file.size / summary.size:>6.1%}  ",
            green(use) if file.use == FLASH else dim(use),
        )
    rest = summary.size - sum(file.size for file in summary.files)
    if rest >= 0:  # files of images of other tools may share their data
        yield f"{_REST:<{width}}  {rest:>{sizes},}  {rest / summary.size:>6.1%}"
    yield ""
    packages = ", ".join(f"{name} {version}" for name, version in summary.packages)
    yield make_line(f"packages  {packages or 'not listed in the image'}")
    yield make_line(f"requires  {', '.join(map(str, summary.abis)) or 'no .mpy format'}")
    if summary.unused:
        yield f"unused    {summary.unused:,} bytes after the image"

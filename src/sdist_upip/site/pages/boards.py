"""The boards that a release is for, in words."""

from __future__ import annotations

from ...limits import WINDOW
from ...metadata.core import CoreMetadata
from ...mpy.abi import keywords_abi
from ..records import ReleaseRecord


def describe_boards(release: ReleaseRecord) -> str:
    """Return which boards load the files of `release`."""
    keywords = CoreMetadata((("Keywords", release.abi),))
    native = [abi for abi in keywords_abi(keywords) if abi.architecture]
    if native:
        return f"With {' or '.join(map(str, native))}"
    if any(file.path.endswith(".mpy") for file in release.files):
        return "With .mpy format 6"
    return "All"


def describe_window(release: ReleaseRecord) -> str:
    """Return the memory that unpacking the archive needs."""
    if release.window <= WINDOW:
        return "Every board can unpack the archive."
    return (
        f"upip needs {release.window:,} bytes in one piece to unpack the archive. mip needs none."
    )

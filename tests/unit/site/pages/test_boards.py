"""The boards that a release is for."""

import pytest

from sdist_upip.site.pages.boards import describe_boards, describe_window
from sdist_upip.site.records import SiteFile
from support.site_records import make_release

MPY = (SiteFile("a.mpy", "0" * 64, 10),)


@pytest.mark.parametrize(
    ("abi", "files", "text"),
    [
        ("", (), "All"),
        ("", MPY, "With .mpy format 6"),
        ("mpy-6", MPY, "With .mpy format 6"),
        ("mpy-6.3.5", MPY, "With .mpy format 6.3 for armv7m"),
        (
            "mpy-6.3.5 mpy-6.3.10",
            MPY,
            "With .mpy format 6.3 for armv7m or .mpy format 6.3 for xtensawin",
        ),
        ("<b>", (), "All"),
    ],
)
def test_boards_follow_from_the_abi(abi, files, text):
    assert describe_boards(make_release(abi=abi, files=files)) == text


@pytest.mark.parametrize(
    ("window", "text"),
    [
        (512, "Every board can unpack the archive."),
        (4096, "Every board can unpack the archive."),
        (8192, "upip needs 8,192 bytes in one piece to unpack the archive. mip needs none."),
    ],
)
def test_a_large_window_needs_memory(window, text):
    assert describe_window(make_release(window=window)) == text

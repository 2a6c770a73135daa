"""An image that does not fit into its partition is refused, with what is large."""

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.romfs.contents import Contents
from sdist_upip.romfs.space import check_space

FILES = {f"lib/{number}": bytes(number * 1000) for number in range(1, 9)}
CONTENTS = Contents(
    FILES,
    {"odd": "1.0", "even": "2.0"},
    {path: ["even", "odd"][int(path[4:]) % 2] for path in FILES},
    None,
)


def test_an_image_that_fits():
    check_space(CONTENTS, 100, 100)


def test_the_largest_packages_and_files_are_listed():
    with pytest.raises(OutputError) as caught:
        check_space(CONTENTS, 36_500, 36_499)
    assert caught.value.lines == (
        "The image has 36,500 bytes, 1 more than the 36,499 of the partition. Nothing is written. "
        "Install fewer packages, or remove data from them.",
        "The largest packages:",
        "    20,000  even 2.0",
        "    16,000  odd 1.0",
        "The largest files:",
        "     8,000  lib/8",
        "     7,000  lib/7",
        "     6,000  lib/6",
        "     5,000  lib/5",
        "     4,000  lib/4",
    )

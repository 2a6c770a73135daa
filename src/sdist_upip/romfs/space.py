"""The space of an image in a partition, and what takes it."""

from __future__ import annotations

from collections import Counter

from ..errors import OutputError
from .contents import Contents

_SHOWN = 5
"""Packages and files in a message."""


def check_space(contents: Contents, size: int, space: int) -> None:
    """Raise OutputError if an image of `size` bytes with `contents` has more than `space` bytes.

    The message lists the largest packages and files.
    """
    if size <= space:
        return
    files = Counter({path: len(data) for path, data in contents.files.items()})
    packages: Counter[str] = Counter()
    for path, owner in contents.owners.items():
        packages[owner] += files[path]
    width = len(f"{size:,}")
    raise OutputError(
        f"The image has {size:,} bytes, {size - space:,} more than the {space:,} of the partition. "
        "Nothing is written. Install fewer packages, or remove data from them.",
        "The largest packages:",
        *(
            f"    {count:>{width},}  {name} {contents.packages[name]}"
            for name, count in packages.most_common(_SHOWN)
        ),
        "The largest files:",
        *(f"    {count:>{width},}  {path}" for path, count in files.most_common(_SHOWN)),
    )

"""URLs of the files of a repository, as mip and mpremote download them.

Both put a URL into their request as it is. So a URL has only characters that need no quoting, or it
is quoted here. mpremote opens a relative URL also as a file, if package.json is on the computer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from ..errors import ConfigError, ProjectError
from ..migrate.package_json import SCHEMES

RELATIVE = "relative"
"""The base of URLs that are relative to package.json."""

_SAFE = "/!$&()*+,;=@~"
"""Characters of a path besides letters, digits, `.`, `_` and `-` that mean nothing else in a
URL."""
_BASE = re.compile(
    r"(?:codeberg|github|gitlab):[\w.-]+/[\w.-]+(?:/[\w.~-]+)*|https?://[^\s/?#@]+(?:/[^\s?#/]+)*",
    re.ASCII,
)


def parse_base(text: str) -> str:
    """Return the beginning of all URLs, "" for relative ones. Raises ConfigError.

    `text` is RELATIVE, or the directory of the project in its repository, such as
    github:ORG/REPO, github:ORG/REPO/DIR or https://HOST/PATH.
    """
    base = text.rstrip("/")
    if base == RELATIVE:
        return ""
    segments = base.partition(":")[2].split("/")
    if not _BASE.fullmatch(base) or not {".", ".."}.isdisjoint(segments):
        raise ConfigError(
            f"Invalid base of URLs {text!r}. Use relative, github:ORG/REPO, github:ORG/REPO/DIR, "
            "or the same with gitlab: or codeberg:, or https://HOST/PATH. Pass a branch or a tag "
            "to mip, which takes it as version."
        )
    return f"{base}/"


def make_urls(
    sources: Mapping[str, str], base: str, project: Path, home: Path
) -> list[tuple[str, str]]:
    """Return the pairs (install path, URL) of package.json, sorted.

    `sources` maps install paths to files below the directory `project`. `base` is the result of
    `parse_base`. `home` is the directory of package.json. Raises ProjectError for a file that mip
    cannot download by a relative URL.
    """
    if base:
        return sorted((path, f"{base}{_quote(source)}") for path, source in sources.items())
    places = {path: _relate(project / source, home) for path, source in sources.items()}
    _refuse_unsafe(places.values())
    return sorted(places.items())


def _quote(text: str) -> str:
    """Return `text` for a URL. A name that is not UTF-8 keeps its bytes."""
    return quote(text, _SAFE, errors="surrogateescape")


def _relate(file: Path, home: Path) -> str:
    """Return the path of `file` relative to the directory `home`, which is the URL."""
    try:
        place = Path(os.path.relpath(file, home)).as_posix()
    except ValueError:  # on another drive
        place = ".."
    if place.split("/")[0] == "..":
        raise ProjectError(
            f"{file} is not below {home}, and mip does not download a URL with '..'. Write "
            "package.json to the directory of the project, or pass --urls github:ORG/REPO."
        )
    return place


def _refuse_unsafe(places: Iterable[str]) -> None:
    for place in sorted(places):
        unsafe = next((one for one in place if _quote(one) != one), None)
        if unsafe is not None:
            raise ProjectError(
                f"mip cannot download {place!r} by a relative URL, because of {unsafe!r} in it. "
                "Rename the file, or pass --urls github:ORG/REPO, where such characters are quoted."
            )
        assert not place.startswith(SCHEMES)  # ":" is unsafe

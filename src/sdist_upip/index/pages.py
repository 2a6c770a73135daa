"""Pages of simple indexes (PEP 503, PEP 691), parsed to links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from ..filenames import project_of
from ..limits import LINK_LIMIT
from .link import Link
from .urls import file_name, is_of_this_computer, join_url, without_credentials

ALGORITHMS = frozenset(
    name for name in hashlib.algorithms_guaranteed if not name.startswith("shake_")
)
"""The supported hash algorithms."""

_BLANKS = " \t\n\r\f\v"
_PIECE = 1 << 16
_MARKUP_LIMIT = 1 << 18
"""Letters that wait for the end of a tag. The parser takes much memory for each of them."""


@dataclass(frozen=True, slots=True)
class IndexPage:
    """A page of an index: its URL, its content, and whether that is JSON (PEP 691)."""

    url: str
    content: bytes
    encoding: str = "utf-8"
    is_json: bool = False


class PageError(Exception):
    """A page that is not a page of a simple index. The text is the reason."""


def parse_index_page(page: IndexPage, comes_from: str) -> Iterator[tuple[Link, str]]:
    """Yield the link to each archive and wheel on a page, with the URL as the page has it.

    Links to other kinds of files are skipped, and so are links from a remote page to local files.
    Raises PageError.
    """
    for anchor in _read_json(page) if page.is_json else _read_html(page):
        try:
            url = join_url(_read_base(page.url, anchor.base), anchor.url)
            filename = anchor.filename or file_name(url)
        except ValueError:
            continue
        if project_of(filename) and _is_allowed(page.url, url):
            yield (
                Link(
                    filename,
                    without_credentials(url),
                    anchor.hashes or fragment_hashes(url),
                    comes_from,
                    anchor.yanked,
                    anchor.size,
                ),
                url,
            )


def fragment_hashes(url: str) -> dict[str, str]:
    """Return the hashes in the fragment of a URL, for the supported algorithms.

    A malformed hash is returned too. No file has it, so it is never ignored.
    """
    hashes: dict[str, str] = {}
    for part in url.partition("#")[2].split("&"):
        name, _, digest = part.partition("=")
        found = known_hashes({name: digest})
        if not found and name.lower().replace("-", "").startswith("sha256"):
            found = {"sha256": part}
        for key, value in found.items():
            hashes[key] = value if hashes.get(key, value) == value else part
    return hashes


def known_hashes(hashes: Mapping[str, str]) -> dict[str, str]:
    """Return the entries of `hashes` for the supported algorithms, in small letters."""
    return {
        name.lower(): digest.lower() or "(empty)"
        for name, digest in hashes.items()
        if name.lower() in ALGORITHMS
    }


@dataclass(frozen=True, slots=True)
class _Anchor:
    url: str
    yanked: bool
    base: str = ""
    filename: str | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    size: int | None = None


class _AnchorParser(HTMLParser):
    """The links of a page, each with the first <base> if that is before it.

    Of equal attributes of a tag, the first counts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.base: str | None = None
        self.anchors: list[_Anchor] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("a", "base"):
            return
        href = next((value or "" for name, value in attrs if name == "href"), None)
        if href is None:
            return
        if tag == "base":
            self.base = href.strip(_BLANKS) if self.base is None else self.base
        elif href:
            if len(self.anchors) == LINK_LIMIT:
                raise PageError(f"more than {LINK_LIMIT:,} links")
            yanked = any(name == "data-yanked" for name, _ in attrs)
            self.anchors.append(_Anchor(href.strip(_BLANKS), yanked, self.base or ""))

    def feed_pieces(self, text: str) -> None:
        """Parse `text`. Raises PageError for a tag, comment or script that is very long."""
        for start in range(0, len(text), _PIECE):
            self.feed(text[start : start + _PIECE])
            if len(self.rawdata) > _MARKUP_LIMIT:
                raise PageError(f"a tag, comment or script of more than {_MARKUP_LIMIT:,} letters")


def _read_html(page: IndexPage) -> list[_Anchor]:
    parser = _AnchorParser()
    try:
        text = page.content.decode(page.encoding, "replace")
    except (LookupError, ValueError):
        text = page.content.decode("utf-8", "replace")
    try:
        parser.feed_pieces(text)
    except AssertionError as error:  # html.parser raises it for some marked sections
        raise PageError("invalid HTML") from error
    return parser.anchors


def _read_base(page: str, base: str) -> str:
    """Return the URL that links are relative to; `base` is the href of a <base>, or ""."""
    if not base:
        return page
    try:
        url = join_url(page, base).partition("#")[0]
    except ValueError:
        return page
    return url if _is_allowed(page, url) else page


def _read_json(page: IndexPage) -> list[_Anchor]:
    content = page.content
    if sum(map(content.count, (b"{", b"["))) > 8 * LINK_LIMIT or content.count(b",") > (
        40 * LINK_LIMIT
    ):
        raise PageError("more values than a page of a simple index has")
    try:
        files = json.loads(content)["files"]
        if len(files) > LINK_LIMIT:
            raise PageError(f"more than {LINK_LIMIT:,} links")
        return [_read_file(file) for file in files]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise PageError("invalid JSON for a simple index (PEP 691)") from error


def _read_file(file: Mapping[str, Any]) -> _Anchor:
    size = file.get("size")
    return _Anchor(
        str(file["url"]),
        bool(file.get("yanked")),
        filename=str(file["filename"]),
        hashes=known_hashes({name: str(digest) for name, digest in file.get("hashes", {}).items()}),
        size=size if type(size) is int else None,
    )


def _is_allowed(page: str, url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        return bool(parts.hostname)
    return parts.scheme == "file" == urlsplit(page).scheme and is_of_this_computer(url)

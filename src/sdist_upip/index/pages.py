"""Pages of simple indexes (PEP 503, PEP 691), parsed to links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from unearth.collector import IndexHTMLParser

from ..filenames import project_of
from .link import Link
from .urls import file_name, without_credentials

ALGORITHMS = frozenset(
    name for name in hashlib.algorithms_guaranteed if not name.startswith("shake_")
)
"""The supported hash algorithms."""


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
    base, anchors = _read_json(page) if page.is_json else _read_html(page)
    for anchor in anchors:
        try:
            # A relative <base> is relative to the page.
            url = urljoin(page.url, urljoin(base, anchor.url))
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
    """Return the hashes in the fragment of a URL, for the supported algorithms."""
    return known_hashes(dict(parse_qsl(urlsplit(url).fragment)))


def known_hashes(hashes: Mapping[str, str]) -> dict[str, str]:
    """Return the entries of `hashes` for the supported algorithms, in small letters."""
    return {
        name.lower(): digest.lower()
        for name, digest in hashes.items()
        if name.lower() in ALGORITHMS
    }


@dataclass(frozen=True, slots=True)
class _Anchor:
    url: str
    filename: str | None
    hashes: Mapping[str, str]
    yanked: bool
    size: int | None


def _read_html(page: IndexPage) -> tuple[str, Iterator[_Anchor]]:
    parser = IndexHTMLParser()
    try:
        text = page.content.decode(page.encoding, "replace")
    except (LookupError, ValueError):
        text = page.content.decode("utf-8", "replace")
    try:
        parser.feed(text)
    except AssertionError as error:  # html.parser raises it for some marked sections
        raise PageError("invalid HTML") from error
    links = (
        _Anchor(href, None, {}, "data-yanked" in anchor, None)
        for anchor in parser.anchors
        if (href := anchor.get("href"))
    )
    return parser.base_url or page.url, links


def _read_json(page: IndexPage) -> tuple[str, Iterable[_Anchor]]:
    try:
        files = json.loads(page.content)["files"]
        return page.url, [_read_file(file) for file in files]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise PageError("invalid JSON for a simple index (PEP 691)") from error


def _read_file(file: Mapping[str, Any]) -> _Anchor:
    size = file.get("size")
    return _Anchor(
        str(file["url"]),
        str(file["filename"]),
        known_hashes({name: str(digest) for name, digest in file.get("hashes", {}).items()}),
        bool(file.get("yanked")),
        size if isinstance(size, int) else None,
    )


def _is_allowed(page: str, url: str) -> bool:
    scheme = urlsplit(url).scheme
    return scheme in ("http", "https") or scheme == "file" == urlsplit(page).scheme

"""Pages of indexes: from the cache while they are valid, else from their servers."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack

import httpx2

from ..errors import DownloadError
from ..limits import PAGE_LIMIT
from .link import Link
from .page_cache import KeptPage, PageCache, keep_page, renew_page
from .pages import IndexPage, PageError, parse_index_page
from .session import NOT_MODIFIED, IndexSession
from .urls import redact

_HEADERS = {
    "Accept": "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
    "Accept-Encoding": "gzip",
}
_TYPES = (
    "text/html",
    "application/vnd.pypi.simple.v1+html",
    "application/vnd.pypi.simple.v1+json",
)
"""The content types of pages (PEP 503, PEP 691). Parameters may follow."""
_LARGE = 1 << 20
"""Bytes of a page from which on no other page is received. Few projects have such pages."""
_PIECE = 1 << 16
"""Most bytes that are decoded at once, whatever the server sends to several threads."""


class IndexPages:
    """The pages of indexes. Each is read once in a run, by any thread.

    With `refresh`, no page in the cache is used without asking its server.
    """

    def __init__(self, connection: IndexSession, cache: PageCache, *, refresh: bool) -> None:
        self._connection = connection
        self._cache = cache
        self._refresh = refresh
        self._assumed: set[str] = set()
        self._large = threading.RLock()

    def was_assumed(self, url: str) -> bool:
        """Return whether a page of the cache was used, and its server was not asked."""
        return url in self._assumed

    def read(
        self, url: str, source: str, *, refresh: bool = False
    ) -> list[tuple[Link, str]] | None:
        """Return the links on the page `url` of the index `source`, None if there is no page.

        Each comes with the URL as the page has it. With `refresh`, the server is asked in any case.
        Raises DownloadError and ConfigError.
        """
        self._connection.auth.add_index(source)
        with ExitStack() as stack:
            page = self._get(url, refresh or self._refresh, stack)
            if page is None:
                return None
            try:
                return list(parse_index_page(page, redact(source)))
            except PageError as error:
                raise DownloadError(
                    f"{redact(url)}: {error}. Check the URL of the index."
                ) from error

    def _get(self, url: str, refresh: bool, stack: ExitStack) -> IndexPage | None:
        kept = self._find_kept(url)
        self._assumed.discard(url)
        if kept and kept.is_fresh and not refresh:
            self._assumed.add(url)
            return kept.page

        def receive(response: httpx2.Response) -> tuple[IndexPage, KeptPage | None]:
            private = "authorization" in response.request.headers
            if response.status_code == NOT_MODIFIED and kept:
                return kept.page, renew_page(kept, response.headers, private=private)
            page = self._receive(response, stack)
            return page, keep_page(page, response.headers, private=private)

        conditions: tuple[str, dict[str, str]] = ("", {})
        if kept and kept.etag:
            conditions = kept.page.url, {"If-None-Match": kept.etag}
        received = self._connection.fetch(url, receive, headers=_HEADERS, conditions=conditions)
        page, keepable = received or (None, None)
        self._cache.keep(url, keepable, verified=not self._connection.is_trusted(url))
        return page

    def _find_kept(self, url: str) -> KeptPage | None:
        """Return the page in the cache, if it may be used with the settings of today."""
        if not self._connection.may_reuse(url):
            return None
        kept = self._cache.find(url, verified=not self._connection.is_trusted(url))
        return kept if kept and self._connection.may_reuse(kept.page.url) else None

    def _receive(self, response: httpx2.Response, stack: ExitStack) -> IndexPage:
        """Return the page in a response. Of large ones, only one at a time is received and read.

        After an error, the next one is received, since this one may wait for its server.
        """
        url = str(response.url)
        kind = response.headers.get("content-type", "")
        if not kind.lower().startswith(_TYPES):
            raise DownloadError(
                f"{redact(url)}: expected a page of a simple index, got "
                f"{kind or 'no content type'}. Check the URL of the index."
            )
        content = bytearray()
        with ExitStack() as received:
            is_large = False
            for piece in _decode(response):
                content += piece
                if len(content) > _LARGE and not is_large:
                    is_large = True
                    received.enter_context(self._large)
                if len(content) > PAGE_LIMIT:
                    raise DownloadError(
                        f"{redact(url)}: the page exceeds {PAGE_LIMIT >> 20} MiB. Check the URL of "
                        "the index."
                    )
            stack.push(received.pop_all())
        charset = response.charset_encoding or "utf-8"
        return IndexPage(url, bytes(content), charset, "json" in kind.lower())


def _decode(response: httpx2.Response) -> Iterator[bytes]:
    """Yield the content of a response in small pieces. httpx2 decodes all that it receives."""
    if response.headers.get("content-encoding", "").strip().lower() not in ("gzip", "x-gzip"):
        yield from response.iter_raw()
        return
    decoder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    for data in response.iter_raw():
        while data and not decoder.eof:
            try:
                yield decoder.decompress(data, _PIECE)
            except zlib.error as error:
                raise httpx2.DecodingError(str(error)) from error
            data = decoder.unconsumed_tail
    if not decoder.eof:  # it would be kept, and its ETag is that of the whole page
        raise httpx2.DecodingError("the compressed data is truncated")

"""The cache of index pages, by URL (RFC 9111 as far as pages of an index need it)."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ArchiveError, ConfigError
from ..files.atomic import replace_file
from ..files.regular import read_regular
from .pages import IndexPage
from .urls import check_url

_DIRECTORY = "pages"
_HEADER_LIMIT = 1 << 16
_LARGEST = 4 << 20
"""Most bytes of a page that is kept. Several threads read one each."""
_LONGEST = 24 * 3600
"""Longest time without a question, in seconds, whatever the server allows."""
_DIGITS = 10
_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{1,256}"')
"""The ETags that are sent back. Servers refuse requests with very long headers."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page with what its server stated: its ETag or "", and the time that it is valid for.

    Both times are in seconds of the clock: when the page was received, and when it has to be asked
    for again.
    """

    page: IndexPage
    etag: str
    received: float
    expires: float

    @property
    def is_fresh(self) -> bool:
        """Whether the page can be used without asking; not after the clock was set back."""
        return self.received <= time.time() < min(self.expires, self.received + _LONGEST)


class PageCache:
    """Pages below `directory`, each in one file; with None, nothing is kept.

    A file that is damaged or cannot be read or written is the same as none.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory and directory / _DIRECTORY

    def find(self, url: str, *, verified: bool) -> KeptPage | None:
        """Return the page that was received for `url`, or None.

        A page from a server whose certificate was not verified is another one.
        """
        if not self._directory:
            return None
        try:
            path = self._directory / _file_name(url, verified)
            content = read_regular(path, _LARGEST + _HEADER_LIMIT)
            head, _, body = content.partition(b"\n")
            facts = json.loads(head)
            if hashlib.sha256(body).hexdigest() != facts["sha256"]:
                return None
            check_url(facts["url"])
            page = IndexPage(
                facts["url"], body, str(facts["encoding"]), is_json=bool(facts["json"])
            )
            etag = _check_etag(str(facts["etag"]))
            return KeptPage(page, etag, float(facts["received"]), float(facts["expires"]))
        except (
            *(OSError, ValueError, LookupError, TypeError, AttributeError),
            *(ArithmeticError, RecursionError, ConfigError),
        ):
            return None

    def keep(self, url: str, kept: KeptPage | None, *, verified: bool) -> None:
        """Keep the newest page for `url`. If that cannot be used again, the one before is removed.

        None is a page that must not be kept, or that the server does not have.
        """
        if self._directory and not (kept and self._write(url, kept, verified)):
            with suppress(OSError):
                (self._directory / _file_name(url, verified)).unlink(missing_ok=True)

    def _write(self, url: str, kept: KeptPage, verified: bool) -> bool:
        """Return whether the page was written."""
        if not (self._directory and (kept.etag or kept.is_fresh)):
            return False
        page = kept.page
        facts = {
            "url": page.url,
            "encoding": page.encoding,
            "json": page.is_json,
            "etag": kept.etag,
            "received": kept.received,
            "expires": kept.expires,
            "sha256": hashlib.sha256(page.content).hexdigest(),
        }
        head = json.dumps(facts).encode()
        if len(head) > _HEADER_LIMIT or len(page.content) > _LARGEST:
            return False
        try:
            # Pages of private indexes may have URLs with signatures.
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._directory / _file_name(url, verified)
            replace_file(path, b"%b\n%b" % (head, page.content), private=True)
        except (OSError, ArchiveError):
            return False
        return True


def keep_page(page: IndexPage, headers: Mapping[str, str], *, private: bool) -> KeptPage | None:
    """Return a page with what the headers of its response state, None if it must not be kept.

    A page is `private` if credentials were sent for it. It has to be asked for each time, since the
    server decides who may see it.
    """
    directives = _read_directives(headers.get("cache-control", ""))
    if "no-store" in directives or "*" in headers.get("vary", ""):
        return None
    now = time.time()
    seconds = _number(directives.get("max-age", ""))
    if private or "no-cache" in directives:
        seconds = 0
    age = _number(headers.get("age", ""))
    expires = now + max(0, min(seconds, _LONGEST) - age)
    return KeptPage(page, _check_etag(headers.get("etag", "")), now, expires)


def renew_page(kept: KeptPage, headers: Mapping[str, str], *, private: bool) -> KeptPage | None:
    """Return a page whose server states that it has not changed (304), None if it is not kept.

    It keeps the ETag that it came with, since another one may be that of another page.
    """
    renewed = keep_page(kept.page, headers, private=private)
    return renewed and replace(renewed, etag=kept.etag)


def _check_etag(text: str) -> str:
    """Return an ETag if it can be sent in a header, else ""."""
    return text if _ETAG.fullmatch(text) else ""


def _read_directives(text: str) -> dict[str, str]:
    directives: dict[str, str] = {}
    for part in text.lower().split(","):
        name, _, value = part.partition("=")
        directives.setdefault(name.strip(), value.strip().strip('"'))
    return directives


def _number(text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return 0
    return int(text) if len(text) <= _DIGITS else 10**_DIGITS


def _file_name(url: str, verified: bool) -> str:
    trust = "verified" if verified else "trusted"
    return hashlib.sha256(f"{trust} {url}".encode()).hexdigest()

"""Links of pages: to other sites, and to files of the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%~"
_LIMIT = 2000
"""Most characters of a URL. Browsers open longer ones, but no project has one."""


@dataclass(frozen=True, slots=True)
class ProjectLink:
    """A link that a project declares: its label, its URL, and the host that it leads to."""

    label: str
    url: str
    host: str


def find_links(urls: Iterable[tuple[str, str]]) -> list[ProjectLink]:
    """Return the links among `urls` (label, URL) that are safe: http and https, to a host."""
    found = {}
    for label, url in urls:
        host = _find_host(url)
        if host:
            found[label, url] = ProjectLink(label, quote_url(url), host)
    return list(found.values())


def quote_url(url: str) -> str:
    """Return `url` with only characters that URLs may have (RFC 3986)."""
    return quote(url, safe=_URL_CHARACTERS, errors="replace")


def quote_path(path: str) -> str:
    """Return the relative URL of a file of the site."""
    return quote(path, safe="/!~*'()+,", errors="replace")


def _find_host(url: str) -> str:
    """Return the host of a URL that is safe, else "".

    A host with other letters than ASCII may look like another one, so it is not safe.
    """
    if len(url) > _LIMIT or not url.isprintable() or set(url) & set(' "<>\\^`{|}'):
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port
        host = parts.hostname or ""
    except ValueError:
        return ""
    is_web_page = parts.scheme in ("http", "https") and parts.username is None
    return host if is_web_page and host.isascii() else ""

"""Finds the links to a project's files in indexes and directories, and downloads the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

import httpx2
from packaging.utils import canonicalize_name
from unearth.collector import SUPPORTED_CONTENT_TYPES

from ..errors import DownloadError
from ..filenames import project_of
from ..limits import PAGE_LIMIT
from .archive_cache import ArchiveCache
from .directory import IndexDirectory, read_local_links
from .downloads import Downloads, Progress
from .link import Link, group_by_project
from .pages import IndexPage, PageError, fragment_hashes, parse_index_page
from .pip_settings import PipSettings
from .session import IndexSession
from .urls import check_url, file_name, is_local, local_path, redact, without_credentials

_HEADERS = {
    "Accept": "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
    "Accept-Encoding": "gzip",
}


class IndexClient:
    """Indexes, with pip's settings for the network. Pages and files are fetched once in a run.

    `offline` allows local files and the cache only. A source that cannot be read is an error and is
    never skipped: otherwise another source would decide what a name means.
    """

    def __init__(
        self, settings: PipSettings, cache: ArchiveCache, *, offline: bool = False
    ) -> None:
        self._connection = IndexSession(settings, offline=offline)
        self._downloads = Downloads(self._connection, cache)
        self._found: dict[tuple[str, str], list[Link]] = {}
        self._directories: dict[str, IndexDirectory] = {}
        self._linked: dict[str, dict[str, list[Link]]] = {}

    def __enter__(self) -> IndexClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()

    def find(self, source: str, project: str) -> list[Link]:
        """Return all files of `project` in an index, an empty list if the index has none.

        `source` is the URL of a simple index (PEP 503, PEP 691), or a directory as path or file:
        URL. The directory has the layout of an index (NAME/index.html), or contains the archives
        themselves. Raises DownloadError and ConfigError.
        """
        name = canonicalize_name(project)
        key = source, name
        if key not in self._found:
            self._found[key] = self._take(self._ask(source, name), name)
        return self._found[key]

    def find_links(self, source: str, project: str) -> list[Link]:
        """Return all files of `project` in a location of pip's find-links.

        `source` is a directory of archives, a page of links, or an archive: path, file: URL or URL.
        Raises DownloadError and ConfigError.
        """
        name = canonicalize_name(project)
        if source not in self._linked:
            self._linked[source] = group_by_project(self._take(self._read_links(source)))
        return self._linked[source].get(name, [])

    def download(
        self,
        url: str,
        hashes: Mapping[str, str],
        *,
        filename: str | None = None,
        progress: Progress | None = None,
        size: int | None = None,
    ) -> Path:
        """Return the file at `url` (a URL or a path), verified with each supported hash and `size`.

        A cached file with the sha256 in `hashes` needs no request. The result for a local file is
        its own path. `filename` is the name in the cache, by default the last part of `url`. The
        file exists until the cache is closed. Raises DownloadError and ConfigError.
        """
        return self._downloads.get(url, hashes, filename, progress, size)

    def _take(self, found: Iterable[tuple[Link, str]], project: str = "") -> list[Link]:
        """Return the links, only those to files of `project` if it is given."""
        links = []
        for link, href in found:
            if not project or project in link.projects:
                self._downloads.remember(href)
                links.append(link)
        return links

    def _ask(self, source: str, name: str) -> Iterable[tuple[Link, str]]:
        if not is_local(source):
            return self._read_page(f"{source.rstrip('/')}/{name}/", source) or ()
        if source not in self._directories:
            self._directories[source] = IndexDirectory(local_path(source))
        return self._directories[source].find(name)

    def _read_links(self, source: str) -> Iterable[tuple[Link, str]]:
        if is_local(source):
            return read_local_links(local_path(source))
        check_url(source)
        filename = file_name(source)
        if project_of(filename):
            url, hashes = without_credentials(source), fragment_hashes(source)
            return [(Link(filename, url, hashes, redact(source)), source)]
        found = self._read_page(source, source)
        if found is None:
            raise DownloadError(
                f"{redact(source)}: page of links not found. Correct its URL on the command line "
                "or in pip's configuration (pip config list)."
            )
        return found

    def _read_page(self, url: str, source: str) -> Iterable[tuple[Link, str]] | None:
        self._connection.auth.add_index(source)
        page = self._connection.fetch(url, _receive_page, headers=_HEADERS)
        return _parse(page, redact(source), redact(url)) if page else None


def _parse(page: IndexPage, comes_from: str, where: str) -> Iterator[tuple[Link, str]]:
    try:
        yield from parse_index_page(page, comes_from)
    except PageError as error:
        raise DownloadError(f"{where}: {error}. Check the URL of the index.") from error


def _receive_page(response: httpx2.Response) -> IndexPage:
    url = str(response.url)
    kind = response.headers.get("content-type", "")
    if not kind.lower().startswith(SUPPORTED_CONTENT_TYPES):
        raise DownloadError(
            f"{redact(url)}: expected a page of a simple index, got {kind or 'no content type'}. "
            "Check the URL of the index."
        )
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > PAGE_LIMIT:
            raise DownloadError(
                f"{redact(url)}: the page exceeds {PAGE_LIMIT >> 20} MiB. Check the URL of the "
                "index."
            )
    charset = response.charset_encoding or "utf-8"
    return IndexPage(url, bytes(content), charset, "json" in kind.lower())

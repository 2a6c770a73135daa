"""Finds the links to a project's files in indexes and directories, and downloads the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from packaging.utils import canonicalize_name

from ..background.jobs import Job, Progress
from ..background.pool import BackgroundPool
from ..errors import DownloadError
from ..filenames import project_of
from .archive_cache import ArchiveCache
from .directory import IndexDirectory, read_local_links
from .downloads import Downloads
from .link import Link, group_by_project
from .page_cache import PageCache
from .page_requests import IndexPages
from .pages import fragment_hashes
from .pip_settings import PipSettings
from .session import IndexSession
from .urls import check_url, file_name, is_local, local_path, redact, without_credentials


class IndexClient:
    """Indexes, with pip's settings for the network. Pages and files are fetched once in a run.

    `offline` allows local files and the cache only. With `refresh`, a page in the cache is used
    only if its server states that it has not changed, otherwise also while the server allows it.
    A source that cannot be read is an error and is never skipped: otherwise another source would
    decide what a name means.
    """

    def __init__(
        self,
        settings: PipSettings,
        cache: ArchiveCache,
        *,
        offline: bool = False,
        refresh: bool = False,
    ) -> None:
        self._pool = BackgroundPool()
        self._connection = IndexSession(settings, offline=offline, stopped=self._pool.closing)
        self._pages = IndexPages(self._connection, PageCache(cache.directory), refresh=refresh)
        self._downloads = Downloads(self._connection, cache)
        self._found: dict[tuple[str, str], list[Link]] = {}
        self._expected: dict[tuple[str, str], Job[list[Link]]] = {}
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
        self._pool.close(self._connection.interrupt)
        self._connection.close()

    def expect(
        self,
        sources: Sequence[str],
        project: str,
        choose: Callable[[list[Link]], list[Link] | None],
    ) -> None:
        """Fetch in the background what `find` will be asked for, and then the files of `choose`.

        If `choose` returns None for the links in a source, the next one is asked. Errors appear
        when `find` is called, and never if it is not.
        """
        if not sources or is_local(sources[0]):
            return
        name = canonicalize_name(project)
        key = sources[0], name
        if key in self._found or key in self._expected:
            return

        def read(_: Progress | None) -> list[Link]:
            links = self._take(self._ask(*key), name)
            chosen = choose(links)
            if chosen is None and (renewed := self._renew(*key)) is not None:
                links, chosen = renewed, choose(renewed)
            if chosen is None:
                self.expect(sources[1:], name, choose)
            for link in chosen or ():
                self.expect_download(link)
            return links

        self._connection.auth.add_index(sources[0])
        self._expected[key] = self._pool.submit(read)

    def expect_download(self, link: Link) -> None:
        """Fetch in the background the file that `download` will be asked for."""
        self._downloads.expect(self._pool, link)

    def find(self, source: str, project: str) -> list[Link]:
        """Return all files of `project` in an index, an empty list if the index has none.

        `source` is the URL of a simple index (PEP 503, PEP 691), or a directory as path or file:
        URL. The directory has the layout of an index (NAME/index.html), or contains the archives
        themselves. Raises DownloadError and ConfigError.
        """
        name = canonicalize_name(project)
        key = source, name
        if key not in self._found:
            if job := self._expected.pop(key, None):
                self._found[key] = job.result()
            else:
                self._found[key] = self._take(self._ask(source, name), name)
        return self._found[key]

    def find_again(self, source: str, project: str) -> list[Link] | None:
        """Return all files of `project` in an index, None if they are those that `find` returned.

        The server is asked if `find` has used a page of the cache without asking.
        """
        name = canonicalize_name(project)
        key = source, name
        links = self._renew(*key)
        if links is None or links == self._found[key]:
            return None
        self._found[key] = links
        return links

    def _renew(self, source: str, name: str) -> list[Link] | None:
        """Return the links on the server's page if that of the cache was used, else None."""
        url = _page_url(source, name)
        if is_local(source) or not self._pages.was_assumed(url):
            return None
        return self._take(self._pages.read(url, source, refresh=True) or (), name)

    def find_links(self, source: str, project: str) -> list[Link]:
        """Return all files of `project` in a location of pip's find-links.

        `source` is a directory of archives, a page of links, or an archive: path, file: URL or URL.
        Raises DownloadError and ConfigError.
        """
        name = canonicalize_name(project)
        if source not in self._linked:
            self._linked[source] = group_by_project(self._take(self._read_links(source)))
        return self._linked[source].get(name, [])

    def may_link(self, source: str, project: str) -> bool:
        """Return whether `find_links` may return files: it was not called before, or has some."""
        linked = self._linked.get(source)
        return linked is None or canonicalize_name(project) in linked

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
            return self._pages.read(_page_url(source, name), source) or ()
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
        found = self._pages.read(source, source)
        if found is None:
            raise DownloadError(
                f"{redact(source)}: page of links not found. Correct its URL on the command line "
                "or in pip's configuration (pip config list)."
            )
        return found


def _page_url(source: str, name: str) -> str:
    return f"{source.rstrip('/')}/{name}/"

"""Files of packages, verified: local, from the cache, or downloaded into it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import httpx2

from ..background.jobs import Job, Progress
from ..background.pool import BackgroundPool
from ..errors import DownloadError
from ..files.regular import open_regular
from ..limits import FOREIGN_LIMIT
from .archive_cache import ArchiveCache, CacheError
from .link import Link
from .pages import fragment_hashes, known_hashes
from .session import IndexSession
from .urls import check_url, file_name, is_local, local_path, redact, without_credentials

_UNNAMED = "file"
_LONGEST_LENGTH = 20
"""Digits of a Content-Length; a longer one is ignored."""
_CHUNK = 1 << 16
_WEAK = frozenset({"md5", "sha1"})
_HEADERS = {"Accept-Encoding": "identity"}
"""Archives are compressed already, and a server must not change their bytes."""


class Downloads:
    """Files by URL, for several threads. Each is downloaded once in a run."""

    def __init__(self, connection: IndexSession, cache: ArchiveCache) -> None:
        self._connection = connection
        self._cache = cache
        self._fetched: dict[str, Path] = {}
        self._expected: dict[str, tuple[Link, Job[Path]]] = {}
        self._credentials: dict[str, str] = {}

    def remember(self, url: str) -> None:
        """Use the credentials in `url`, if any, for `url` without them."""
        clean = without_credentials(url)
        if clean != url.partition("#")[0]:
            self._credentials[clean] = url

    def expect(self, pool: BackgroundPool, link: Link) -> None:
        """Fetch the file of a link in the background; `get` then waits for it."""
        if is_local(link.url) or link.url in self._expected:
            return

        def fetch(progress: Progress | None) -> Path:
            hashes = _expected_hashes(link.url, link.hashes)
            return self._get(link.url, hashes, link.filename, progress)

        self._expected[link.url] = link, pool.submit(fetch)

    def get(
        self,
        url: str,
        hashes: Mapping[str, str],
        filename: str | None = None,
        progress: Progress | None = None,
        size: int | None = None,
    ) -> Path:
        """Return the file at `url`, a URL or a path, verified with each supported hash.

        `filename` is its name in the cache, by default the last part of `url`. `size` is verified
        too, if it is given.
        """
        if not is_local(url):
            check_url(url)
        link, job = self._expected.pop(url, (None, None))
        try:
            if link and job and (link.hashes, link.filename) == (hashes, filename):
                path = job.result(progress)
            else:
                path = self._get(url, _expected_hashes(url, hashes), filename, progress)
        finally:
            self._cache.warn()
        found = path.stat().st_size
        if size is not None and found != size:
            raise DownloadError(
                f"{redact(url)}: size mismatch: expected {size} bytes, got {found}. The file or "
                "its link may have been altered. Find the cause before you use the file."
            )
        return path

    def _get(
        self,
        url: str,
        expected: dict[str, str],
        filename: str | None,
        progress: Progress | None,
    ) -> Path:
        if is_local(url):
            return _check_file(local_path(url), expected)
        self.remember(url)
        clean = without_credentials(url)
        filename = filename or file_name(clean) or _UNNAMED
        if cached := self._cache.find(expected.get("sha256", ""), filename):
            del expected["sha256"]
            return _check_file(cached, expected)
        fetched = self._fetched.get(clean)
        if fetched and fetched.exists():
            return _check_file(fetched, expected)
        while True:
            try:
                path = self._fetch(clean, expected, filename, progress)
            except CacheError as error:
                self._cache.disable(error)
            else:
                self._fetched[clean] = path
                return path

    def _fetch(
        self, url: str, expected: Mapping[str, str], filename: str, progress: Progress | None
    ) -> Path:
        def read(response: httpx2.Response) -> Path:
            return self._store(response, url, expected, filename, progress)

        hash_checked = not _WEAK.issuperset(expected)
        path = self._connection.fetch(
            self._credentials.get(url, url), read, headers=_HEADERS, hash_checked=hash_checked
        )
        if not path:
            raise DownloadError(
                f"{redact(url)}: file not found on the server. Check the URL, and whether the "
                "index has changed."
            )
        return path

    def _store(
        self,
        response: httpx2.Response,
        url: str,
        expected: Mapping[str, str],
        filename: str,
        progress: Progress | None,
    ) -> Path:
        length = response.headers.get("content-length", "")
        known = length.isascii() and length.isdigit() and len(length) < _LONGEST_LENGTH
        total = int(length) if known else None
        digests = _start(expected)
        done = 0
        writer = self._cache.open_writer()
        try:
            for piece in response.iter_raw():
                done += len(piece)
                if max(done, total or 0) > FOREIGN_LIMIT:
                    raise _too_large(redact(url))
                writer.write(piece)
                for digest in digests.values():
                    digest.update(piece)
                if progress:
                    progress(done, total)
            _compare(digests, expected, redact(url))
            return self._cache.store(writer, filename)
        finally:
            writer.discard()


def _expected_hashes(url: str, hashes: Mapping[str, str]) -> dict[str, str]:
    return {**fragment_hashes(url), **known_hashes(hashes)}


def _check_file(path: Path, expected: Mapping[str, str]) -> Path:
    """Return `path` if it has the expected hashes; raises DownloadError."""
    digests = _start(expected)
    try:
        with open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > FOREIGN_LIMIT:
                raise _too_large(str(path))
            while digests and (piece := file.read(_CHUNK)):
                for digest in digests.values():
                    digest.update(piece)
    except OSError as error:
        raise DownloadError(
            f"Cannot read {path}: {error.strerror}. Check its name and its permissions."
        ) from error
    _compare(digests, expected, str(path))
    return path


def _start(expected: Mapping[str, str]) -> dict[str, hashlib._Hash]:
    return {name: hashlib.new(name, usedforsecurity=False) for name in expected}


def _compare(digests: Mapping[str, hashlib._Hash], expected: Mapping[str, str], where: str) -> None:
    for name, digest in digests.items():
        if digest.hexdigest() != expected[name]:
            raise DownloadError(
                f"{where}: hash mismatch: expected {name} {expected[name]}, got "
                f"{digest.hexdigest()}. The file or its link may have been altered. Find the cause "
                "before you use the file."
            )


def _too_large(where: str) -> DownloadError:
    return DownloadError(
        f"{where}: the file exceeds {FOREIGN_LIMIT >> 20} MiB, which is more than boards can "
        "store. Use a smaller file."
    )

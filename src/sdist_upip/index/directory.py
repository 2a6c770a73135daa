"""Indexes and archives in local directories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import DownloadError
from ..filenames import project_of
from ..files.regular import read_regular
from ..limits import PAGE_LIMIT
from ..messages.credentials import HIDDEN
from .link import Link, group_by_project
from .pages import IndexPage, PageError, parse_index_page

_PAGES = (".html", ".htm")


class IndexDirectory:
    """A directory with the layout of a simple index (NAME/index.html), or with archives, or both.

    Raises DownloadError, also for a missing directory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archives = group_by_project(_read_archives(path))

    def find(self, project: str) -> Iterator[tuple[Link, str]]:
        """Yield the link to each file of a project, with the URL as the page has it."""
        page = self._path / project / "index.html"
        try:
            content = read_regular(page, PAGE_LIMIT)
        except (FileNotFoundError, NotADirectoryError):
            content = None
        except OSError as error:
            raise _unreadable(page, error) from error
        if content is not None:
            yield from _read_content(content, page, self._path)
        for link in self._archives.get(project, []):
            yield link, link.url


def read_local_links(path: Path) -> Iterator[tuple[Link, str]]:
    """Yield the links in a directory of archives and pages, or in a page, or to an archive itself.

    Each comes with the URL as the page has it. Raises DownloadError.
    """
    if path.is_dir():
        for link in _read_archives(path):
            yield link, link.url
        for page in sorted(path.iterdir()):
            if page.suffix.lower() in _PAGES:
                yield from _read_local_page(page, path)
    elif path.suffix.lower() in _PAGES:
        yield from _read_local_page(path, path)
    elif not path.exists():
        raise _absent(path)
    elif archive := _read_archive(path, path.parent):
        yield archive, archive.url


def _read_local_page(path: Path, comes_from: Path) -> Iterator[tuple[Link, str]]:
    try:
        content = read_regular(path, PAGE_LIMIT)
    except OSError as error:
        raise _unreadable(path, error) from error
    yield from _read_content(content, path, comes_from)


def _read_content(content: bytes, path: Path, comes_from: Path) -> Iterator[tuple[Link, str]]:
    try:
        yield from parse_index_page(IndexPage(path.absolute().as_uri(), content), str(comes_from))
    except PageError as error:
        raise DownloadError(f"{path}: {error}. Correct the page.") from error


def _read_archives(directory: Path) -> Iterator[Link]:
    try:
        paths = sorted(directory.iterdir())
    except FileNotFoundError as error:
        raise _absent(directory) from error
    except OSError as error:
        raise _unreadable(directory, error) from error
    for path in paths:
        if link := _read_archive(path, directory):
            yield link


def _read_archive(path: Path, directory: Path) -> Link | None:
    if not project_of(path.name) or path.is_dir():
        return None
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    url = path.absolute().as_uri()
    return Link(path.name, url, comes_from=str(directory), size=size)


def _absent(path: Path) -> DownloadError:
    # A relative path may be a URL without https://, and the text before @ a token.
    first = path.parts[0] if path.parts else ""
    shown = HIDDEN + str(path)[first.rfind("@") :] if "@" in first else str(path)
    return DownloadError(
        f"{shown}: no such file or directory. Mount it, or correct its name on the command line or "
        "in pip's configuration (pip config list)."
    )


def _unreadable(path: Path, error: OSError) -> DownloadError:
    return DownloadError(
        f"Cannot read {path}: {error.strerror}. Check its name and its permissions."
    )

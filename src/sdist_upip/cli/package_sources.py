"""The packages that a command names, and the client of the places that they come from."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..messages.logs import get_logger

if TYPE_CHECKING:
    from ..index.client import IndexClient
    from ..index.pip_settings import PipSettings
    from ..requirements.arguments import Root
    from ..resolve.preparer import DownloadReporter

logger = get_logger(__name__)


def read_roots(options: argparse.Namespace) -> list[Root]:
    """Return what the arguments and the files of `-r` ask for. Raises as `parse_requirements`."""
    from ..errors import ConfigError
    from ..requirements.arguments import parse_requirements, read_requirements_file

    roots = parse_requirements(options.arguments)
    for path in options.requirement:
        roots += read_requirements_file(path)
    if options.requirement and not roots:
        raise ConfigError(
            f"-r {' '.join(map(str, options.requirement))}: the file has no requirements. "
            "Write one per line."
        )
    return roots


def read_without(options: argparse.Namespace, roots: Sequence[Root]) -> frozenset[str]:
    """Return the normalized names of the dependencies that are taken as installed."""
    from packaging.utils import canonicalize_name

    from ..filenames import is_project_name
    from ..index.link import Link

    named = set()
    for root in roots:
        if isinstance(root, Link):
            named.update(root.projects[:1])
        elif not isinstance(root, Path):
            named.add(canonicalize_name(root.name))
    for text in options.without:
        if not is_project_name(text):
            options.usage(f"--without {text!r} is not the name of a package")
        if canonicalize_name(text) in named:
            options.usage(f"{text} cannot be both a package to install and in --without")
    return frozenset(map(canonicalize_name, options.without))


def read_index_settings(options: argparse.Namespace) -> PipSettings:
    """Return pip's settings with the places of the command line, in the order of asking."""
    with asking_for_settings(options) as read:
        return read()


@contextmanager
def asking_for_settings(options: argparse.Namespace) -> Iterator[Callable[[], PipSettings]]:
    """Have the function in the context that does what `read_index_settings` does.

    pip is asked from the beginning of the context, since it takes long to answer.
    """
    from ..index.pip_settings import asking_pip

    with asking_pip() as read:
        yield lambda: _add_places(options, read)


def _add_places(options: argparse.Namespace, read: Callable[[], PipSettings]) -> PipSettings:
    from ..errors import ConfigError
    from ..index.pip_settings import without_pip

    import_module("..index.client", __package__)  # `open_client` needs it, and pip works meanwhile
    try:
        settings = read()
    except ConfigError as error:
        if not (options.index_url or options.no_index):
            raise
        logger.info("%s", error)
        settings = without_pip()
    first = options.index_url or filter(None, [settings.index_url])
    indexes = dict.fromkeys([*first, *settings.extra_index_urls, *options.extra_index_url])
    no_index = options.no_index or (settings.no_index and not options.index_url)
    return replace(
        settings,
        index_url=None,
        extra_index_urls=() if no_index else tuple(indexes),
        find_links=tuple(dict.fromkeys([*options.find_links, *settings.find_links])),
    )


@contextmanager
def open_client(
    options: argparse.Namespace, settings: PipSettings, *, from_lock: bool = False
) -> Iterator[tuple[IndexClient, DownloadReporter]]:
    """Have the client, and the reporter of its downloads, in the context. Raises SdistUpipError.

    With `--no-index`, files that a lock file states are only taken from this computer.
    """
    from ..files.user_directories import user_cache
    from ..index.archive_cache import ArchiveCache
    from ..index.client import IndexClient
    from .download_progress import show_downloads

    directory = options.cache_dir or (user_cache("archives") if settings.cache else None)
    offline = from_lock and options.no_index
    with (
        ArchiveCache(directory) as cache,
        show_downloads() as reporter,  # until no download in the background reports any more
        IndexClient(settings, cache, offline=offline, refresh=options.upgrade) as client,
    ):
        yield client, reporter

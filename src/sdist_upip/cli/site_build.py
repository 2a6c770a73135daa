"""A site built by the words and options of a command."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .package_options import add_index_options, add_package_arguments, add_selection_options
from .package_sources import open_client, read_index_settings, read_roots, read_without
from .paths import user_path

if TYPE_CHECKING:
    from ..index.pip_settings import PipSettings
    from ..install import InstallOptions
    from ..requirements.arguments import Root
    from ..site.catalog import Catalog
    from ..site.release import SourceArchive
    from ..site.settings import SiteSettings
    from ..site.store import Store
    from ..site.update import SiteChange, SiteResult

SITE_SETTINGS = ("url", "title", "platform", "mpy")
"""The options that a site keeps. None leaves a setting as it is."""

_LONGEST = 200
"""Most characters of a title."""


def add_site_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what `build_site` reads; return the group of options that a site keeps.

    The command may add `--url`, `--remove`, `--yank` and `--unyank`. It has to set `usage`.
    """
    add_package_arguments(parser)
    add_selection_options(parser, verb="add", present="packages of the site")
    parser.add_argument(
        "--allow-missing",
        action="store_true",
        help="accept releases that require a package which neither the site nor an index has. mip "
        "needs that package from another index first",
    )
    parser.add_argument(
        "--lock",
        type=user_path,
        metavar="FILE",
        help="write a lock file, such as pylock.toml, with the selected packages. Without "
        "PACKAGE, add the packages of the lock file",
    )
    add_index_options(parser)
    group = parser.add_argument_group(
        "the site", "A site keeps these settings, and --platform, for later runs."
    )
    group.add_argument(
        "--title", type=_parse_title, metavar="TEXT", help="name of the site on its pages"
    )
    group.add_argument(
        "--mpy",
        metavar="VERSION",
        help="also serve modules compiled for this MicroPython, such as 1.28. An empty VERSION "
        "ends that",
    )
    parser.set_defaults(platform=None, url=None, remove=(), yank=(), unyank=())
    return group


def _parse_title(text: str) -> str:
    title = " ".join(text.split())
    if not title or not title.isprintable() or len(title) > _LONGEST:
        raise argparse.ArgumentTypeError(f"expected 1 to {_LONGEST} printable characters")
    return title


def read_site_settings(options: argparse.Namespace) -> dict[str, str]:
    """Return the settings of the site that options change."""
    values = {name: getattr(options, name) for name in SITE_SETTINGS}
    return {name: value for name, value in values.items() if value is not None}


def build_site(options: argparse.Namespace, store: Store) -> SiteResult:
    """Change a site, or make one, by words and options; return what changed.

    The extra `index` is required. Raises SdistUpipError.
    """
    from ..mpy.compiler import find_compiler
    from ..requirements.requirement import parse_requirement
    from ..site.changes.recovery import read_settings
    from ..site.settings import SiteSettings
    from ..site.update import update_site

    own = read_site_settings(options)
    settings = replace(read_settings(store) or SiteSettings(), **own)
    if options.mpy:
        find_compiler(options.mpy)
    roots = read_roots(options)
    without = read_without(options, roots)
    catalog = _read_catalog(store)
    if options.upgrade and not roots:
        roots = [parse_requirement(name) for name in catalog if name not in without]
    if roots or options.lock:
        return _add_words(options, store, settings, catalog, roots, without)
    return update_site(store, own, _make_change(options, without))


def _read_catalog(store: Store) -> Catalog:
    from ..site.catalog import Catalog

    try:
        return Catalog.read(store)
    except ValueError:  # the update makes it from the records
        return Catalog()


def _add_words(
    options: argparse.Namespace,
    store: Store,
    settings: SiteSettings,
    catalog: Catalog,
    roots: list[Root],
    without: frozenset[str],
) -> SiteResult:
    """Add what the words ask for; releases that are kept count as unchanged."""
    from ..site.changes.record_book import RecordBook
    from ..site.known_releases import apply_edits
    from ..site.update import update_site
    from ..site.words import open_words

    catalog = apply_edits(catalog, options.remove, options.yank, options.unyank)
    index_settings = read_index_settings(options)
    install_options = _make_install_options(options, index_settings, settings, roots, without)
    with (
        open_client(options, index_settings, from_lock=install_options.from_lock) as places,
        RecordBook(store) as book,
    ):

        def find_sources(name: str) -> Mapping[str, str]:
            entry = catalog.get(name)
            project = book.get(name) if entry else None
            if entry is None or project is None:
                return {}
            kept = {one.version for one in entry.releases}
            releases = (one for one in project.releases if one.version in kept)
            return {origin: one.filename for one in releases for origin in one.origins}

        client, reporter = places
        with open_words(
            install_options,
            client,
            reporter,
            catalog,
            find_sources,
            allow_missing=options.allow_missing,
        ) as words:
            result = update_site(
                store,
                read_site_settings(options),
                _make_change(options, without, words.archives()),
                None if options.no_deps else words.fetch,
            )
            with words.staged_lock():
                unchanged = sorted({*result.unchanged, *words.kept})
                return replace(result, unchanged=tuple(unchanged))


def _make_install_options(
    options: argparse.Namespace,
    index_settings: PipSettings,
    settings: SiteSettings,
    roots: Sequence[Root],
    without: frozenset[str],
) -> InstallOptions:
    from ..install import InstallOptions
    from ..lock.pylock import check_lock_path
    from ..requirements.target import Target

    if options.lock:
        check_lock_path(options.lock)
    return InstallOptions(
        roots,
        find_links=index_settings.find_links,
        indexes=index_settings.index_urls,
        target=Target(settings.platform, settings.mpy),
        lock=options.lock,
        pre=options.pre or index_settings.pre,
        upgrade=options.upgrade,
        convert=options.convert,
        deps=not options.no_deps,
        without=without,
    )


def _make_change(
    options: argparse.Namespace,
    without: frozenset[str],
    archives: Iterable[SourceArchive] = (),
) -> SiteChange:
    from ..site.update import SiteChange

    return SiteChange(
        archives,
        options.remove,
        options.yank,
        options.unyank,
        options.allow_missing,
        sorted(without),
    )

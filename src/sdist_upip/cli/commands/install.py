"""`sdist-upip install`: packages and their dependencies, into a directory for a board or for
freezing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...messages.logs import get_logger
from ...messages.output import print_message, print_result
from ..extras import LOCKS, require_extra
from ..paths import add_path_option, user_path

if TYPE_CHECKING:
    from ...index.client import IndexClient
    from ...index.pip_settings import PipSettings
    from ...install import InstallationResult, InstallOptions
    from ...requirements.arguments import Root
    from ...resolve.preparer import DownloadReporter

logger = get_logger(__name__)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `install`."""
    parser = subparsers.add_parser(
        "install",
        help="put packages and their dependencies into a directory for a board",
        description="Install packages and their dependencies into a directory, as upip does on a "
        "board. Copy the directory to the board, or freeze it into firmware with --freeze.",
    )
    parser.add_argument(
        "arguments",
        nargs="*",
        metavar="PACKAGE|ARCHIVE|PROJECT",
        help="a requirement such as 'logging>=1,<2', the path or URL of an archive, or the "
        "directory of a project, with a slash in it, which is built first",
    )
    _add_what(parser)
    _add_where_from(parser)
    _add_result(parser)
    parser.set_defaults(run=run, usage=parser.error)


def _add_what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-r",
        "--requirement",
        action="append",
        default=[],
        type=user_path,
        metavar="FILE",
        help="read packages from FILE, one per line (may be given more than once)",
    )
    parser.add_argument("--no-deps", action="store_true", help="install no dependencies")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="NAME",
        help="take the dependency NAME as installed, such as a module that the board has built in "
        "(may be given more than once)",
    )
    parser.add_argument("--pre", action="store_true", help="also select pre-releases")
    parser.add_argument(
        "-U",
        "--upgrade",
        action="store_true",
        help="also upgrade dependencies to their newest releases. Without PACKAGE, upgrade all "
        "installed packages",
    )
    parser.add_argument(
        "--platform",
        default="",
        metavar="NAME",
        help="sys.platform of the board, such as rp2 or esp32, for requirements that depend on it",
    )
    parser.add_argument(
        "--convert",
        action="store_true",
        help="build source distributions without a wheel by their own backends, which runs code "
        "of the packages",
    )


def _add_where_from(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "where packages come from", "By default, the indexes and credentials of pip."
    )
    group.add_argument(
        "-i",
        "--index-url",
        action="append",
        metavar="URL",
        help="simple index, or directory of archives (may be given more than once) [default: "
        "the index of pip]",
    )
    group.add_argument(
        "--extra-index-url",
        action="append",
        default=[],
        metavar="URL",
        help="index to use if the others have no release that fits (may be given more than once)",
    )
    group.add_argument(
        "-f",
        "--find-links",
        action="append",
        default=[],
        metavar="DIR|URL",
        help="directory or page of archives, used before the indexes (may be given more than once)",
    )
    group.add_argument("--no-index", action="store_true", help="use no index")
    group.add_argument(
        "--cache-dir",
        type=user_path,
        metavar="DIR",
        help="directory for downloads [default: the cache directory of the user]",
    )


def _add_result(parser: argparse.ArgumentParser) -> None:
    add_path_option(parser, "directory to install to")
    parser.add_argument(
        "--mpy",
        default="",
        metavar="VERSION",
        help="compile modules for this MicroPython, such as 1.28",
    )
    parser.add_argument(
        "--freeze",
        action="store_true",
        help="write modules to freeze into firmware, and a manifest.py",
    )
    parser.add_argument(
        "--force", action="store_true", help="with --freeze, replace files with other content"
    )
    parser.add_argument(
        "--lock",
        type=user_path,
        metavar="FILE",
        help="write a lock file, such as pylock.toml, with the selected packages. Without "
        "PACKAGE, install the packages of the lock file",
    )


def run(options: argparse.Namespace) -> int:
    """Install or freeze; print what changed."""
    _check_usage(options)
    require_extra(
        "install",
        *(
            *LOCKS,
            "packaging.pylock",
            "platformdirs",
            "resolvelib",
            "rich",
            "tomli_w",
            "unearth",
        ),
    )
    from ...freeze.frozen_packages import refuse_frozen
    from ...install import install
    from ...installed.package_directory import PackageDirectory

    settings = _read_settings(options)
    if options.freeze:
        return _freeze(options, settings)
    refuse_frozen(options.path)
    with PackageDirectory(options.path) as directory:
        install_options = _read_options(options, settings, directory.names())
        with _open_client(options, settings, install_options) as (client, reporter):
            results = install(install_options, client, directory, reporter)
    _print(results)
    if not results:
        print_message("Nothing to install.")
    return 0


def _freeze(options: argparse.Namespace, settings: PipSettings) -> int:
    from ...freeze.frozen_directory import freeze_into, refuse_projects
    from ...install import fetch_releases
    from ...installed.directory_lock import lock_directory
    from .freeze import report

    install_options = _read_options(options, settings, [])
    projects = [root for root in install_options.roots if isinstance(root, Path)]
    refuse_projects(options.path, projects)
    with (
        lock_directory(options.path),
        _open_client(options, settings, install_options) as (client, reporter),
        fetch_releases(install_options, client, reporter) as releases,
    ):
        frozen = freeze_into(options.path, releases, force=options.force)
    for name, version in frozen.packages.items():
        _print_installed(name, frozen.replaced.get(name), version)
    report(options.path, frozen)
    return 0


def _check_usage(options: argparse.Namespace) -> None:
    named = options.arguments or options.requirement
    if not (named or options.lock or (options.upgrade and not options.freeze)):
        options.usage("pass a package, an archive or a project, or -r, --lock or --upgrade")
    if options.freeze and options.mpy:
        options.usage("--mpy cannot be used with --freeze: the port's build compiles the modules")
    if options.force and not options.freeze:
        options.usage("--force requires --freeze")
    if options.lock and not named and (options.upgrade or options.pre or options.no_deps):
        options.usage(
            "--lock without packages installs the packages of the lock file. "
            "Name packages to write a new one."
        )


def _read_settings(options: argparse.Namespace) -> PipSettings:
    """Return pip's settings with the places of the command line, in the order of asking."""
    from ...errors import ConfigError
    from ...index.pip_settings import ask_pip, without_pip

    try:
        settings = ask_pip()
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


def _read_options(
    options: argparse.Namespace, settings: PipSettings, installed: Sequence[str]
) -> InstallOptions:
    from ...board.pkg_resources import PACKAGE
    from ...errors import ConfigError
    from ...filenames import is_project_name
    from ...install import InstallOptions
    from ...lock.pylock import check_lock_path
    from ...mpy.compiler import find_compiler
    from ...requirements.arguments import parse_requirements, read_requirements_file
    from ...requirements.requirement import parse_requirement
    from ...requirements.target import Target

    roots = parse_requirements(options.arguments)
    for path in options.requirement:
        roots += read_requirements_file(path)
    if options.requirement and not roots:
        raise ConfigError(
            f"-r {' '.join(map(str, options.requirement))}: the file has no requirements. "
            "Write one per line."
        )
    without = _read_without(options, roots)
    if options.upgrade and not roots:
        left_out = {PACKAGE, *without}
        names = [name for name in installed if is_project_name(name) and name not in left_out]
        roots += map(parse_requirement, names)
    if options.lock:
        check_lock_path(options.lock)
    if options.mpy:
        find_compiler(options.mpy)
    return InstallOptions(
        roots,
        find_links=settings.find_links,
        indexes=settings.index_urls,
        target=Target(options.platform, options.mpy),
        lock=options.lock,
        pre=options.pre or settings.pre,
        upgrade=options.upgrade,
        convert=options.convert,
        mpy=options.mpy,
        deps=not options.no_deps,
        without=without,
    )


def _read_without(options: argparse.Namespace, roots: Sequence[Root]) -> frozenset[str]:
    """Return the normalized names of the dependencies that are taken as installed."""
    from packaging.utils import canonicalize_name

    from ...filenames import is_project_name
    from ...index.link import Link

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


@contextmanager
def _open_client(
    options: argparse.Namespace, settings: PipSettings, install_options: InstallOptions
) -> Iterator[tuple[IndexClient, DownloadReporter]]:
    from ...files.user_directories import user_cache
    from ...index.archive_cache import ArchiveCache
    from ...index.client import IndexClient
    from ..download_progress import show_downloads

    directory = options.cache_dir or (user_cache("archives") if settings.cache else None)
    offline = install_options.from_lock and options.no_index
    with (
        ArchiveCache(directory) as cache,
        IndexClient(settings, cache, offline=offline) as client,
        show_downloads() as reporter,
    ):
        yield client, reporter


def _print(results: Sequence[InstallationResult]) -> None:
    for result in results:
        if result.written:
            _print_installed(result.name, result.before, result.after)
        else:
            print_result(f"{result.name} {result.after} is installed")


def _print_installed(name: str, before: str | None, after: str) -> None:
    replaced = "" if before in (None, after) else f", which replaces {before}"
    print_result(f"installed {name} {after}{replaced}")

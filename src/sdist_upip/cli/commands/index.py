"""`sdist-upip index`: a static site that mip, mpremote, upip, pip and uv install from."""

from __future__ import annotations

import argparse
from dataclasses import astuple
from typing import TYPE_CHECKING

from ...messages.output import print_message, print_result
from ...messages.text import escape
from ..extras import INSTALLS, require_extra
from ..site_build import SITE_SETTINGS, add_site_options, build_site, read_site_settings

if TYPE_CHECKING:
    from ...site.store import Store
    from ...site.update import SiteResult

_LONGEST = 200
"""Most characters of the reason for which a release is yanked."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `index`."""
    parser = subparsers.add_parser(
        "index",
        help="write a static site that mip, upip and pip install packages from",
        description="Write a static site that mip, mpremote, upip, pip and uv install packages "
        "from, or add releases to it. Any web server or object store serves it.",
    )
    group = add_site_options(parser)
    group.add_argument(
        "-o",
        "--output",
        default="site",
        metavar="DIR|URL",
        help="directory of the site, or its address in an object store, such as "
        "s3://BUCKET/PATH [default: site]",
    )
    group.add_argument(
        "--url",
        type=_parse_url,
        metavar="URL",
        help="URL that the site is served at. The feed, the settings of upip and the files for "
        "stock upip need it",
    )
    _add_changes(parser)
    parser.set_defaults(run=run, usage=parser.error, extra="index")


def _add_changes(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("releases of the site", "Each may be given more than once.")
    group.add_argument(
        "--remove",
        action="append",
        default=[],
        type=_parse_release,
        metavar="NAME==VERSION",
        help="remove a release",
    )
    group.add_argument(
        "--yank",
        action="append",
        default=[],
        type=_parse_yank,
        metavar="NAME==VERSION[:REASON]",
        help="offer a release only to those who name its exact version (PEP 592)",
    )
    group.add_argument(
        "--unyank",
        action="append",
        default=[],
        type=_parse_release,
        metavar="NAME==VERSION",
        help="offer a yanked release again",
    )


def _parse_release(text: str) -> tuple[str, str]:
    from ...filenames import is_project_name, parse_version

    name, _, version = (part.strip() for part in text.partition("=="))
    if not is_project_name(name) or parse_version(version) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME==VERSION")
    return name, version


def _parse_yank(text: str) -> tuple[str, str, str]:
    release, _, reason = text.partition(":")
    return *_parse_release(release), escape(" ".join(reason.split()))[:_LONGEST]


def _parse_url(text: str) -> str:
    from ...board.device_settings import check_index_url
    from ...errors import ConfigError

    url = text.strip().rstrip("/")
    try:
        if url and not set("?#").isdisjoint(check_index_url(url, "--url")):
            raise ConfigError(f"{url}: the URL of a site has neither ? nor #. Remove it.")
    except ConfigError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return url


def run(options: argparse.Namespace) -> int:
    """Write the site; print what changed."""
    _check_usage(options)
    require_extra("index", "jinja2", "readme_renderer", *INSTALLS)
    from ...site.changes.recovery import read_settings
    from ...site.stores.addresses import open_store

    store = open_store(options.output)
    old = read_settings(store)
    if old is None:
        _refuse_other_files(store)
    result = build_site(options, store)
    _print(result)
    if not any(astuple(result)):
        changed = bool(read_site_settings(options))
        print_message("The site has the new settings." if changed else "Nothing to add.")
    if old is None and not options.url:
        print_message(
            "The URL of the site is not known. Pass --url once for the feed, for the settings of "
            "upip, and for the files that stock upip needs."
        )
    return 0


def _check_usage(options: argparse.Namespace) -> None:
    named = options.arguments or options.requirement
    changes = options.remove or options.yank or options.unyank
    settings = any(getattr(options, name) is not None for name in SITE_SETTINGS)
    if not (named or options.lock or options.upgrade or changes or settings):
        options.usage(
            "pass a package, an archive or a project, or -r, --lock, --upgrade, --remove, --yank, "
            "--unyank or a setting of the site"
        )
    if options.lock and not named and (options.upgrade or options.pre or options.no_deps):
        options.usage(
            "--lock without packages adds the packages of the lock file. Name packages to write "
            "a new one."
        )


def _refuse_other_files(store: Store) -> None:
    """Raise ConfigError if there are files, and none of them is of a site.

    Hidden files do not count: a directory that is published may be under version control.
    """
    from ...errors import ConfigError
    from ...site.changes.journal import PENDING

    if store.read(PENDING) is not None:
        return
    other = next((path for path in store.find("") if not path.startswith(".")), None)
    if other is not None:
        raise ConfigError(
            f"{store.title} has other files, such as {other}, and is not a site. Pass another "
            "directory with --output, or an empty one."
        )


def _print(result: SiteResult) -> None:
    changes = (
        ("added", result.added),
        ("removed", result.removed),
        ("yanked", result.yanked),
        ("unyanked", result.unyanked),
    )
    for verb, releases in changes:
        for name, version in releases:
            print_result(f"{verb} {name} {version}")
    for name, version in result.unchanged:
        print_result(f"{name} {version} is in the site")
    for name, version, required in result.missing:
        print_message(
            f"warning: {name} {version} requires {required}, which the site does not have. mip "
            f"needs {required} from another index first."
        )

"""`sdist-upip serve`: a site for development, on this computer."""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ...messages.output import flush_output, print_error, print_message, print_result
from ..extras import INSTALLS, require_extra
from ..package_sources import read_index_settings, read_roots
from ..site_build import add_site_options, build_site

if TYPE_CHECKING:
    from ...site.serving.server import SiteServer

_DEFAULT = "site"
_INTERVAL = 0.5
"""Seconds between two looks at the files of projects."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `serve`."""
    parser = subparsers.add_parser(
        "serve",
        help="serve a site on this computer, for development",
        description="Serve the directory of a site that `sdist-upip index` wrote, or a site of "
        "these packages, which is built again when files of archives and projects change. The "
        "server is for development, not for production.",
    )
    add_site_options(parser)
    group = parser.add_argument_group("the server")
    group.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="address to serve at. 0.0.0.0 lets boards in the network reach the site "
        "[default: 127.0.0.1]",
    )
    group.add_argument(
        "--port",
        type=_parse_port,
        default=8080,
        metavar="PORT",
        help="port to serve at, or 0 for one that is free [default: 8080]",
    )
    parser.set_defaults(run=run, usage=parser.error, extra="index")


def _parse_port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Serve until a signal ends the process."""
    from ...site.serving.server import SiteServer

    named = options.arguments or options.requirement
    site = _find_site(options)
    if not (site or named or options.lock):
        options.usage(
            f"{_DEFAULT} is not a site. Pass a site, a package, an archive or a project, or -r or "
            "--lock"
        )
    with SiteServer(options.host, options.port, print_message) as server:
        if site:
            server.roots = (site,)
            _announce(server)
            server.serve_forever()
        else:
            _serve_words(options, server)
    return 0


def _find_site(options: argparse.Namespace) -> Path | None:
    """Return the directory of the site that the arguments name, None if they name packages."""
    from ...files.user_directories import expand_home
    from ...site.settings import SETTINGS

    if options.requirement or options.lock or len(options.arguments) > 1:
        return None
    try:
        path = expand_home(options.arguments[0] if options.arguments else _DEFAULT)
        return path if (path / SETTINGS).is_file() else None
    except (OSError, ValueError):  # a requirement need not be a possible path
        return None


def _serve_words(options: argparse.Namespace, server: SiteServer) -> None:
    """Build the site of the words, and build it again whenever their files change."""
    require_extra("index", "jinja2", "readme_renderer", *INSTALLS)
    from ...site.serving.rebuilding import Rebuilder
    from ...site.stores.directory import DirectoryStore

    options.url = server.url
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:

        def build(directory: Path) -> None:
            for name, version, required in build_site(options, DirectoryStore(directory)).missing:
                print_message(
                    f"warning: {name} {version} requires {required}, which the site does not have."
                )

        def find_sources() -> Iterator[Path]:
            return _find_sources(options)

        rebuilder = Rebuilder(server, Path(scratch), build, find_sources, print_error)
        rebuilder.build()
        _announce(server)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            while True:
                if rebuilder.watch(_INTERVAL):
                    print_message("The site is built again.")
        finally:
            server.shutdown()
            thread.join()


def _find_sources(options: argparse.Namespace) -> Iterator[Path]:
    """Yield the files and directories on this computer that the site is built of."""
    from ...index.link import Link
    from ...index.urls import is_local, local_path

    yield from options.requirement
    if options.lock:
        yield options.lock
    for root in read_roots(options):
        path = root.path if isinstance(root, Link) else root
        if isinstance(path, Path):
            yield path
    settings = read_index_settings(options)
    for location in (*settings.find_links, *settings.index_urls):
        if is_local(location):
            yield local_path(location)


def _announce(server: SiteServer) -> None:
    """Print the URL of the site, and how to install its first package."""
    from ...site.catalog import Catalog
    from ...site.changes.record_book import record_path
    from ...site.pages.commands import make_project_commands
    from ...site.records import ProjectRecord
    from ...site.settings import SiteSettings
    from ...site.stores.directory import DirectoryStore

    print_result(f"Serving {server.url}/ for development, not for production. Ctrl-C ends it.")
    store = DirectoryStore(server.roots[0])
    settings = SiteSettings(url=server.url)
    try:
        name = next(iter(Catalog.read(store)), None)
        record = store.read(record_path(name)) if name else None
        commands = (
            make_project_commands(ProjectRecord.from_json(record), settings) if record else []
        )
    except ValueError as error:
        commands = []
        print_message(f"warning: The records of {store.title} cannot be read: {error}.")
    for command in commands:
        lines = command.lines.split("\n")
        print_result("", f"{command.title}:", *(f"    {line}" for line in lines))
    if server.is_local:
        print_message(
            "Only this computer reaches the site. Pass --host 0.0.0.0 to let boards in the network "
            "reach it."
        )
    flush_output()

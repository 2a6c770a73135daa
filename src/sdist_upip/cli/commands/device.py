"""`sdist-upip device`: write the modules for a board into a directory, to be copied there."""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from ...messages.logs import get_logger
from ...messages.output import print_result
from ..attached.options import add_board_options, board_path, check_board_usage, open_session
from ..paths import LIB

logger = get_logger(__name__)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `device`."""
    parser = subparsers.add_parser(
        "device",
        help="write the modules for a board, pkg_resources and upip, into a directory",
        description="Write the modules for a board, pkg_resources and upip, into a directory, with "
        "the settings of upip.",
    )
    parser.add_argument(
        "-p",
        "--path",
        type=Path,
        default=LIB,
        metavar="DIR",
        help="directory to write to [default: lib]",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--mpy",
        metavar="VERSION",
        help="compile modules for this MicroPython, such as 1.28, or with --board auto",
    )
    form.add_argument(
        "--cpython", action="store_true", help="also write the module that upip needs on CPython"
    )
    index = parser.add_mutually_exclusive_group()
    index.add_argument(
        "-i",
        "--index-url",
        action="append",
        metavar="URL",
        help="simple index for upip (may be given more than once) [default: the indexes of pip]",
    )
    index.add_argument("--no-index", action="store_true", help="write no settings for upip")
    parser.add_argument(
        "--ca",
        action="append",
        nargs="?",
        const="",
        metavar="HOST|PEM",
        help="write root certificates for upip: the certificate that verifies HOST, or those in a "
        "PEM file (may be given more than once) [default: the certificates in pip's setting cert, "
        "if they are few, or else those that verify the hosts of the indexes]",
    )
    parser.add_argument("--force", action="store_true", help="replace files with other content")
    add_board_options(parser)
    parser.set_defaults(run=run, usage=parser.error)


def run(options: argparse.Namespace) -> int:
    """Write the modules and print their paths.

    MicroPython prefers x.py to x.mpy, so the other form of a module must not remain next to it.
    """
    check_board_usage(options)
    if options.board is not None:
        return _write_to_board(options)
    if options.mpy == "auto":
        options.usage("--mpy auto requires --board")
    from ...files.generated import put_files
    from ...installed.directory_lock import lock_directory

    files, removed = _make_files(options)
    with lock_directory(options.path):
        paths = put_files(options.path, files, removed=removed, force=options.force)
    for path in paths:
        print_result(str(path))
    return 0


def _write_to_board(options: argparse.Namespace) -> int:
    from ...attached.board_directory import read_recovered
    from ...attached.loose_files import put_loose

    if options.cpython:
        options.usage("--cpython cannot be used with --board")
    with open_session(options) as session:
        facts = read_recovered(session, board_path(options), wants_importers=False)
        if options.mpy == "auto":
            options.mpy = facts.short_release
        files, removed = _make_files(options)
        paths = put_loose(session, facts, files, removed, force=options.force)
    print_result(*paths)
    return 0


def _make_files(
    options: argparse.Namespace,
) -> tuple[dict[str, bytes], dict[str, bytes | None]]:
    """Return the files to write, and those that must not remain: path to content."""
    from ...board.device_files import compile_modules, read_device_modules
    from ...board.device_settings import SETTINGS, settings_module
    from ...board.root_certificates import ROOTS

    sources = read_device_modules(cpython=options.cpython)
    files: dict[str, bytes] = sources
    removed: dict[str, bytes | None] = {f"{path[:-3]}.mpy": None for path in sources}
    if options.mpy:
        files, removed = compile_modules(sources, options.mpy), dict(sources)
    index_urls = _index_urls(options)
    if index_urls:
        files[SETTINGS] = settings_module(index_urls)
    if options.ca:
        files[ROOTS] = b"".join(_roots(options.ca, index_urls))
    return files, removed


def _index_urls(options: argparse.Namespace) -> list[str]:
    """Return the index URLs for upip; indexes of pip that a board cannot use are excluded."""
    from ...board.device_settings import check_index_url, find_index_urls
    from ...errors import ConfigError

    if options.no_index:
        return []
    if options.index_url:
        return [check_index_url(url) for url in options.index_url]
    urls = []
    try:
        for url in find_index_urls():
            try:
                urls.append(check_index_url(url))
            except ConfigError as error:
                logger.warning("Excluded from the settings of upip: %s", error)
    except ConfigError as error:
        logger.warning("No settings for upip: %s", error)
    return urls


def _roots(names: list[str], index_urls: list[str]) -> list[bytes]:
    """Return the DER certificates that `--ca` asks for, each once; warn if there are many."""
    from ...board.device_settings import find_cert
    from ...board.root_certificates import (
        FEW,
        ROOTS,
        UnreachableHostError,
        find_root,
        read_cert,
        read_certificates,
        read_roots,
    )
    from ...errors import ConfigError

    found = []
    for name in names:
        if Path(name).is_file():
            found += read_certificates(Path(name))
            continue
        cert = find_cert()
        trusted = read_cert(Path(cert)) if cert and not name else []
        if 0 < len(trusted) <= FEW:
            found += trusted
            continue
        hosts = [f"//{name}"] if name else [u for u in index_urls if u.startswith("https:")]
        places = [_parse_host(host, name) for host in hosts]
        if not places:
            raise ConfigError("--ca: no index with https:// is set. Pass a host or a PEM file.")
        roots = read_roots(cert)
        try:
            found += [find_root(host, port, roots) for host, port in places]
        except UnreachableHostError as error:
            if not trusted:
                raise
            logger.warning("All certificates of %s are written. %s", cert, error)
            found += trusted
    found = list(dict.fromkeys(found))
    if len(found) > FEW:
        logger.warning(
            "%s has %d certificates of %s bytes in all, and upip loads all of them into memory. "
            "Pass only the root certificates of the indexes, with --ca PEM or --ca HOST.",
            ROOTS,
            len(found),
            f"{sum(map(len, found)):,}",
        )
    return found


def _parse_host(host: str, name: str) -> tuple[str, int]:
    """Return the host and the port of a URL. `name` is the argument that it comes from."""
    from ...errors import ConfigError

    try:
        parts = urlsplit(host)
        port = parts.port or 443
    except ValueError:
        parts = urlsplit("")
    if not parts.hostname or "/" in name:
        raise ConfigError(
            f"--ca {name} is neither a host nor an existing PEM file. Pass one of them."
        )
    return parts.hostname, port

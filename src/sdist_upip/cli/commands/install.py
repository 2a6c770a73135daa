"""`sdist-upip install`: packages and their dependencies, into a directory for a board or for
freezing, or into an image of ROMFS."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ...messages.output import print_message, print_result
from ..attached.options import add_board_options, check_board_usage, open_directory
from ..extras import INSTALLS, require_extra
from ..package_options import add_index_options, add_package_arguments, add_selection_options
from ..package_sources import asking_for_settings, open_client, read_roots, read_without
from ..paths import add_path_option, user_path
from ..romfs.building import add_romfs_options, check_romfs_usage

if TYPE_CHECKING:
    from ...attached.board_directory import BoardDirectory
    from ...index.pip_settings import PipSettings
    from ...install import InstallationResult, InstallOptions
    from ...installed.package_directory import PackageDirectory


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `install`."""
    parser = subparsers.add_parser(
        "install",
        help="put packages and their dependencies into a directory for a board, or onto a board",
        description="Install packages and their dependencies into a directory, as upip does on a "
        "board, or onto a connected board with --board. Copy the directory to the board, or freeze "
        "it into firmware with --freeze. With --romfs, write an image for the flash of a board.",
    )
    add_package_arguments(parser)
    add_selection_options(parser, verb="install", present="installed packages")
    add_index_options(parser)
    _add_result(parser)
    add_board_options(parser)
    parser.set_defaults(run=run, usage=parser.error, extra="install")


def _add_result(parser: argparse.ArgumentParser) -> None:
    add_path_option(parser, "directory to install to")
    parser.add_argument(
        "--mpy",
        default="",
        metavar="VERSION",
        help="compile modules for this MicroPython, such as 1.28, or with --board auto",
    )
    parser.add_argument(
        "--freeze",
        action="store_true",
        help="write modules to freeze into firmware, and a manifest.py",
    )
    parser.add_argument(
        "--force", action="store_true", help="with --freeze, replace files with other content"
    )
    add_romfs_options(parser)
    parser.add_argument(
        "--lock",
        type=user_path,
        metavar="FILE",
        help="write a lock file, such as pylock.toml, with the selected packages. Without "
        "PACKAGE, install the packages of the lock file",
    )


def run(options: argparse.Namespace) -> int:
    """Install, freeze or write an image; print what changed."""
    _check_usage(options)
    check_board_usage(options)
    with asking_for_settings(options) as read_settings:
        require_extra("install", *INSTALLS)
        from ...freeze.frozen_packages import refuse_frozen
        from ...install import install

        settings = read_settings()
    if options.freeze:
        return _freeze(options, settings)
    if options.romfs:
        return _write_image(options, settings)
    if options.board is None:
        refuse_frozen(options.path)
    with open_directory(options) as directory:
        version = options.mpy
        if options.board is not None:
            version = _adapt_to_board(options, directory)
        install_options = _read_options(options, settings, directory.names(), version)
        with open_client(options, settings, from_lock=install_options.from_lock) as (
            client,
            reporter,
        ):
            directory.report_to(reporter)
            results = install(install_options, client, directory, reporter)
    _print(results)
    if not results:
        print_message("Nothing to install.")
    return 0


def _adapt_to_board(options: argparse.Namespace, directory: PackageDirectory) -> str:
    """Set the options that the board answers; return its version of MicroPython."""
    facts = cast("BoardDirectory", directory).facts
    options.platform = options.platform or facts.platform
    if options.mpy == "auto":
        options.mpy = facts.short_release
    return facts.release


def _freeze(options: argparse.Namespace, settings: PipSettings) -> int:
    from ...freeze.frozen_directory import freeze_into, refuse_projects
    from ...install import fetch_releases
    from ...installed.directory_lock import lock_directory
    from .freeze import report

    install_options = _read_options(options, settings, [], "")
    projects = [root for root in install_options.roots if isinstance(root, Path)]
    refuse_projects(options.path, projects)
    with (
        lock_directory(options.path),
        open_client(options, settings, from_lock=install_options.from_lock) as (client, reporter),
        fetch_releases(install_options, client, reporter) as releases,
    ):
        frozen = freeze_into(options.path, releases, force=options.force)
    for name, version in frozen.packages.items():
        _print_installed(name, frozen.replaced.get(name), version)
    report(options.path, frozen)
    return 0


def _write_image(options: argparse.Namespace, settings: PipSettings) -> int:
    from ..romfs.building import choose_version, print_image, write_romfs
    from ..romfs.deploying import adapt_to_rom, check_machine, deploy

    rom = adapt_to_rom(options) if options.board is not None else None
    options.mpy = choose_version(options.mpy)
    install_options = _read_options(
        options, settings, [], rom.facts.release if rom else options.mpy
    )
    with write_romfs(options, settings, install_options) as (contents, size):
        if rom:
            check_machine(rom, contents)
    for name, version in contents.packages.items():
        _print_installed(name, None, version)
    print_image(options.romfs, contents, size)
    if rom:
        deploy(options, rom)
    return 0


def _check_usage(options: argparse.Namespace) -> None:
    named = options.arguments or options.requirement
    if not (named or options.lock or (options.upgrade and not (options.freeze or options.romfs))):
        options.usage("pass a package, an archive or a project, or -r, --lock or --upgrade")
    check_romfs_usage(options)
    if options.freeze and options.mpy:
        options.usage("--mpy cannot be used with --freeze: the port's build compiles the modules")
    if options.freeze and options.board is not None:
        options.usage("--freeze cannot be used with --board: a board has its firmware already")
    if options.mpy == "auto" and options.board is None:
        options.usage("--mpy auto requires --board")
    if options.force and not options.freeze:
        options.usage("--force requires --freeze")
    if options.lock and not named and (options.upgrade or options.pre or options.no_deps):
        options.usage(
            "--lock without packages installs the packages of the lock file. "
            "Name packages to write a new one."
        )


def _read_options(
    options: argparse.Namespace, settings: PipSettings, installed: Sequence[str], version: str
) -> InstallOptions:
    from ...board.pkg_resources import PACKAGE
    from ...filenames import is_project_name
    from ...install import InstallOptions
    from ...requirements.requirement import parse_requirement
    from ...requirements.target import Target

    roots = read_roots(options)
    without = read_without(options, roots)
    if options.upgrade and not roots:
        left_out = {PACKAGE, *without}
        names = [name for name in installed if is_project_name(name) and name not in left_out]
        roots += map(parse_requirement, names)
    if options.lock:
        from ...lock.pylock import check_lock_path

        check_lock_path(options.lock)
    if options.mpy:
        from ...mpy.compiler import find_compiler

        find_compiler(options.mpy)
    return InstallOptions(
        roots,
        find_links=settings.find_links,
        indexes=settings.index_urls,
        target=Target(options.platform, version),
        lock=options.lock,
        pre=options.pre or settings.pre,
        upgrade=options.upgrade,
        convert=options.convert,
        mpy=options.mpy,
        deps=not options.no_deps,
        without=without,
    )


def _print(results: Sequence[InstallationResult]) -> None:
    for result in results:
        if result.written:
            _print_installed(result.name, result.before, result.after)
        else:
            print_result(f"{result.name} {result.after} is installed")


def _print_installed(name: str, before: str | None, after: str) -> None:
    replaced = "" if before in (None, after) else f", which replaces {before}"
    print_result(f"installed {name} {after}{replaced}")

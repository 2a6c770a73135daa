"""`sdist-upip package-json`: write the package.json that mip reads in a repository."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigError, OutputError, ProjectError
from ...messages.output import print_document, print_message, print_result
from ..diffs import render_diff
from ..project_build import build_here, refuse_no_project

if TYPE_CHECKING:
    from ...config import Config
    from ...mip.description import Description

_SHOWN = 5
"""Files that a warning names."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `package-json`."""
    parser = subparsers.add_parser(
        "package-json",
        help="write the package.json that mip reads in a repository",
        description="Write the package.json with which mip and mpremote install a project from its "
        "repository: its files, its dependencies and its version.",
    )
    parser.add_argument(
        "source",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="PROJECT|ARCHIVE",
        help="directory of the project, which is built first, or an archive whose files are in the "
        "repository at their install paths [default: the current directory]",
    )
    parser.add_argument(
        "--urls",
        metavar="BASE",
        help="how URLs begin: relative, github:ORG/REPO or github:ORG/REPO/DIR, where DIR is the "
        "directory of the project, also with gitlab:, codeberg: or https: [default: relative]",
    )
    parser.add_argument(
        "--dep",
        action="append",
        default=[],
        metavar="NAME=DEP",
        help="what mip installs for the requirement NAME: a name in its index or github:ORG/REPO, "
        "with or without @VERSION, or nothing (may be given more than once)",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="file to write, - for standard output [default: package.json in the directory of the "
        "project]",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing, and fail with a diff if the file differs or is missing",
    )
    parser.add_argument(
        "--no-isolation",
        dest="isolation",
        action="store_false",
        help="run the backend in this environment, not in an isolated one. setuptools always runs "
        "in this environment",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the file, or compare it and return 1 if it differs."""
    from ...config import Config, read_config
    from ...files.regular import read_present
    from ...mip.package_json import FILENAME, render_package_json

    source: Path = options.source
    is_archive = source.is_file()
    if not is_archive:
        refuse_no_project(source)
    config = Config() if is_archive else read_config(source)
    directory = Path() if is_archive else source
    to_stdout = options.output == Path("-")
    target: Path = directory / FILENAME if to_stdout else options.output or directory / FILENAME
    if options.check and to_stdout:
        raise ConfigError("--check compares a file. Pass -o FILE, or omit -o.")
    if target.is_dir():
        raise OutputError(f"{target} is a directory. Pass the file, such as {target / FILENAME}.")
    present = None if to_stdout else _decode(read_present(target), target)
    release = _describe(source, options)
    urls, deps = _find_content(release, config, options, directory, target)
    text = render_package_json(release.version, urls, deps, present, str(target))
    if to_stdout:
        print_document(text.encode())
    elif text == present:
        print_result(f"{target} is up to date")
    elif options.check:
        print_document(render_diff(target.name, present, text).encode())
        state = "is missing" if present is None else "differs from the release"
        print_message(f"{target} {state}. Run sdist-upip package-json to write it.")
        return 1
    else:
        _write(target, text)
        needs = f"{len(deps)} dependenc{'y' if len(deps) == 1 else 'ies'}"
        print_result(f"wrote {target}: {_count(len(urls))}, {needs}")
    return 0


def _decode(data: bytes | None, target: Path) -> str | None:
    """Return the text of the file that is there. Its line ends may be those of Windows."""
    try:
        return None if data is None else data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ProjectError(f"{target} is not UTF-8. Save the file as UTF-8.") from error


def _describe(source: Path, options: argparse.Namespace) -> Description:
    from ...mip.description import describe_archive, describe_build

    if source.is_file():
        return describe_archive(source)
    project = source.absolute()
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        build = build_here(
            project, Path(scratch), {"compression": "fast"}, isolated=options.isolation
        )
    release = describe_build(build, project)
    files = release.files
    if files.changed:
        print_message(
            f"note: mip gets {_count(len(files.changed))} as in the repository, "
            f"{files.before:,} bytes. In the archive the steps make them {files.after:,} bytes."
        )
    return release


def _find_content(
    release: Description, config: Config, options: argparse.Namespace, directory: Path, target: Path
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pairs of `urls` and of `deps`."""
    from ...mip.dependencies import find_dependencies
    from ...mip.urls import RELATIVE, make_urls, parse_base

    base = parse_base(options.urls or config.package_json.get("urls") or RELATIVE)
    chosen = {**config.package_json.get("deps", {}), **_read_deps(options.dep)}
    home = target.absolute().parent.resolve()
    urls = make_urls(release.files.sources, base, directory.resolve(), home)
    _warn_of_missing(options.source, release)
    return urls, find_dependencies(release.requires, chosen)


def _read_deps(texts: list[str]) -> dict[str, str]:
    chosen = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not name or not separator:
            raise ConfigError(f"--dep {text!r}: expected NAME=DEP.")
        chosen[name] = value
    return chosen


def _warn_of_missing(source: Path, release: Description) -> None:
    """Warn of files that are not in the repository, as far as is known here."""
    from ...mip.repository import find_untracked

    files = release.files.sources.values()
    if source.is_file():
        missing = sorted(path for path in files if not Path(path).is_file())
        advice = f"{Path.cwd()} does not have what the archive has. Pass the project instead."
    else:
        missing = find_untracked(source, files)
        advice = "They are not tracked by git. Add them, or exclude them from the archive."
    if missing:
        shown = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
        print_message(f"warning: mip will not find {_count(len(missing))}: {shown}. {advice}")


def _count(files: int) -> str:
    return f"{files} file{'s' * (files != 1)}"


def _write(target: Path, text: str) -> None:
    from ...files.atomic import replace_file

    replace_file(target.resolve(), text.encode())

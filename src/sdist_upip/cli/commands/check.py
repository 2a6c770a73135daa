"""`sdist-upip check`: check that archives are safe for devices and PyPI, or report why not.

The archive of a project is built first, and removed after the check.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...check.problem import find_unknown_code
from ...limits import WINDOW, WINDOWS
from ...messages.output import print_json, print_result
from ..project_build import is_project

if TYPE_CHECKING:
    from ...check.archive import Report
    from ...check.code.remedies import FindSource
    from ...ports.firmware import Firmware


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `check`."""
    parser = subparsers.add_parser(
        "check",
        help="check archives for devices, installers and PyPI",
        description="Check any archive for problems on devices, in installers and on PyPI. A "
        "project is built first, and its archive is checked. "
        "Exit codes: 0 clean, 1 problems, 2 wrong usage. The page docs/reference/check-codes "
        "explains every code.",
    )
    parser.add_argument(
        "archives",
        nargs="+",
        metavar="ARCHIVE|PROJECT",
        help="a .tar.gz file, or the directory of a project",
    )
    parser.add_argument("--strict", action="store_true", help="fail on warnings too")
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        type=_read_codes,
        metavar="CODE[,CODE]",
        help="do not report these codes (may be given more than once)",
    )
    parser.add_argument(
        "--window",
        type=int,
        choices=WINDOWS,
        metavar="BYTES",
        help="window of the devices in bytes, a power of two from 512 to 32768 "
        f"[default: {WINDOW}, or that of the project]",
    )
    parser.add_argument(
        "--mpy",
        default="",
        metavar="VERSION",
        help="also report code that fails on this MicroPython, such as 1.28",
    )
    parser.add_argument(
        "--platform",
        default="",
        metavar="NAME",
        help="also report code that fails on boards with this sys.platform, such as rp2 or esp32",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check every archive and print its problems; return 1 if an archive fails, else 0."""
    from ...check.archive import without_codes
    from ...ports.firmware import make_firmware
    from ..check_output import as_json, render_reports

    firmwares: tuple[Firmware, ...] = ()
    if options.mpy or options.platform:
        firmwares = (make_firmware(options.mpy, options.platform),)
    ignored = frozenset(code for codes in options.ignore for code in codes)
    reports = [
        without_codes(_check(Path(archive), options.window, firmwares), ignored)
        for archive in options.archives
    ]
    if options.json:
        print_json(as_json(reports, options.strict))
    else:
        print_result(*render_reports(reports))
    return int(any(report.fails(options.strict) for report in reports))


def _check(path: Path, window: int | None, firmwares: tuple[Firmware, ...]) -> Report:
    from ...check.archive import check_archive
    from ...check.code.rules import CodeOptions

    if is_project(path):
        return _check_project(path, window, firmwares)
    return check_archive(path, window or WINDOW, CodeOptions(firmwares, find_sources(path)))


def _check_project(project: Path, window: int | None, firmwares: tuple[Firmware, ...]) -> Report:
    """Return the report on the archive of a project, without the codes that the project ignores.

    Raises ProjectError if it cannot be built.
    """
    from ...builders.project_archive import build_project
    from ...check.archive import check_archive, without_codes
    from ...check.code.rules import CodeOptions
    from ...config import read_config
    from ...ports.firmware import parse_firmwares

    config = read_config(project)
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        archive, _ = build_project(project, Path(scratch))
        code = CodeOptions(
            firmwares or parse_firmwares(config.targets), find_sources_in(project.absolute())
        )
        report = check_archive(archive, window or config.window, code)
    return replace(without_codes(report, frozenset(config.ignore)), archive=archive.name)


def find_sources(archive: Path) -> FindSource | None:
    """Return what finds the sources of modules, if `archive` is in the directory dist of a project.

    The result is None for any other archive.
    """
    project = archive.absolute().parent.parent
    if archive.absolute().parent.name != "dist" or not is_project(project):
        return None
    return find_sources_in(project)


def find_sources_in(project: Path) -> FindSource:
    """Return what finds the sources of modules in the directory `project`."""
    from ...project.sources import find_module_file

    def find_source(importer: str, module: str) -> str | None:
        near = importer.rpartition("/")[0]
        directories = dict.fromkeys(["", "src", near, f"src/{near}"])
        return find_module_file(project, module, directories)

    return find_source


def _read_codes(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if defect := find_unknown_code(codes):
        raise argparse.ArgumentTypeError(defect)
    return codes

"""`sdist-upip check`: check that archives are safe for devices and PyPI, or report why not."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...check.problem import find_unknown_code
from ...limits import WINDOW, WINDOWS
from ...messages.output import print_json, print_result


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `check`."""
    parser = subparsers.add_parser(
        "check",
        help="check archives for devices, installers and PyPI",
        description="Check any archive for problems on devices, in installers and on PyPI. "
        "Exit codes: 0 clean, 1 problems, 2 wrong usage. The page docs/reference/check-codes "
        "explains every code.",
    )
    parser.add_argument("archives", nargs="+", metavar="ARCHIVE", help="a .tar.gz file")
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
        default=WINDOW,
        metavar="BYTES",
        help="window of the devices in bytes, a power of two from 512 to 32768 "
        f"[default: {WINDOW}]",
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
    from ...check.archive import check_archive, without_codes
    from ...check.code.rules import ANY_BOARD, CodeOptions
    from ...ports.firmware import make_firmware
    from .check_output import as_json, render_reports

    code = ANY_BOARD
    if options.mpy or options.platform:
        code = CodeOptions((make_firmware(options.mpy, options.platform),))

    ignored = frozenset(code for codes in options.ignore for code in codes)
    reports = [
        without_codes(check_archive(Path(archive), options.window, code), ignored)
        for archive in options.archives
    ]
    if options.json:
        print_json(as_json(reports, options.strict))
    else:
        print_result(*render_reports(reports))
    return int(any(report.fails(options.strict) for report in reports))


def _read_codes(text: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if defect := find_unknown_code(codes):
        raise argparse.ArgumentTypeError(defect)
    return codes
